"""The charter's pages over the books of the stories: who sees them, and what they say."""

import datetime
import html
import re
from dataclasses import replace

import pytest
from flask import Flask

from review.charter.book import Book
from review.charter.clauses import default_charter
from review.store import charter_book
from review.store.database import writing
from review.web.parts import attach
from tests.review.charter_view.stories import F1, F2, book
from tests.review.desk import Desk, parts_of

pytestmark = pytest.mark.stores

SEEING = ("chair", "member-1", "member-2", "alternate", "counsel", "secretary")
PAGES = (
    "/charter",
    "/charter/clauses/R-1d",
    "/charter/clauses/L-01",
    "/charter/due",
    "/charter/findings",
    "/charter/findings?clause=R-1d&standing=",
    "/charter/ask",
    "/charter/ask?as_of=2026-04-07&known_at=2026-09-14",
    "/charter/records/e26",
    "/charter/evidence",
    "/charter/pictures/year.svg",
    "/charter/pictures/fees.svg",
    "/charter/pictures/partners.svg",
    "/charter/pictures/cures.svg",
)


def with_book(app: Flask, shown: Book, day: datetime.date) -> Flask:
    """The console, with this book in its database and at noon of this day."""
    parts = parts_of(app)
    with writing(parts.book) as connection:
        charter_book.add_head(connection, shown.header, "secretary", day)
        for event in shown.events:
            charter_book.add_record(connection, event.fields, "secretary", event.recorded)
    attach(app, replace(parts, settings=replace(parts.settings, today=day)))
    return app


@pytest.fixture
def f1(app: Flask) -> Flask:
    """The console with the book of F1 at the end of its year."""
    return with_book(app, book(F1), datetime.date(2026, 12, 31))


def words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("person", SEEING)
def test_committee_counsel_and_secretary_see_every_page(f1: Flask, person: str) -> None:
    desk = Desk(f1, person)
    assert {path: desk.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
    assert 'href="/charter"' in desk.get("/").text


def test_the_retention_auditor_sees_none_of_it(f1: Flask) -> None:
    desk = Desk(f1, "auditor")
    assert {desk.get(path).status_code for path in PAGES} == {404}
    assert 'href="/charter"' not in desk.get("/").text


def test_coverage_shows_the_whole_charter_and_what_to_do_first(f1: Flask) -> None:
    page = words(Desk(f1, "secretary").get("/charter").text)
    for clause in default_charter().clauses:
        assert re.sub(r"\s+", " ", clause.text).strip() in page
    assert page.index("What to do next") < page.index("The Audit Committee represents")
    assert "R-1d : how it stands ✖ Breached" in page


def test_a_finding_says_why_since_when_whose_and_what_cures_it(f1: Flask) -> None:
    page = words(Desk(f1, "chair").get("/charter/findings?clause=R-1d").text)
    for said in ("P02", "What cures it:", "Since June 1, 2026", "Whose committee", "Rests on"):
        assert said in page


def test_a_late_record_is_shown_as_late(f1: Flask) -> None:
    assert "160 days later" in words(Desk(f1, "secretary").get("/charter/records/e26").text)


def test_evidence_shows_what_is_missing_bare_and_late(f1: Flask) -> None:
    page = words(Desk(f1, "chair").get("/charter/evidence").text)
    assert "Missing:" in page
    assert "written down 160 days later" in page
    assert "Nothing shows it but the record itself." in page
    assert "Drills of the channel in the last year: none is recorded" in page
    assert "Resolution of the" in page


def test_asking_shows_what_could_not_be_known_then(f1: Flask) -> None:
    desk = Desk(f1, "secretary")
    then = words(desk.get("/charter/ask?as_of=2026-04-07").text)
    later = words(desk.get("/charter/ask?as_of=2026-04-07&known_at=2026-09-14").text)
    everything = "Everything found as of that day"
    assert "P02" not in then[then.index(everything) :]
    assert "P02" in later[later.index(everything) :]


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "20260407", "2026-W01-1"])
def test_a_day_that_is_none_is_refused_with_what_was_typed(f1: Flask, typed: str) -> None:
    answer = Desk(f1, "secretary").get(f"/charter/ask?as_of={typed}")
    assert answer.status_code == 400
    assert f'value="{typed}"' in answer.text
    assert "is not a day" in answer.text


@pytest.mark.parametrize("path", ["clauses/R-99", "records/e999", "pictures/other.svg"])
def test_what_is_not_there_is_not_found(f1: Flask, path: str) -> None:
    assert Desk(f1, "secretary").get(f"/charter/{path}").status_code == 404


def test_every_link_of_the_pages_leads_somewhere(f1: Flask) -> None:
    desk = Desk(f1, "secretary")
    found = {
        link
        for path in PAGES
        for link in re.findall(r'(?<!action=)"(/charter[^"]*)"', desk.get(path).text)
    }
    assert len(found) > 40
    assert {link for link in found if desk.get(html.unescape(link)).status_code != 200} == set()


def test_without_a_book_the_page_leads_to_the_first_steps(app: Flask) -> None:
    page = Desk(app, "secretary").get("/charter")
    assert page.status_code == 200
    assert 'href="/charter/start"' in page.text
    assert "Purpose" in page.text


def test_a_cure_period_is_shown_in_numbers_beside_its_picture(app: Flask) -> None:
    desk = Desk(with_book(app, book(F2), datetime.date(2027, 6, 1)), "chair")
    page = words(desk.get("/charter/due").text)
    assert "Deadline" in page
    assert "July 7, 2027" in page
    assert "36 days left" in desk.get("/charter/pictures/cures.svg").text
