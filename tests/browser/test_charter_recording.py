"""A secretary records with the page open: each consequence is explained at once, and nothing lost.

The whole way of issue 8's story: a meeting with an executive session and a quorum that was lost
before a vote, then a pre-approval that came too late, then the question of an earlier day.
"""

import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from review.app import create_app
from review.settings import Settings
from tests.browser.installation import PASSWORD, Installation
from tests.browser.test_pages import faults, too_wide
from tests.review.charter.good_years import good_book
from tests.review.web.test_charter import with_book
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.sqlite("of the browser; test_on_server.py has both")]

TODAY = datetime.date(2026, 6, 12)
SERVICE = "A training day for the finance team"
APPROVALS = "/charter/duties/pre-approvals"
HELD = "/charter/duties/meetings/meeting_held"


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    """A console whose book was kept well until the day of the test."""
    app = create_app(Settings.from_environ(installation.environment()), "interactive")
    with_book(app, good_book(2026, 1), TODAY)
    with serving(app) as port:
        yield f"http://localhost:{port}"


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("#username").fill("secretary")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Secretary")


def put(page: Page, **typed: str) -> None:
    """Fill fields in, as somebody does: each is left before the next is come to."""
    for name, text in typed.items():
        field = page.locator(f'[name="{name.replace("__", ".")}"]')
        if field.evaluate("field => field.matches('select')"):
            field.select_option(text)
        else:
            field.fill(text)
            field.blur()


def tick(page: Page, name: str, *people: str) -> None:
    """Tick boxes of a list."""
    for person in people:
        page.locator(f'[name="{name}"][value="{person}"]').check()


def the_meeting(page: Page) -> None:
    """A special meeting that one of two members left before the vote.

    The second row of attendance comes by itself once the first is begun.
    """
    put(page, event_date="2026-06-10", kind="SPECIAL", opened="09:00", closed="11:00")
    put(page, attendance__0__person="ana", attendance__0__as="MEMBER")
    expect(page.locator('[name="attendance.1.person"]')).to_be_visible()
    put(page, attendance__1__person="bo", attendance__1__as="MEMBER", attendance__1__out="09:30")
    put(page, items__0__title="Approve the training day", items__0__at="09:10")
    tick(page, "items.0.vote.for", "ana", "bo")
    put(page, items__0__outcome="APPROVED", items__1__title="Engage counsel")
    put(page, items__1__at="10:00", items__1__outcome="APPROVED")
    tick(page, "items.1.vote.for", "ana")
    put(page, executive_sessions__0__with="MANAGEMENT")
    tick(page, "executive_sessions.0.present", "ana", "bo", "cfo")


def a_service(page: Page, address: str) -> None:
    """A service that turns out to be on the prohibited list, and then not to be; it is begun."""
    told = page.locator("#told")
    page.goto(f"{address}{APPROVALS}/service_requested")
    put(page, event_date="2026-06-01", fiscal_year="2026", category="OTHER")
    put(page, firm=good_book(2026, 1).firms[0], recognised_as_non_audit="yes")
    put(page, description=SERVICE)
    put(page, prohibited_screen__result="PROHIBITED", prohibited_screen__code="PRH-6")
    expect(told).to_contain_text("Regulation S-X 2-01(c)(4)(vi)")
    put(page, prohibited_screen__result="CLEAR", prohibited_screen__code="")
    expect(told).not_to_contain_text("Regulation S-X")
    record(page, "Service requested")
    page.goto(f"{address}{APPROVALS}/service_started")
    put(page, event_date="2026-06-02")
    page.locator('[name="service"]').select_option(label=SERVICE)
    record(page, "Service started")


def record(page: Page, kind: str) -> None:
    """Press Record, once the check has allowed it."""
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text(f"Recorded: {kind}")).to_be_visible()


def test_each_consequence_is_explained_at_once_and_an_earlier_day_did_not_know(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sign_in(page, address)
    told = page.locator("#told")
    page.goto(address + HELD)
    the_meeting(page)
    expect(told).to_contain_text("N04")
    expect(page.locator('[name="items.0.title"]')).to_have_value("Approve the training day")
    assert faults(page) + too_wide(page) == []
    record(page, "Meeting held")
    a_service(page, address)
    page.goto(f"{address}{APPROVALS}/pre_approval_given")
    put(page, event_date="2026-06-10", route="SPECIFIC")
    page.get_by_label(SERVICE).check()
    item = "special meeting of June 10, 2026: Approve the training day"
    page.locator('[name="decision.taken"]').select_option(label=item)
    expect(told).to_contain_text("P02")
    expect(told).to_contain_text(SERVICE)
    record(page, "Pre-approval given")
    page.get_by_role("link", name="Ask as of").click()
    page.get_by_label("As of", exact=True).fill("2026-06-11")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Found today and not then")).to_be_visible()
    expect(page.locator("main")).to_contain_text("P02")


def test_with_the_keyboard_alone_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sign_in(page, address)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}/charter/duties/complaints/channel_tested")
    page.locator("#f-event_date").focus()
    page.keyboard.type("06132026")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "channel":
        page.keyboard.press("Tab")
    page.keyboard.type("mail")
    page.keyboard.press("Tab")
    page.keyboard.type("Pass")
    page.keyboard.press("Tab")
    expect(page.locator('[id="wrong-event_date"]')).to_contain_text("a day to come")
    expect(page.locator("#f-event_date")).to_have_attribute("aria-invalid", "true")
    assert faults(page) + too_wide(page) == []
    page.locator("#f-event_date").focus()
    page.keyboard.type("06112026")
    page.keyboard.press("Tab")
    record = page.get_by_role("button", name="Record", exact=True)
    expect(record).to_be_visible()
    expect(page.locator("#f-channel")).to_have_value("mail")
    record.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Recorded: Channel tested")).to_be_visible()


def test_without_scripts_check_says_the_same_and_keeps_what_was_typed(
    browser: Browser, address: str
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, address)
        page.goto(address + HELD)
        put_plainly(page, "event_date", "2026-06-10")
        put_plainly(page, "opened", "09:00")
        page.locator('[name="attendance.0.person"]').select_option("ana")
        page.locator('[name="attendance.0.as"]').select_option("MEMBER")
        page.get_by_role("button", name="Check").last.click()
        expect(page.locator("#told")).to_contain_text("to put right")
        expect(page.locator('[id="wrong-closed"]')).to_contain_text("Closed at is missing")
        expect(page.locator('[name="attendance.1.person"]')).to_be_visible()
        page.locator('[name="kind"]').select_option("SPECIAL")
        put_plainly(page, "closed", "11:00")
        put_plainly(page, "items.0.title", "Approve the training day")
        page.locator('[name="items.0.vote.for"][value="ana"]').check()
        page.locator('[name="items.0.outcome"]').select_option("APPROVED")
        page.get_by_role("button", name="Check").last.click()
        expect(page.locator("#told")).to_contain_text("N03")
        expect(page.locator('[name="items.0.title"]')).to_have_value("Approve the training day")
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.get_by_text("Recorded: Meeting held")).to_be_visible()


def put_plainly(page: Page, name: str, text: str) -> None:
    page.locator(f'[name="{name}"]').fill(text)
