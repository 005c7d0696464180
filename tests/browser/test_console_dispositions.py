"""A case whose time is over: one proposes it, two others approve it in their browsers, it goes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation, private_texts
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter
from tests.chromium import PATIENCE
from tests.review import ending

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/web/test_dispositions.py has both"),
]


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    ending.retain(installation, somebody.case_id)
    return somebody


@contextmanager
def at_home(browser: Browser, console: str, person: str) -> Iterator[Reader]:
    """Somebody who has signed in, in a profile of their own. At the end no page has complained."""
    with browser.new_context(locale="en-US") as context:
        context.set_default_timeout(PATIENCE)
        reader = Reader(context.new_page(), console)
        reader.sign_in(person)
        yield reader
        assert reader.complaints == []


def approve(reader: Reader) -> None:
    """Open the list that waits at home, let the browser check it, and sign."""
    page = reader.page
    page.get_by_role("link", name="A list of cases to be disposed of").click()
    expect(page.get_by_role("button", name="Approve with my key")).to_be_hidden()
    reader.unlock()
    page.get_by_role("button", name="Check the list").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Your browser has checked it")
    page.get_by_role("button", name="Approve with my key").focus()
    page.keyboard.press("Enter")


def propose(reader: Reader) -> None:
    """Choose what is due on the page of dispositions, and propose it."""
    page = reader.page
    expect(page.locator("h1")).to_have_text("Dispositions")
    page.get_by_role("button", name="Choose all").click()
    expect(page.locator("#propose input[name=case]")).to_be_checked()
    page.get_by_role("button", name="Propose the chosen cases").click()
    expect(page.locator("main")).to_contain_text("You proposed this, so you cannot approve it")


def reject(reader: Reader) -> None:
    """Reject the list that is shown, and go back to what can be proposed."""
    page = reader.page
    reader.unlock()
    page.get_by_label("Why").select_option("MISTAKE")
    page.get_by_role("button", name="Sign and reject the list").click()
    expect(page.locator("main")).to_contain_text("It was proposed by mistake. Nothing of it goes")
    page.locator(".back a").click()


def is_warned(reader: Reader) -> None:
    """Attack: a server that shows another list than the one whose hash is signed."""
    page = reader.page
    page.get_by_role("link", name="A list of cases to be disposed of").click()
    reader.unlock()
    cell = page.locator("[data-cell=due]")
    cell.evaluate("cell => { cell.textContent = 'November 12, 2026'; }")
    page.get_by_role("button", name="Check the list").click()
    expect(page.locator("main")).to_contain_text("not what would be signed")
    expect(page.get_by_role("button", name="Approve with my key")).to_be_hidden()
    page.locator("nav a[href='/']").click()
    reader.lock()


def test_one_proposes_two_others_approve_and_the_case_goes_after_the_days_of_cooling(
    browser: Browser, installation: Installation, console: str, submitter: Submitter
) -> None:
    with at_home(browser, console, "chair") as chair:
        page = chair.page
        page.locator("#time-over a").click()
        propose(chair)
        reject(chair)
        propose(chair)
        with at_home(browser, console, "member-1") as first:
            approve(first)
            expect(first.page.locator("main")).to_contain_text("You approved this. One more")
        with at_home(browser, console, "alternate") as second:
            is_warned(second)
            approve(second)
            expect(second.page.locator("main")).to_contain_text("It is carried out in 7 days")
        assert ending.execute(installation, ending.COOLED).gone == 1
        page.reload()
        expect(page.locator("main")).to_contain_text("1 case of it has gone for good")
        expect(page.locator("[data-records]")).to_contain_text("gone since November 28, 2026")
    sent = installation.requests
    assert not [one.target for one in sent if any(one.holds(text) for text in private_texts())]
