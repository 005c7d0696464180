"""What a submitter's browser sends, and what it keeps: read at the server, byte for byte."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Route, expect

from intake.app import create_app
from intake.settings import Settings
from tests import committee
from tests.browser.installation import Received, Recorder
from tests.browser.person import ADDED, CONTENT, NAME, WHAT, WHO, Person
from tests.intake.house import DAY, House, environ
from tests.serving import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; test_on_server.py has both"),
]

SUBMISSIONS = "/sealed/submissions"


class Line:
    """The way to the service, on which answers can get lost after they were given."""

    def __init__(self, house: House) -> None:
        self.requests: list[Received] = []
        self.losing: list[str] = []
        self._recorder = Recorder(house.app, self.requests)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in self.losing:
            return self._recorder(environ, start_response)
        self.losing.remove(environ["PATH_INFO"])
        answered: list[str] = []
        list(self._recorder(environ, lambda status, *_: answered.append(status) or len))  # type: ignore[func-returns-value]
        assert answered[0].startswith("201")
        # What a proxy says when it has lost the answer of the service behind it.
        start_response("502 Bad Gateway", [("Content-Length", "0")])
        return []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def line(house: House) -> Line:
    return Line(house)


@pytest.fixture
def submitter(browser: Browser, line: Line) -> Iterator[Person]:
    with serving(line) as port, browser.new_context() as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{port}")


def test_no_request_holds_the_words_the_file_name_the_exact_size_or_the_code(
    submitter: Person, line: Line
) -> None:
    code = submitter.submit(excluded="member-1")
    submitter.add(code, ADDED)
    submitter.read(code)
    expect(submitter.page.get_by_text("There is no reply yet")).to_be_visible()
    assert {each.target for each in line.requests if each.body} == {
        "/sealed/slices?",
        "/sealed/submissions?",
        "/sealed/follow-ups?",
        "/sealed/mailbox?",
    }
    words = {word for text in (WHAT, WHO, ADDED, NAME) for word in text.split() if len(word) > 6}
    secrets = [WHAT, WHO, ADDED, NAME, code, code.replace("-", ""), "member-1", *words]
    held = [
        (secret, each.target)
        for secret in [*secrets, f"{len(CONTENT)}\r\n", CONTENT[:26].decode()]
        for each in line.requests
        if each.holds(secret.encode())
    ]
    assert held == []


def test_a_submission_leaves_nothing_in_the_submitters_browser(submitter: Person) -> None:
    submitter.submit()
    assert submitter.page.context.cookies() == []
    kept = submitter.page.evaluate(
        """async () => [localStorage.length, sessionStorage.length,
            (await indexedDB.databases()).length, (await caches.keys()).length]"""
    )
    assert kept == [0, 0, 0, 0]
    # A page that the browser kept is shown again without being loaded.
    submitter.page.go_back(wait_until="commit")
    expect(submitter.page.get_by_role("heading", level=1)).to_be_visible()
    assert WHAT not in submitter.page.content()
    assert submitter.page.locator("textarea").evaluate_all(
        "fields => fields.map(field => field.value).join('')"
    ) in ("", None)


def test_an_answer_lost_after_the_deposit_is_safe_to_ask_for_again(
    submitter: Person, line: Line, house: House
) -> None:
    """Attack 40: the browser sends the same bytes again and nothing is stored twice."""
    line.losing.append(SUBMISSIONS)
    submitter.fill_in()
    submitter.send()
    again = submitter.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    assert submitter.page.locator("main [data-receipt-code]").count() == 0
    again.click()
    submitter.receipt_code()
    sent = [each.body for each in line.requests if each.target.startswith(SUBMISSIONS)]
    assert len(sent) == 2
    # The marks between the parts of a form are the browser's, drawn anew each time.
    assert len({body.replace(body.split(b"\r\n")[0], b"") for body in sent}) == 1
    assert len(house.deposits()) == 1


def test_a_roster_that_changed_on_the_way_is_shown_and_the_text_is_kept(
    submitter: Person, house: House
) -> None:
    """Attack 39: nothing is stored for people whom the submitter has not seen."""
    submitter.fill_in()
    house.publish(committee.next_roster(house.roster))
    submitter.send()
    expect(submitter.page.get_by_text("The people who can read this have changed")).to_be_visible()
    assert submitter.page.get_by_label("What happened?").input_value() == WHAT
    assert house.deposits() == []
    submitter.send()
    submitter.receipt_code()
    (deposit,) = house.deposits()
    assert deposit.roster == house.roster.hash


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_an_unknown_code_and_a_mistyped_one_are_told_in_plain_words(
    browser: Browser, house: House, scripts: bool
) -> None:
    with serving(house.app) as port, browser.new_context(java_script_enabled=scripts) as context:
        somebody = Person(context.new_page(), f"http://127.0.0.1:{port}")
        somebody.read("7KQ2M-X9TRC-4HDWN-PZ0V8-J3FGT")
        expect(somebody.page.get_by_text("One character looks wrong").first).to_be_visible()
        somebody.read("00000-00000-00000-00000-00000")
        expect(somebody.page.get_by_text("does not open anything here").first).to_be_visible()


BUNDLE = "**/static/submit.js"


def open_form(submitter: Person) -> None:
    """Open the form without waiting for its large script, and write something."""
    submitter.page.goto(f"{submitter.address}/form", wait_until="commit")
    submitter.page.get_by_label("What happened?").fill(WHAT)


def test_who_presses_the_button_before_the_page_can_seal_waits_and_sends_nothing_in_clear(
    submitter: Person, line: Line, house: House
) -> None:
    held: list[Route] = []
    submitter.page.route(BUNDLE, lambda route: held.append(route))
    open_form(submitter)
    submitter.send()
    expect(submitter.page.get_by_text("This page is getting ready")).to_be_visible()
    assert [each.target for each in line.requests if each.body] == []
    held[0].continue_()
    submitter.receipt_code()
    assert not any(each.holds(WHAT.encode()) for each in line.requests)
    assert house.opened("chair")[0].sealed_in == "browser"


def test_who_sends_from_a_page_that_cannot_seal_is_told_first(
    submitter: Person, line: Line, house: House
) -> None:
    submitter.page.route(BUNDLE, lambda route: route.abort())
    open_form(submitter)
    submitter.page.wait_for_load_state()
    submitter.send()
    expect(submitter.page.get_by_text("Nothing was sent yet.")).to_be_visible()
    assert [each.target for each in line.requests if each.body] == []
    submitter.send()
    submitter.receipt_code()
    assert house.opened("chair")[0].sealed_in == "server"


def test_a_code_does_not_leave_a_page_that_cannot_keep_it_unasked(
    submitter: Person, line: Line
) -> None:
    submitter.page.route("**/static/followup.js", lambda route: route.abort())
    submitter.page.goto(f"{submitter.address}/follow-up")
    code = "00000-00000-00000-00000-00000"
    submitter.page.get_by_label("Your receipt code").fill(code)
    submitter.page.keyboard.press("Enter")
    expect(submitter.page.get_by_text("Nothing was sent yet.")).to_be_visible()
    assert [each.target for each in line.requests if each.body] == []
    submitter.page.keyboard.press("Enter")
    expect(submitter.page.get_by_text("does not open anything here").first).to_be_visible()


def test_a_page_open_since_yesterday_shows_todays_people(browser: Browser, house: House) -> None:
    """The new roster begins after the page's day; that is no fault of its signature."""
    with (
        serving(lambda environ, start: house.app(environ, start)) as port,
        browser.new_context() as context,
    ):
        somebody = Person(context.new_page(), f"http://127.0.0.1:{port}")
        somebody.fill_in()
        tomorrow = (committee.TODAY + DAY).isoformat()
        house.publish(committee.next_roster(house.roster, issued_on=tomorrow))
        later = environ(house.url, INTAKE_TODAY=tomorrow)
        house.app = create_app(Settings.from_environ(later))
        somebody.send()
        changed = somebody.page.get_by_text("The people who can read this have changed")
        expect(changed).to_be_visible()
        somebody.send()
        somebody.receipt_code()
        assert len(house.deposits()) == 1
