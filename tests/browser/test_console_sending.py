"""What happens to words that are being sent when the tab locks, an answer is lost, a page fails."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.browser.installation import Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

REPLY = "Only once, please."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """Somebody whose submission has been collected."""
    somebody = installation.submitter()
    somebody.submit()
    installation.collect()
    return somebody


def arrive(reader: Reader, submitter: Submitter) -> None:
    reader.sign_in("chair")
    reader.unlock()
    reader.open_case(submitter.case_id)
    expect(reader.messages).to_have_count(1)


def write(reader: Reader, text: str = REPLY) -> None:
    reader.page.locator("#reply textarea").fill(text)
    reader.page.locator("#reply button").click()


def replies(installation: Installation) -> list[str]:
    """The posts of a reply that reached the server."""
    return [each.target for each in installation.requests if "/replies" in each.target]


def texts(installation: Installation, submitter: Submitter) -> list[object]:
    """What the submitter reads in the end."""
    installation.collect()
    return [letter.body["text"] for letter in submitter.letters()]


def while_asking(reader: Reader, ending: str, act: Callable[[], None]) -> None:
    """Do this once while the first request of that address waits for its answer."""

    def hold(route: Route) -> None:
        if not done:
            done.append(route.request.url)
            act()
        route.continue_()

    done: list[str] = []
    reader.page.route(lambda address: address.endswith(ending), hold)


def at_the_server(route: Route) -> int:
    """Let the server take a request whose answer the browser never gets; the answer's status."""
    # What the browser itself adds to a request is no part of what a test can hand on.
    headers = route.request.all_headers()
    headers |= {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    return route.fetch(headers=headers, post_data=route.request.post_data_buffer).status


def test_a_lock_while_sending_signs_nothing_and_keeps_the_text(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    """The zeros that a lock leaves in the place of a key sign as well as any key."""
    arrive(reader, submitter)
    while_asking(reader, "/roster", reader.lock)
    write(reader)
    expect(reader.page.locator("#passphrase")).to_be_visible()
    reader.unlock()
    reader.settled()
    expect(reader.warnings).to_have_count(0)
    expect(reader.page.locator("#reply textarea")).to_have_value(REPLY)
    assert replies(installation) == []
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    assert texts(installation, submitter) == [REPLY]


def lose_answer(reader: Reader) -> list[int]:
    """Let the server take the first reply, and lose what it answers; the statuses it gave."""
    statuses: list[int] = []

    def lose(route: Route) -> None:
        if statuses:
            route.continue_()
            return
        statuses.append(at_the_server(route))
        route.abort()

    reader.page.route(lambda address: address.endswith("/replies"), lose)
    return statuses


def test_a_reply_whose_answer_is_lost_is_found_in_the_case_and_sent_once(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    statuses = lose_answer(reader)
    write(reader)
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    assert statuses == [204]
    expect(reader.messages.filter(has_text=REPLY)).to_have_count(1)
    expect(reader.page.locator("#reply textarea")).to_have_value("")
    assert texts(installation, submitter) == [REPLY]


def test_a_reply_of_which_nothing_is_known_is_sent_again_as_the_same(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    """Neither the answer nor the case can be had: trying again must not say it twice."""
    arrive(reader, submitter)
    lose_answer(reader)
    gone = "**/manifest"
    reader.page.route(gone, lambda route: route.abort())
    write(reader)
    expect(reader.status("reply")).to_contain_text("nobody knows yet")
    expect(reader.page.locator("#reply textarea")).to_have_value(REPLY)
    expect(reader.messages).to_have_count(1)
    reader.page.unroute(gone)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    assert texts(installation, submitter) == [REPLY]
    posted = [each.body for each in installation.requests if "/replies" in each.target]
    digests = [body.split(b'name="digest"')[1][:80] for body in posted]
    assert len(digests) == 2
    assert len(set(digests)) == 1


def test_a_reply_that_never_arrived_is_told_as_such_and_can_be_sent_again(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)
    lost = "**/replies"
    reader.page.route(lost, lambda route: route.abort())
    write(reader)
    expect(reader.status("reply")).to_contain_text("is not in the case")
    expect(reader.page.locator("#reply textarea")).to_have_value(REPLY)
    reader.page.unroute(lost)
    reader.page.locator("#reply button").click()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    assert texts(installation, submitter) == [REPLY]


def test_a_reply_that_a_lock_cut_off_is_found_after_unlocking_and_not_offered_again(
    reader: Reader, submitter: Submitter, installation: Installation
) -> None:
    arrive(reader, submitter)

    def take(route: Route) -> None:
        assert at_the_server(route) == 204
        reader.lock()
        route.abort()

    reader.page.route("**/replies", take)
    write(reader)
    expect(reader.page.locator("#passphrase")).to_be_visible()
    reader.unlock()
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    expect(reader.page.locator("#reply textarea")).to_have_value("")
    expect(reader.messages).to_have_count(2)
    assert texts(installation, submitter) == [REPLY]


@pytest.mark.parametrize("moved", [True, False])
def test_a_page_that_fails_once_takes_nothing_with_it(
    reader: Reader, submitter: Submitter, moved: bool
) -> None:
    arrive(reader, submitter)
    if moved:
        reader.page.route("**/replies", lambda route: route.fulfill(status=409, body='{"n": 0}'))
    failing = f"**/cases/{submitter.case_id}"
    reader.page.route(failing, lambda route: route.fulfill(status=503, body="x"))
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    reader.page.on("dialog", accept)
    write(reader)
    if moved:
        expect(reader.status("reply")).to_contain_text("Somebody else added")
        expect(reader.page.locator("#reply textarea")).to_have_value(REPLY)
    else:
        expect(reader.status("reply")).to_contain_text("could not be fetched again")
        expect(reader.messages.filter(has_text=REPLY)).to_have_count(1)
    expect(reader.page.locator("#lock")).to_be_visible()
    expect(reader.messages.first).to_be_visible()
    expect(reader.page.locator("#reply button")).to_be_enabled()
    assert asked == []


def test_what_is_typed_while_a_reply_is_on_its_way_stays(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    field = reader.page.locator("#reply textarea")
    while_asking(reader, "/replies", lambda: field.fill("And one more thing."))
    write(reader)
    expect(reader.status("reply")).to_contain_text("Your reply is sealed")
    expect(field).to_have_value("And one more thing.")


def test_no_dictionary_or_translator_of_the_browser_gets_what_is_typed(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    for form in ("reply", "note"):
        field = reader.page.locator(f"#{form} textarea")
        for name, value in (
            ("spellcheck", "false"),
            ("autocorrect", "off"),
            ("writingsuggestions", "false"),
            ("translate", "no"),
        ):
            expect(field).to_have_attribute(name, value)
    expect(reader.page.locator("#thread")).to_have_attribute("translate", "no")


def test_a_messages_day_sender_and_place_of_sealing_are_set_apart(
    reader: Reader, submitter: Submitter
) -> None:
    arrive(reader, submitter)
    expect(reader.messages.first.locator(".message-by")).to_have_text(
        "November 21, 2026 · the submitter · sealed in the submitter’s browser"
    )
