"""A reader's whole way through a case, and what of it leaves their browser or stays in it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Installation, Received, private_texts, spellings
from tests.browser.reader import Reader
from tests.browser.submitter import File, Submitter
from tests.browser.treating import ASSESSED, take

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

WORDS = "Revenue of the fourth quarter was booked before delivery."
FILE = File("ledger page.txt", "text/plain", b"Order 4711 was booked on 2026-09-30.\n")
REPLY = "Thank you. Which orders do you mean?"
NOTE = "Ask the firm about order 4711."
SOUGHT = "delivery"
PLAN = "Compare the shipping papers of September."
BEGUN = {"investigator": "counsel", "plan": PLAN, "hold_decision": "no", "reason": "Not yet."}


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody who has sent a submission with a file, and a follow-up; both are collected."""
    somebody = installation.submitter()
    somebody.submit({"what": WORDS, "where": "Escondido"}, files=[FILE])
    somebody.follow_up("It happened again in October.")
    installation.collect()
    return somebody


def travel(reader: Reader, case_id: str) -> None:
    """Unlock, open, read, reply, assess, begin to investigate, keep a note and search."""
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(case_id)
    expect(reader.messages).to_have_count(2)
    reply(reader, REPLY)
    expect(reader.messages).to_have_count(3)
    take(reader, "triage", ASSESSED)
    expect(reader.messages).to_have_count(4)
    take(reader, "investigate", BEGUN)
    expect(reader.messages).to_have_count(6)
    reader.page.locator("#note textarea").fill(NOTE)
    reader.page.locator("#note button").click()
    expect(reader.messages).to_have_count(7)
    reader.page.locator("#search").fill(SOUGHT)
    expect(reader.page.locator("#thread mark")).to_have_count(1)
    reader.page.locator("#search").fill("")


def reply(reader: Reader, text: str) -> None:
    """Send a reply and wait for the page to say so."""
    reader.page.locator("#reply textarea").fill(text)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")


def holders(requests: list[Received], secret: bytes) -> list[str]:
    """The requests in which these bytes are."""
    return [f"{each.method} {each.target}" for each in requests if each.holds(secret)]


def test_what_was_sent_is_shown_to_its_reader_word_for_word(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.warnings).to_have_count(0)
    first, second = reader.messages.nth(0), reader.messages.nth(1)
    expect(first).to_contain_text(WORDS)
    expect(first).to_contain_text("Escondido")
    expect(first).to_contain_text("November 21, 2026")
    expect(first).to_contain_text("sealed in the submitter’s browser")
    expect(first.locator(".attachment")).to_contain_text("ledger page.txt")
    expect(second).to_contain_text("It happened again in October.")
    expect(second).to_contain_text("sealed on our server")


def test_a_reply_a_state_and_a_note_reach_those_they_are_for(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    travel(reader, submitter.case_id)
    installation.collect()
    letters = submitter.letters()
    assert [letter.kind for letter in letters] == ["reply", "state"]
    assert letters[0].body["text"] == REPLY
    assert dict(letters[1].body) == {"state": "examining", "next_on": "2027-02-21"}
    for letter in letters:
        assert letter.signer(installation.roster.verify_keys) == "chair"


def test_what_one_reader_adds_another_sees_with_the_name_of_its_signer(
    reader: Reader, submitter: Submitter, browser: Browser
) -> None:
    travel(reader, submitter.case_id)
    with browser.new_context() as context:
        colleague = Reader(context.new_page(), reader.address)
        colleague.sign_in("member-1")
        colleague.unlock()
        colleague.open_case(submitter.case_id)
        expect(colleague.warnings).to_have_count(0)
        expect(colleague.messages).to_have_count(7)
        expect(colleague.messages.filter(has_text=REPLY)).to_contain_text("Ada Winter")
        expect(colleague.messages.filter(has_text=NOTE)).to_contain_text("Note")
        assert colleague.complaints == []


def test_no_request_of_a_whole_journey_holds_a_key_a_passphrase_or_a_word_of_the_case(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    travel(reader, submitter.case_id)
    with reader.page.expect_download():
        reader.page.locator("[data-save]").click()
    reader.lock()
    assert len([each for each in installation.requests if each.method == "POST"]) >= 5
    private = private_texts() + spellings(submitter.case_seed)
    private += spellings(submitter.keys.mailbox_seed) + spellings(submitter.keys.signing_seed)
    opened = [WORDS, "Escondido", "October", REPLY, NOTE, PLAN, SOUGHT, "2027-02-21", "ledger page"]
    private += [text.encode() for text in opened]
    private += [re.sub(" ", separator, WORDS).encode() for separator in ("%20", "+")]
    assert [found for secret in private if (found := holders(installation.requests, secret))] == []


def test_nothing_of_a_journey_stays_in_the_browser_and_back_shows_nothing(
    reader: Reader, submitter: Submitter
) -> None:
    """Attack 41: opened text left in the reviewer's browser."""
    travel(reader, submitter.case_id)
    assert set(reader.stored().values()) == {0}
    reader.lock()
    assert leftovers(reader.page) == []
    reader.page.goto(f"{reader.address}/sign-in")
    reader.page.go_back()
    expect(reader.page.locator("#passphrase")).to_be_visible()
    assert leftovers(reader.page) == []
    assert set(reader.stored().values()) == {0}


def leftovers(page: Page) -> list[str]:
    """The words of the case that are anywhere in the page, typed ones included."""
    typed = page.locator("textarea, input:not([type=hidden])").evaluate_all(
        "fields => fields.map(field => field.value).join('\\n')"
    )
    everything = f"{page.content()}\n{typed}"
    secrets = [WORDS, "Escondido", "October", REPLY, NOTE]
    return [secret for secret in secrets if secret in everything]


def test_back_after_leaving_an_open_case_shows_nothing_opened(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(2)
    reader.page.goto(f"{reader.address}/sign-in")
    reader.page.go_back()
    expect(reader.page.locator("#passphrase")).to_be_visible()
    assert leftovers(reader.page) == []


def test_a_reload_locks(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    reader.page.reload()
    expect(reader.page.locator("#passphrase")).to_be_visible()
    expect(reader.messages).to_have_count(0)
    assert leftovers(reader.page) == []


def test_links_of_the_console_keep_it_unlocked_and_tell_where_one_is(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    assert reader.page.url.endswith(f"/cases/{submitter.case_id}")
    expect(reader.page.locator("main h1")).to_be_focused()
    reader.page.go_back()
    expect(reader.page.locator("body")).to_have_attribute("data-page", "home")
    expect(reader.page.locator("main h1")).to_be_focused()
    expect(reader.messages).to_have_count(0)
    assert leftovers(reader.page) == []
    reader.page.go_forward()
    expect(reader.messages).to_have_count(2)
    expect(reader.page.locator("#lock")).to_be_visible()


def test_the_printed_view_holds_the_case_and_no_controls(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    reader.page.evaluate("window.print = () => { document.documentElement.dataset.printed = '1' }")
    reader.page.locator("#print").click()
    expect(reader.page.locator("html")).to_have_attribute("data-printed", "1")
    reader.page.emulate_media(media="print")
    expect(reader.messages.first).to_be_visible()
    for control in ("#keyring", "#acts", "#search-box", "#print", "nav"):
        expect(reader.page.locator(control).first).to_be_hidden()


def test_a_wrong_passphrase_opens_nothing_and_may_be_tried_again(
    reader: Reader, submitter: Submitter
) -> None:
    reader.sign_in("chair")
    reader.page.locator("#passphrase").fill("not the passphrase")
    reader.page.locator("#unlock button:not([type=button])").click()
    expect(reader.page.locator("#keyring-status")).to_contain_text("does not open your key")
    expect(reader.page.locator("#passphrase")).to_have_value("")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(2)


def test_searching_marks_matches_and_hides_the_rest(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    reader.page.locator("#search").fill("OCTOBER")
    expect(reader.page.locator("#thread mark")).to_have_text(["October"])
    expect(reader.messages.first).to_be_hidden()
    expect(reader.page.locator("#search-count")).to_contain_text("1 of 2")
    reader.page.locator("#search").fill("")
    expect(reader.messages.first).to_be_visible()
    expect(reader.page.locator("#thread mark")).to_have_count(0)


def test_a_reply_that_comes_too_late_keeps_its_text(
    reader: Reader, submitter: Submitter, browser: Browser
) -> None:
    """Two readers reply at once: the second sees the first one's reply before sending."""
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    with browser.new_context() as context:
        colleague = Reader(context.new_page(), reader.address)
        colleague.sign_in("member-1")
        colleague.unlock()
        colleague.open_case(submitter.case_id)
        reply(colleague, "The colleague was first.")
    reader.page.locator("#reply textarea").fill(REPLY)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Somebody else added")
    expect(reader.messages.filter(has_text="The colleague was first.")).to_have_count(1)
    expect(reader.page.locator("#reply textarea")).to_have_value(REPLY)
    reader.page.locator("#reply button").click()
    expect(reader.messages.filter(has_text=REPLY)).to_have_count(1)
