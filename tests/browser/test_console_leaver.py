"""A reader leaves the committee: two of the rest give every case a key, with one button each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy import change
from deploy.change import Root
from intake import drop as door
from review import enrolment as desk
from review.store import rosters
from review.store.database import writing
from tests import committee
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/test_too_few.py has both"),
]


@pytest.fixture
def submitters(installation: Installation) -> list[Submitter]:
    """Two people who wrote to the committee before somebody left it."""
    people = [installation.submitter(), installation.submitter("somebody else")]
    for each in people:
        each.submit()
    installation.collect()
    return people


@pytest.fixture
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    """A page of a profile of their own for each of two."""
    contexts = {name: browser.new_context() for name in ("chair", "member-1")}
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def leave(installation: Installation, person: str) -> None:
    """The ceremony makes a roster without this person, and it is published on both hosts."""
    root = Root(installation.roster, committee.ROOT_SEED, committee.TODAY)
    made = change.leave(root, person).roster
    with door.writing(installation.drop) as connection:
        door.publish_roster(connection, made, committee.TODAY)
    with writing(installation.book) as connection:
        before = rosters.newest(connection)
        rosters.publish_roster(connection, made)
        desk.take_effect(connection, before, made, committee.TODAY)


def at_home(page: Page, console: str, person: str) -> Reader:
    """A reader whose key is open, at the home page."""
    reader = Reader(page, console)
    reader.sign_in(person)
    reader.unlock()
    return reader


def press(reader: Reader, label: str) -> None:
    reader.page.get_by_role("button", name=label).click()


def test_a_leaver_is_removed_and_every_open_case_gets_a_key_by_one_button_each(
    pages: dict[str, Page], installation: Installation, console: str, submitters: list[Submitter]
) -> None:
    leave(installation, "member-2")
    cases = sorted(each.case_id for each in submitters)
    chair = at_home(pages["chair"], console, "chair")
    said, needed = chair.page.locator("#announcement"), chair.page.locator("#keys-needed")
    # One of two cannot be had: the other is done all the same, and the page says which is left.
    lost = f"**/cases/{cases[1]}/manifest"
    chair.page.route(lost, lambda route: route.abort())
    press(chair, "Make or sign all 2 new keys")
    expect(said).to_contain_text("1 of 2 wait for another of you")
    expect(said).to_contain_text("1 of 2 could not be done")
    left = needed.locator(f"[data-needs='{cases[1]}']")
    expect(left).to_contain_text("Nothing has changed")
    expect(needed.locator(f"[data-needs='{cases[0]}']")).to_contain_text("you have signed")
    chair.page.unroute(lost)
    press(chair, "Make or sign the new key")
    expect(said).to_contain_text("1 of 1 wait for another of you")
    expect(needed.get_by_role("button")).to_have_count(0)

    second = at_home(pages["member-1"], console, "member-1")
    press(second, "Make or sign all 2 new keys")
    expect(second.page.locator("#announcement")).to_contain_text("2 of 2 have their new key")
    expect(second.page.locator("#keys-needed")).to_have_count(0)

    for case_id in cases:
        second.open_case(case_id)
        expect(second.warnings).to_have_count(0)
        expect(second.page.locator("#note button")).to_be_enabled()
    assert [*chair.complaints, *second.complaints] == []
