"""A case is shared with an investigator: a key by ear, a note, the facts, the end of the share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.passwords import hash_password
from review import people
from review.app import create_app
from review.casework.course import Step
from review.people import Enrolment
from review.roles import Role
from review.settings import Settings
from review.store.database import writing
from tests import committee
from tests.browser.installation import PASSWORD, Installation
from tests.browser.reader import Reader
from tests.browser.submitter import Submitter
from tests.browser.test_console_recusal import at_case, nothing_private_left, press
from tests.browser.test_pages import faults, too_wide
from tests.browser.treating import take
from tests.review.desk import sealed_form
from tests.review.web.course import CHOSEN, Course

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite("of the browser; tests/review/test_sharing.py has both"),
]
DANA = "finance"
NAME = "Henry Stone"
WORDS = "Revenue of the fourth quarter was booked before delivery."
NOTE = "The delivery notes are in the second folder."


@pytest.fixture
def submitter(installation: Installation) -> Submitter:
    """A case that is being investigated, and somebody who is to do it."""
    somebody = installation.submitter()
    somebody.submit({"what": WORDS})
    installation.collect()
    course = Course(
        create_app(Settings.from_environ(installation.environment()), "interactive"), somebody
    )
    course.triage()
    begin(course)
    with writing(installation.book) as connection:
        wanted = Enrolment(
            person_id=DANA,
            username=DANA,
            role=Role.INVESTIGATOR,
            password_hash=hash_password(PASSWORD, strength="interactive"),
        )
        people.enrol(connection, installation.roster, wanted, committee.TODAY)
    return somebody


def begin(course: Course) -> None:
    """Have the case investigated, and tell the submitter so, as the chair's browser does."""
    note = course.note("chair")
    told = sealed_form(
        course.app, course.submitter, "state", "chair", state="examining", next_on=None
    )
    more = {**note, **{f"state_{name}": value for name, value in told.items()}}
    act = course.act(Step.INVESTIGATE, {**CHOSEN, "sealed": [note["digest"]]})
    assert course.send(act, "chair", more).status_code == 204


@pytest.fixture
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    """A page of a profile of their own for each of three."""
    contexts = {name: browser.new_context() for name in (DANA, "chair", "member-1")}
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def make_key(reader: Reader) -> tuple[str, str]:
    """Make a first key: the passphrase that is shown, and the fingerprint."""
    page = reader.page
    page.goto(f"{reader.address}/me/key")
    page.wait_for_load_state("domcontentloaded")
    page.locator("#make-key-begin").click()
    words = page.locator("#make-key-words").inner_text()
    page.locator("#make-key-written").click()
    page.locator("#make-key-typed").fill(words)
    page.locator("#make-key-type button.main").click()
    shown = page.locator("#make-key-fingerprint")
    expect(shown).to_be_visible()
    return words, shown.inner_text()


def share(reader: Reader, fingerprint: str) -> None:
    """Hear another fingerprint first, and then the right one."""
    readers = reader.page.locator("#readers")
    readers.get_by_text("Share with an investigator").click()
    form = readers.locator("form[data-change=share]")
    form.locator("input").fill("0000-1111-2222-3333-4444")
    form.locator("button").click()
    expect(form.locator("[data-status]")).to_contain_text("not the fingerprint of the key")
    form.locator("input").fill(fingerprint.lower().replace("-", " "))
    form.locator("button").click()
    expect(reader.page.locator("#readers-status")).to_contain_text("Done")


def sign_too(reader: Reader, fingerprint: str, name: str = NAME) -> None:
    """Read what would be signed, hear the fingerprint, and sign."""
    form = reader.page.locator("#readers form[data-change=sign]")
    expect(form.locator("[data-signing]")).to_contain_text(name)
    form.locator("input").fill(fingerprint)
    form.locator("button").click()
    expect(reader.page.locator("#readers-status")).to_contain_text("Done")
    expect(reader.page.locator("#readers [data-shares]")).to_contain_text(f"Shared with {name}")


def investigate(reader: Reader, words: str, case_id: str) -> None:
    """Open the one case there is, add a note, and report the facts."""
    page = reader.page
    page.goto(f"{reader.address}/cases")
    page.wait_for_load_state("domcontentloaded")
    reader.unlock(words)
    reader.open_case(case_id)
    expect(reader.opened).to_contain_text(WORDS)
    expect(reader.warnings).to_have_count(0)
    expect(page.locator("#reply")).to_have_count(0)
    expect(page.locator("#readers form")).to_have_count(0)
    assert faults(page) == []
    assert not too_wide(page)
    report(reader)


def report(reader: Reader) -> None:
    """Add a note to the open case, and report the facts."""
    reader.page.locator("#note-text").fill(NOTE)
    reader.page.locator("#note button").click()
    expect(reader.status("note")).to_contain_text("Your note is kept")
    take(reader, "report-the-facts", {"note": "The papers are of October 2."})


def again(reader: Reader, console: str, case_id: str) -> None:
    """Open the case once more, in a page that was fetched anew."""
    reader.page.goto(f"{console}/cases")
    reader.page.wait_for_load_state("domcontentloaded")
    reader.unlock()
    reader.open_case(case_id)


def test_a_case_is_shared_investigated_and_shared_no_more(
    pages: dict[str, Page], installation: Installation, console: str, submitter: Submitter
) -> None:
    case_id = submitter.case_id
    dana = Reader(pages[DANA], console)
    dana.sign_in(DANA)
    words, fingerprint = make_key(dana)

    chair = at_case(pages["chair"], console, "chair", case_id)
    share(chair, fingerprint)
    second = at_case(pages["member-1"], console, "member-1", case_id)
    sign_too(second, fingerprint)

    investigate(dana, words, case_id)

    again(chair, console, case_id)
    expect(chair.warnings).to_have_count(0)
    expect(chair.messages.filter(has_text=NOTE)).to_contain_text(NAME)
    expect(chair.messages.filter(has_text="The facts were reported")).to_contain_text(NAME)
    expect(chair.page.locator("#readers [data-shares]")).to_contain_text(f"Shared with {NAME}")
    press(chair, "key")
    expect(chair.page.locator("#readers-status")).to_contain_text("Done")
    again(second, console, case_id)
    press(second, "sign")
    expect(second.page.locator("#readers-status")).to_contain_text("Done")
    expect(second.page.locator("#readers [data-shares]")).to_be_hidden()
    expect(second.warnings).to_have_count(0)
    for ending in ("", "/manifest"):
        answer = dana.page.request.get(f"{console}/cases/{case_id}{ending}")
        assert answer.status == 404
    assert [*dana.complaints, *chair.complaints, *second.complaints] == []
    nothing_private_left(installation.requests)
    for secret in (words, words.replace(" ", "+"), fingerprint):
        assert not any(each.holds(secret.encode()) for each in installation.requests)
