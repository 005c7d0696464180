"""When a tab locks, and that nothing opened or typed is left in it then."""

import pytest
from playwright.sync_api import Dialog, expect

from tests import committee
from tests.browser.installation import Installation, spellings
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

WORDS = "Revenue of the fourth quarter was booked before delivery."
TYPED = "A long reply, not sent yet."


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


def page_holds(reader: Reader, text: str) -> bool:
    """Whether the text is anywhere in the page, also in a hidden or a typed part."""
    fields = "fields => fields.map(field => field.value).join('\\n')"
    typed = reader.page.locator("textarea, input").evaluate_all(fields)
    return text in f"{reader.page.content()}\n{typed}"


def test_fifteen_idle_minutes_lock_the_tab_and_clear_the_page(
    reader: Reader, submitter: Submitter
) -> None:
    reader.page.clock.install()
    arrive(reader, submitter)
    reader.page.clock.run_for("14:50")
    expect(reader.messages).to_have_count(1)
    reader.page.clock.run_for("00:15")
    expect(reader.page.locator("#passphrase")).to_be_visible()
    expect(reader.page.locator("#keyring-status")).to_contain_text("Locked after 15 idle minutes")
    assert not page_holds(reader, WORDS)


def test_a_touch_starts_the_minutes_anew(reader: Reader, submitter: Submitter) -> None:
    reader.page.clock.install()
    arrive(reader, submitter)
    for _ in range(3):
        reader.page.clock.run_for("14:00")
        reader.page.keyboard.press("Shift")
    expect(reader.messages).to_have_count(1)
    reader.page.clock.run_for("15:05")
    expect(reader.messages).to_have_count(0)


def test_a_machine_that_slept_is_locked_by_its_first_touch(
    reader: Reader, submitter: Submitter
) -> None:
    """Timers do not run in a sleeping machine; the clock goes on."""
    reader.page.clock.install()
    arrive(reader, submitter)
    reader.page.evaluate("const now = Date.now; Date.now = () => now() + 16 * 60 * 1000")
    reader.page.keyboard.press("Shift")
    expect(reader.page.locator("#passphrase")).to_be_visible()
    assert not page_holds(reader, WORDS)


def test_the_button_locks_at_once(reader: Reader, submitter: Submitter) -> None:
    arrive(reader, submitter)
    reader.lock()
    expect(reader.page.locator("#passphrase")).to_be_focused()
    expect(reader.page.locator("#acts")).to_be_hidden()
    assert not page_holds(reader, WORDS)
    # The key itself is gone: another visit of the case opens nothing.
    reader.page.locator("main a[href='/cases']").click()
    reader.page.locator(f"main a[href='/cases/{submitter.case_id}']").click()
    expect(reader.page.locator("#thread [data-locked]")).to_be_visible()
    reader.page.wait_for_load_state("networkidle")
    expect(reader.messages).to_have_count(0)


def test_a_page_kept_for_the_back_button_is_wiped_before_it_is_kept(
    reader: Reader, submitter: Submitter
) -> None:
    """Attack 41: what is wiped on leaving cannot come back from the browser's own cache."""
    arrive(reader, submitter)
    # A word that no label of the page has.
    reader.page.locator("#search").fill("Umbrella")
    reader.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert not page_holds(reader, WORDS)
    assert not page_holds(reader, "Umbrella")
    expect(reader.page.locator("#passphrase")).to_be_visible()


def test_what_was_typed_comes_back_after_unlocking_and_is_nowhere_meanwhile(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    reader.page.locator("#reply textarea").fill(TYPED)
    reader.lock()
    assert not page_holds(reader, TYPED)
    assert set(reader.stored().values()) == {0}
    reader.unlock()
    reader.settled()
    expect(reader.page.locator("#reply textarea")).to_have_value(TYPED)
    assert [each for each in installation.requests if each.holds(TYPED.encode())] == []


def test_leaving_something_typed_asks_first(reader: Reader, submitter: Submitter) -> None:
    arrive(reader, submitter)
    here = reader.page.url
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    reader.page.locator("#note textarea").fill(TYPED)
    reader.page.once("dialog", stay)
    reader.page.locator("main a[href='/cases']").click()
    assert "not sent yet" in asked[0]
    assert reader.page.url == here
    reader.page.once("dialog", stay)
    reader.page.go_back()
    expect(reader.page.locator("#note textarea")).to_have_value(TYPED)
    assert len(asked) == 2
    assert reader.page.url == here
    reader.page.once("dialog", lambda dialog: dialog.accept())
    reader.page.locator("main a[href='/cases']").click()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "inbox")


def test_closing_or_reloading_over_something_typed_asks_first(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    # A browser asks only somebody who has touched the page.
    reader.page.locator("#reply textarea").press_sequentially("A reply")
    with reader.page.expect_event("dialog") as asked:
        reader.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(reader.page.locator("#reply textarea")).to_have_value("A reply")
    reader.page.locator("#reply textarea").fill("")


def test_signing_out_leaves_nothing_and_the_way_back_is_closed(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    reader.page.get_by_role("button", name="Sign out").click()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "sign-in")
    reader.page.go_back()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "sign-in")
    assert not page_holds(reader, WORDS)


def test_a_login_that_ended_elsewhere_takes_the_opened_case_with_it(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    reader.page.context.clear_cookies()
    reader.page.locator("main a[href='/cases']").click()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "sign-in")
    assert not page_holds(reader, WORDS)


def test_another_person_in_the_same_browser_meets_a_locked_tab(
    reader: Reader, submitter: Submitter
) -> None:
    """Two tabs share a login: what the first has unlocked must not meet the second's person."""
    arrive(reader, submitter)
    second = Reader(reader.page.context.new_page(), reader.address)
    second.page.goto(reader.address)
    second.page.get_by_role("button", name="Sign out").click()
    second.sign_in("member-1")
    reader.page.locator("main a[href='/cases']").click()
    expect(reader.page.locator("body")).to_have_attribute("data-person", "member-1")
    expect(reader.page.locator("#passphrase")).to_be_visible()


def test_the_identity_is_on_no_page_and_in_no_global(reader: Reader, submitter: Submitter) -> None:
    arrive(reader, submitter)
    names = "Object.getOwnPropertyNames(window)"
    with reader.page.context.expect_page() as opening:
        reader.page.evaluate("void open('about:blank')")
    assert set(reader.page.evaluate(names)) - set(opening.value.evaluate(names)) == set()
    for secret in spellings(committee.seed("chair"))[1:]:
        assert not page_holds(reader, secret.decode())
    assert not page_holds(reader, committee.identity("chair").text)
    assert not page_holds(reader, reader.passphrase)
