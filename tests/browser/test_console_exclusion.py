"""Somebody whom a submitter named as involved, at the console beside those who may read."""

import pytest
from playwright.sync_api import expect

from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody who named a member and the secretary as involved."""
    somebody = installation.submitter()
    somebody.submit(excluded=["member-2", "secretary"])
    installation.collect()
    return somebody


def test_an_excluded_member_sees_an_empty_inbox_and_the_page_of_nothing(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("member-2")
    reader.unlock()
    expect(reader.page.locator("main")).to_contain_text("There is no case for you.")
    assert submitter.case_id not in reader.page.content()
    for ending in ("", "/manifest", "/grants/1"):
        theirs = reader.page.request.get(f"{reader.address}/cases/{submitter.case_id}{ending}")
        nobodys = reader.page.request.get(f"{reader.address}/cases/{'0' * 64}{ending}")
        assert theirs.status == nobodys.status == 404
        assert theirs.body() == nobodys.body()


def test_the_others_see_the_case_and_who_was_named(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("alternate")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.warnings).to_have_count(0)
    expect(reader.messages).to_contain_text("Carla Reyes")
    expect(reader.messages).to_contain_text("Frank Moss")


def test_counsel_who_was_not_needed_sees_nothing(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("counsel")
    expect(reader.page.locator("main")).to_contain_text("There is no case for you.")
    assert submitter.case_id not in reader.page.content()


@pytest.mark.parametrize("person", ["secretary", "auditor"])
def test_people_without_a_key_have_no_keyring_and_no_case(
    reader: Reader, submitter: Submitter, person: str
) -> None:
    reader.page.goto(f"{reader.address}/sign-in")
    reader.enter(person)
    expect(reader.page.locator("body")).to_have_attribute("data-person", person)
    expect(reader.page.locator("#keyring")).to_have_count(0)
    assert submitter.case_id not in reader.page.content()


def test_a_member_who_is_granted_against_the_submitters_word_is_shown_nothing(
    reader: Reader, installation: Installation
) -> None:
    """A sender's script gone wrong: the grant reaches somebody whom the message names."""
    somebody = installation.submitter("misled")
    somebody.submit(excluded=["member-1"], hidden_from=[])
    installation.collect()
    reader.sign_in("member-1")
    reader.unlock()
    reader.open_case(somebody.case_id)
    expect(reader.messages).to_have_count(0)
    expect(reader.warnings).to_contain_text("named you as involved")
