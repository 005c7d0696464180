"""One of a case's readers finds a conflict late: they leave, and two others give the case a key."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Installation, Received, private_texts
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/test_generations.py has both"),
]
NOTE = "The list was kept by hand."
AFTER = "It was the same list again in November."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    return somebody


def at_case(page: Page, console: str, person: str, case_id: str) -> Reader:
    """A reader with the case open."""
    reader = Reader(page, console)
    reader.sign_in(person)
    reader.unlock()
    reader.open_case(case_id)
    return reader


def press(reader: Reader, change: str) -> None:
    """Press the button of a form under "Who can read this"."""
    form = reader.page.locator(f"#readers form[data-change={change}]")
    form.locator("button").click()


@pytest.fixture
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    """A page of a profile of their own for each of three."""
    contexts = {name: browser.new_context() for name in ("member-2", "chair", "member-1")}
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def test_a_late_recusal_a_new_key_and_a_follow_up_that_two_can_read(
    pages: dict[str, Page], installation: Installation, console: str, submitter: Submitter
) -> None:
    case_id = submitter.case_id
    chair = at_case(pages["chair"], console, "chair", case_id)
    leaving = at_case(pages["member-2"], console, "member-2", case_id)
    leaving.page.get_by_text("Somebody has a conflict").click()
    press(leaving, "self")
    expect(leaving.page.locator("body")).to_have_attribute("data-page", "inbox")

    led_to_the_key(chair)
    expect(chair.page.locator("#readers")).to_contain_text("This case needs a new key")
    expect(chair.page.locator("#readers")).to_contain_text("cannot be unseen")
    expect(chair.page.locator("#note button")).to_be_disabled()
    press(chair, "key")
    expect(chair.page.locator("#readers-status")).to_contain_text("Done")

    second = at_case(pages["member-1"], console, "member-1", case_id)
    press(second, "sign")
    expect(second.page.locator("#readers-status")).to_contain_text("Done")
    expect(second.page.locator("#note button")).to_be_enabled()

    installation.collect()
    submitter.follow_up(AFTER)
    installation.collect()
    for name in ("chair", "member-1"):
        reads_on(pages[name], console, case_id)
    for ending in ("", "/manifest"):
        answer = leaving.page.request.get(f"{console}/cases/{case_id}{ending}")
        assert answer.status == 404
    assert [*leaving.complaints, *chair.complaints, *second.complaints] == []
    nothing_private_left(installation.requests)


def led_to_the_key(reader: Reader) -> None:
    """Somebody has left since the case was opened: what is written waits, and is led to the key."""
    reader.page.locator("#note textarea").fill(NOTE)
    reader.page.locator("#note button").click()
    status = reader.status("note")
    expect(status).to_contain_text("still holds its newest key")
    expect(reader.page.locator("#note textarea")).to_have_value(NOTE)
    status.get_by_role("link", name="Who can read this").click()
    expect(reader.page).to_have_url(re.compile("/cases/[0-9a-f]{64}#readers$"))
    # The key of this tab has outlived the link.
    reader.page.locator("#note textarea").fill("")
    expect(reader.opened).to_be_visible()


def reads_on(page: Page, console: str, case_id: str) -> None:
    """What came before the new key and what came after opens in one tab, and nothing is amiss."""
    page.goto(f"{console}/cases")
    again = Reader(page, console)
    again.unlock()
    again.open_case(case_id)
    expect(again.warnings).to_have_count(0)
    # Two of the submitter, and the two acts between them.
    expect(again.messages).to_have_count(4)
    expect(again.messages.filter(has_text=AFTER)).to_have_count(1)


def nothing_private_left(requests: list[Received]) -> None:
    """No request had a key of a reader in it."""
    for secret in private_texts():
        assert not any(request.holds(secret) for request in requests)
