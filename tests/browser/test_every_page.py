"""Every page of the console and of the public service, by who is shown it: by axe, in pictures.

At 320, 1280 and 1920 px, in light and in dark: nothing is wider than its window, there is one
heading and a title, and no script or policy complains. What a page does is tested beside it.
"""

import datetime
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import NotFound

from crypto.passwords import hash_password
from intake.app import create_app as create_intake
from intake.settings import Settings as IntakeSettings
from review import disposing, people, sign_ins
from review.app import create_app
from review.casework import statistics, told
from review.casework.numbers import Quarter
from review.people import Enrolment
from review.roles import Role
from review.settings import Settings
from review.store import told_quarters
from review.store.database import writing
from review.store.told_quarters import Kept
from tests import committee
from tests.browser.album import Album
from tests.browser.installation import PASSWORD, Installation
from tests.browser.pages import (
    CASE,
    CHARTER,
    CONSOLE_DATA,
    FIRST,
    LIST,
    NOBODY,
    PUBLIC,
    PUBLIC_DATA,
    SIGNED_IN,
    Shown,
)
from tests.browser.person import CODE, Person
from tests.browser.reader import Reader
from tests.browser.submitter import File
from tests.browser.test_console_ledger import Audited
from tests.chromium import PATIENCE
from tests.intake.house import environ, put_key
from tests.review import ending, ledgers
from tests.review.charter_view.stories import F2, book
from tests.review.desk import Desk
from tests.review.test_texts import propose
from tests.review.web.test_charter import with_book
from tests.review.web.test_statistics import FOUND
from tests.serving import serving
from tests.texts import act_for, made

pytestmark = pytest.mark.sqlite("of what pages look like; test_on_server.py has both")
SETTINGS = "finance"
CANDIDATE = "elliot"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Databases, people and the auditor's policy; nothing has been made yet."""
    made_here = Audited(tmp_path)
    yield made_here
    made_here.close()


@pytest.fixture
def app(installation: Installation) -> Flask:
    """The console."""
    settings = {**installation.environment(), "REVIEW_ORIGIN": "http://localhost"}
    return create_app(Settings.from_environ(settings), "interactive")


@pytest.fixture
def public(installation: Installation) -> Flask:
    """The public service on the same drop."""
    url = installation.url("drop")
    put_key(url)
    return create_intake(IntakeSettings.from_environ(environ(url)))


@pytest.fixture
def album(tmp_path: Path) -> Album:
    """Where the pictures go."""
    return Album(tmp_path / "pictures")


def retire(installation: Installation, case_ids: list[str]) -> None:
    """Let the time of cases be over: one is on a list, one is held, and one is overdue."""
    listed, held, overdue = case_ids
    for each in (listed, held):
        ending.retain(installation, each)
    ending.retain(installation, overdue, on=ending.CLOSED - 30 * ending.DAY)
    ending.hold(installation, held)
    with writing(installation.book) as connection:
        disposing.propose(
            connection, installation.roster, "member-1", [listed], committee.TODAY,
            entropy=lambda _size: bytes.fromhex(LIST),
        )  # fmt: skip


def fill(installation: Installation, app: Flask) -> str:
    """Let something be on every page; the case that there is more to see of."""
    password = hash_password(PASSWORD, strength="interactive")
    somebody = installation.submitter()
    somebody.submit(files=[File("page.txt", "text/plain", b"Order 4711\n")], excluded=["finance"])
    somebody.follow_up("It happened again in October.")
    installation.submitter("another").submit({"what": "The pallets of hall 7 count twice."})
    over = [installation.submitter(f"of a case whose time is over, {n}") for n in (1, 2, 3)]
    for each in over:
        each.submit()
    installation.collect()
    retire(installation, [each.case_id for each in over])
    ledgers.batch(installation)
    told_on = datetime.date(2026, 10, 15)
    report = statistics.report(FOUND, Quarter(2026, 3), told_on)
    assert report is not None
    text = json.dumps(told.document(report, (1, 7)))
    quarter = Kept(quarter="2026-Q3", on=told_on, document=text, digest="ab" * 32)
    with writing(installation.book) as connection:
        told_quarters.add(connection, quarter)
        for person, role, name in (
            (SETTINGS, Role.ADMINISTRATOR, None),
            (CANDIDATE, Role.CANDIDATE, "Elliot Fry"),
        ):
            wanted = Enrolment(
                person_id=person, username=person, role=role, password_hash=password, name=name
            )
            people.enrol(connection, installation.roster, wanted, committee.TODAY)
        sign_ins.ask(connection, installation.roster, "member-2", committee.TODAY)
    assert propose(Desk(app, "chair"), made(), act_for(made())).status_code == 202
    return somebody.case_id


@contextmanager
def at(browser: Browser, album: Album, address: str, person: str | None = None) -> Iterator[Reader]:
    """A person's browser at the console, signed in."""
    with browser.new_context(locale="en-US") as context:
        context.set_default_timeout(PATIENCE)
        album.listen(context)
        reader = Reader(context.new_page(), address)
        if person is not None:
            reader.page.goto(f"{address}/sign-in")
            reader.enter(person)
            expect(reader.page.locator("body")).to_have_attribute("data-person", person)
        yield reader


def visit(page: Page, album: Album, address: str, shown: tuple[Shown, ...], case: str = "") -> None:
    """Look at each of the pages."""
    for each in shown:
        page.goto(address + each.address.replace(CASE, case))
        page.wait_for_load_state("load")
        album.look(page, each.name)


@pytest.mark.browser
def test_every_page_of_the_console_is_accessible_fits_and_has_its_picture(
    browser: Browser, installation: Installation, app: Flask, album: Album
) -> None:
    with serving(app) as port:
        address = f"http://localhost:{port}"
        with at(browser, album, address, "chair") as chair:
            visit(chair.page, album, address, FIRST)
            case = fill(installation, app)
            visit(chair.page, album, address, SIGNED_IN["chair"], case)
            chair.page.goto(f"{address}/cases/{case}")
            chair.unlock()
            chair.settled()
            album.look(chair.page, "case")
        for person, shown in SIGNED_IN.items():
            if person != "chair":
                with at(browser, album, address, person) as somebody:
                    visit(somebody.page, album, address, shown)
        with at(browser, album, address) as nobody:
            visit(nobody.page, album, address, NOBODY)
            nobody.page.goto(f"{address}/sign-in")
            nobody.page.locator("#username").fill("chair")
            nobody.page.locator("#password").fill("another one")
            nobody.page.keyboard.press("Enter")
            expect(nobody.page.locator(".problem")).to_be_visible()
            album.look(nobody.page, "sign-in-wrong")
    assert album.problems == []


@pytest.mark.browser
def test_every_page_of_the_charter_is_accessible_fits_and_has_its_picture(
    browser: Browser, app: Flask, album: Album
) -> None:
    begun = with_book(app, book(F2), datetime.date(2027, 6, 1))
    with (
        serving(begun) as port,
        at(browser, album, f"http://localhost:{port}", "secretary") as secretary,
    ):
        visit(secretary.page, album, secretary.address, CHARTER)
    assert album.problems == []


@pytest.mark.browser
def test_every_page_for_submitters_is_accessible_fits_and_has_its_picture(
    browser: Browser, public: Flask, installation: Installation, album: Album
) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(serving(public))
        context = stack.enter_context(browser.new_context(locale="en-US"))
        context.set_default_timeout(PATIENCE)
        album.listen(context)
        person = Person(context.new_page(), f"http://127.0.0.1:{port}")
        visit(person.page, album, person.address, PUBLIC)
        person.page.goto(f"{person.address}/form")
        person.page.get_by_label("Who took part").fill("Somebody.")
        person.page.evaluate("document.getElementById('submission').submit()")
        expect(person.page).to_have_title("Please look again: Form")
        album.look(person.page, "public-form-wrong")
        code = person.submit()
        assert CODE.fullmatch(code)
        person.page.get_by_text("Keep a proof").click()
        expect(person.page.get_by_role("link", name="Save your words")).to_be_visible()
        album.look(person.page, "public-receipt")
        installation.collect()
        person.read(code)
        expect(person.page.get_by_role("heading", name="From the committee")).to_be_visible()
        album.look(person.page, "public-mailbox")
    assert album.problems == []


def visited(app: Flask, shown: list[Shown]) -> set[str]:
    """The rules that these pages come from."""
    addresses = app.url_map.bind("localhost")
    found = set()
    for each in shown:
        try:
            rule, _ = addresses.match(each.address.partition("?")[0], return_rule=True)
        except NotFound:
            continue
        found.add(rule.rule)
    return found


def rules(app: Flask) -> set[str]:
    """Every rule that answers GET."""
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def test_no_page_of_the_console_is_left_out(app: Flask) -> None:
    by_people = [each for shown in SIGNED_IN.values() for each in shown]
    seen = visited(app, [*FIRST, *by_people, *NOBODY, *CHARTER])
    assert seen & CONSOLE_DATA == set()
    assert rules(app) - seen - CONSOLE_DATA == set(), "put it into tests/browser/pages.py"
    assert rules(app) >= CONSOLE_DATA


def test_no_page_for_submitters_is_left_out(public: Flask) -> None:
    seen = visited(public, list(PUBLIC))
    assert rules(public) - seen - PUBLIC_DATA == set(), "put it into tests/browser/pages.py"
    assert rules(public) >= PUBLIC_DATA
