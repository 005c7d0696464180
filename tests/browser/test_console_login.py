"""The login behind an unlocked tab: kept by use, told about when it ends, the same in every tab."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from review.store.database import writing
from review.store.schema import logins
from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

TYPED = "A long reply, written over sixteen minutes."
WORDS = "Revenue of the fourth quarter was booked before delivery."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody whose submission has been collected."""
    somebody = installation.submitter()
    somebody.submit({"what": WORDS})
    installation.collect()
    return somebody


def arrive(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(1)


def age_logins(installation: Installation, seconds: int) -> None:
    """Let every login be older than it is."""
    with writing(installation.book) as connection:
        connection.execute(update(logins).values(seen_at=logins.c.seen_at - seconds))


def sign_in_again(reader: Reader, person: str = "chair") -> Reader:
    """Follow the sentence's link into a new tab and sign in there."""
    with reader.page.context.expect_page() as opening:
        reader.page.locator("#login-ended a").click()
    second = Reader(opening.value, reader.address)
    second.enter(person)
    expect(second.page.locator("body")).to_have_attribute("data-page", "home")
    return second


def heres(installation: Installation) -> int:
    """How often the console has told that somebody is here."""
    return len([each for each in installation.requests if each.target.startswith("/me/here")])


def test_typing_keeps_the_login_at_most_once_a_minute_and_only_while_unlocked(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    reader.page.clock.install()
    here = "**/me/here"
    with reader.page.expect_response(here) as answered:
        arrive(reader, submitter)
    assert answered.value.status == 204
    reader.page.clock.run_for("01:01")
    with reader.page.expect_response(here):
        reader.page.keyboard.press("Shift")
        reader.page.clock.run_for("00:01")
    for _ in range(4):
        reader.page.keyboard.press("Shift")
        reader.page.clock.run_for("00:10")
    assert heres(installation) == 2
    with reader.page.expect_response(here):
        reader.page.clock.run_for("00:30")
    reader.page.clock.run_for("07:00")
    reader.page.locator("#lock").evaluate("button => button.click()")
    reader.page.keyboard.press("Shift")
    reader.page.clock.run_for("02:00")
    expect(reader.page.locator("#passphrase")).to_be_visible()
    assert heres(installation) == 3


def test_somebody_who_types_for_sixteen_minutes_is_still_signed_in(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    reader.page.clock.install()
    arrive(reader, submitter)
    for _ in range(2):
        age_logins(installation, 800)
        with reader.page.expect_response("**/me/here") as answered:
            reader.page.keyboard.press("Shift")
            reader.page.clock.run_for("01:01")
        assert answered.value.status == 204
    expect(reader.page.locator("#login-ended")).to_be_hidden()


def test_a_reply_is_not_lost_with_the_login(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    reader.page.locator("#reply textarea").fill(TYPED)
    age_logins(installation, 905)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your login has ended")
    expect(reader.page.locator("#login-ended")).to_be_visible()
    expect(reader.page.locator("#reply textarea")).to_have_value(TYPED)
    sign_in_again(reader)
    reader.page.bring_to_front()
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    expect(reader.page.locator("#login-ended")).to_be_hidden()
    installation.collect()
    assert [letter.body["text"] for letter in submitter.letters()] == [TYPED]
    # The new login's token is in the frame's own form too.
    reader.page.get_by_role("button", name="Sign out").click()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "sign-in")


def test_a_login_renewed_unnoticed_costs_no_second_try(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    other = Reader(reader.page.context.new_page(), reader.address)
    other.sign_in("chair")
    reader.page.locator("#reply textarea").fill(TYPED)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")


def test_what_was_typed_comes_back_also_when_the_login_ended_before_the_lock(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    reader.page.clock.install()
    arrive(reader, submitter)
    reader.page.locator("#reply textarea").fill(TYPED)
    reader.page.clock.run_for("15:05")
    expect(reader.page.locator("#passphrase")).to_be_visible()
    age_logins(installation, 905)
    reader.page.locator("#passphrase").fill(reader.passphrase)
    reader.page.locator("#unlock button:not([type=button])").click()
    reader.page.clock.run_for("00:02")
    expect(reader.page.locator("#keyring-status")).to_contain_text("Your login has ended")
    sign_in_again(reader)
    reader.page.bring_to_front()
    reader.page.locator("#passphrase").fill(reader.passphrase)
    reader.page.locator("#unlock button:not([type=button])").click()
    reader.page.clock.run_for("00:02")
    expect(reader.page.locator("#reply textarea")).to_have_value(TYPED)


def test_somebody_else_s_new_login_locks_the_tab(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    age_logins(installation, 905)
    reader.page.locator("#reply textarea").fill(TYPED)
    reader.page.locator("#reply button").click()
    expect(reader.page.locator("#login-ended")).to_be_visible()
    reader.page.on("dialog", lambda dialog: dialog.accept())
    sign_in_again(reader, "member-1")
    reader.page.bring_to_front()
    reader.page.locator("#reply button").click()
    expect(reader.page.locator("body")).to_have_attribute("data-person", "member-1")
    expect(reader.page.locator("#passphrase")).to_be_visible()
    assert WORDS not in reader.page.content()
    assert [each for each in installation.requests if "/replies" in each.target] == []


def test_signing_out_in_one_tab_locks_the_others(reader: Reader, submitter: Submitter) -> None:
    arrive(reader, submitter)
    reader.page.locator("#reply textarea").fill(TYPED)
    second = Reader(reader.page.context.new_page(), reader.address)
    second.page.goto(reader.address)
    second.page.get_by_role("button", name="Sign out").click()
    expect(reader.messages).to_have_count(0)
    expect(reader.page.locator("#passphrase")).to_be_visible()
    expect(reader.page.locator("#keyring-status")).to_contain_text("another tab")
    expect(reader.page.locator("#reply textarea")).to_have_value("")


def test_an_ended_login_that_one_tab_meets_locks_the_others(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    second = Reader(reader.page.context.new_page(), reader.address)
    second.page.goto(f"{reader.address}/cases/{submitter.case_id}")
    age_logins(installation, 905)
    second.page.locator("#passphrase").fill(second.passphrase)
    second.page.locator("#unlock button:not([type=button])").click()
    expect(second.page.locator("#login-ended")).to_be_visible()
    expect(reader.messages).to_have_count(0)
    expect(reader.page.locator("#passphrase")).to_be_visible()
