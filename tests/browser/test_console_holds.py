"""Legal holds and the schedule in two real browsers: placed by one, released and changed by two."""

import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import committee
from tests.browser.album import Album
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.chromium import PATIENCE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/test_legal_holds.py has both"),
]
REASON = "A subpoena of the SEC came by courier."


@pytest.fixture
def people(browser: Browser, console: str, album: Album) -> Iterator[dict[str, Reader]]:
    """The chair and a member, each in a profile of their own, with their keys open."""
    contexts = {name: browser.new_context(locale="en-US") for name in ("chair", "member-1")}
    found = {}
    for name, context in contexts.items():
        context.set_default_timeout(PATIENCE)
        album.listen(context)
        found[name] = Reader(context.new_page(), console)
        found[name].sign_in(name)
        found[name].unlock()
    yield found
    assert [each.complaints for each in found.values()] == [[], []]
    for context in contexts.values():
        context.close()


@pytest.fixture
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """Where the pictures go."""
    return Album(tmp_path_factory.mktemp("pictures"))


def go(page: Page, label: str, heading: str = "") -> None:
    """Follow the menu, so that the key stays open."""
    link = page.locator("header nav").get_by_role("link", name=label, exact=True)
    if not link.is_visible():
        page.locator("header nav summary").click()
    link.click()
    expect(page.locator("h1")).to_have_text(heading or label)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def place(chair: Page) -> None:
    """The chair places a hold; what is sealed is sent with the keyboard alone."""
    go(chair, "Legal holds")
    chair.get_by_label("Matter", exact=True).fill("M-2026-3")
    chair.get_by_label("Custodian of what lies elsewhere").select_option("member-1")
    chair.get_by_text("Only cases about …").click()
    chair.get_by_label("Revenue recognition").check()
    chair.get_by_label("Received from").fill(committee.TODAY.isoformat())
    chair.get_by_label("Revenue recognition").uncheck()
    chair.get_by_label("Received from").fill("")
    chair.get_by_label("The reason").fill(REASON)
    chair.keyboard.press("Tab")
    chair.keyboard.press("Enter")
    expect(chair.locator("#announcement")).to_contain_text("The hold stands.")
    expect(chair.locator("main")).to_contain_text("every case")
    expect(chair.locator("main")).not_to_contain_text(REASON)


def note(member: Page, album: Album) -> None:
    """A member reads why, and signs who was told and that it is still needed."""
    noted = "Who was told, and whether it is still needed"
    go(member, "Legal holds")
    press(member, "Read the reason")
    expect(member.locator("[data-hold-reason]")).to_have_text(REASON)
    member.get_by_text(noted).click()
    member.get_by_label("Who was told", exact=True).fill("member-1")
    press(member, "Sign that they were told")
    expect(member.locator("main")).to_contain_text("not acknowledged")
    member.get_by_text(noted).click()
    press(member, "Sign that member-1 has acknowledged it")
    expect(member.locator("main")).to_contain_text("; acknowledged on")
    member.get_by_text(noted).click()
    album.look(member, "holds-standing")
    press(member, "Sign that it is still needed")
    expect(member.locator("main")).to_contain_text("looked at on")


def release(chair: Page, member: Page, album: Album) -> None:
    """The chair proposes its release from a case's page, and the member signs it from home."""
    chair.locator("#held a").click()
    press(chair, "Look at what it covers")
    expect(chair.locator("[data-retention-lines]")).to_contain_text("M-2026-3")
    press(chair, "Propose its release")
    expect(chair.locator("#announcement")).to_contain_text("until a second person")
    go(member, "Home", "What needs you")
    member.get_by_role("link", name="The release of a legal hold").click()
    press(member, "Look at it")
    expect(member.locator("[data-retention-lines]")).to_contain_text("M-2026-3")
    album.look(member, "holds-release")
    press(member, "Sign the release")
    expect(member.locator("#announcement")).to_contain_text("The hold is released.")
    expect(member.locator(".state", has_text="released")).to_be_visible()


def change(chair: Page, member: Page, album: Album) -> None:
    """Two change a class of the schedule, from a later day on."""
    go(chair, "Retention schedule")
    chair.get_by_text("Propose a change of RC-02").click()
    form = chair.locator("#change-RC-02")
    form.get_by_label("Kept at least", exact=True).fill("6")
    effective = committee.TODAY + datetime.timedelta(days=30)
    form.get_by_label("Takes effect on").fill(effective.isoformat())
    form.get_by_label("Resolution of the committee").fill("2026-14")
    album.look(chair, "schedule-form")
    form.get_by_role("button", name="Sign and propose").click()
    expect(chair.locator("#announcement")).to_contain_text("Signed and proposed.")
    go(member, "Retention schedule")
    press(member, "Look at it")
    expect(member.locator("[data-retention-lines]")).to_contain_text("2026-14")
    album.look(member, "schedule-proposed")
    press(member, "Sign for it")
    expect(member.locator("main")).to_contain_text("at least 6 years")


def test_a_hold_is_placed_read_noted_and_released_and_a_class_is_changed(
    people: dict[str, Reader], installation: Installation, album: Album
) -> None:
    chair, member = people["chair"].page, people["member-1"].page
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    place(chair)
    note(member, album)
    go(chair, "Cases")
    people["chair"].open_case(somebody.case_id)
    expect(chair.locator("#held")).to_contain_text("This case is kept")
    release(chair, member, album)
    change(chair, member, album)
    assert album.problems == []
