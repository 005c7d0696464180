"""The page of statistics: what was told, in words, as pictures and as a file."""

import html
import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask

from review.casework import glance, statistics, told
from review.casework.codes import Category, Outcome, Severity
from review.casework.numbers import Quarter
from review.casework.statistics import Counted
from review.store import told_quarters
from review.store.database import writing
from review.store.told_quarters import Kept
from tests.browser.installation import Installation
from tests.review.desk import Desk
from tests.review.tables import rows
from tests.review.test_sheet import rows as cells

pytestmark = pytest.mark.stores
SEEING = ("chair", "member-1", "counsel", "secretary")
CLOSED = date(2026, 8, 20)
FOUND = [
    *[Counted(date(2026, 8, 3), Category.ACC, Severity.S2, closed=CLOSED,
              outcomes=frozenset({Outcome.SUBSTANTIATED}))] * 8,
    *[Counted(date(2026, 8, 4), Category.RET, Severity.S3)] * 4,
    *[Counted(date(2026, 8, 5), Category.HR, Severity.S4)] * 1,
]  # fmt: skip


@pytest.fixture
def quarter(installation: Installation) -> Installation:
    """An installation that was told of one quarter."""
    report = statistics.report(FOUND, Quarter(2026, 3), date(2026, 10, 15))
    assert report is not None
    text = json.dumps(told.document(report, (1, 7)))
    with writing(installation.book) as connection:
        kept = Kept(quarter="2026-Q3", on=date(2026, 10, 15), document=text, digest="ab" * 32)
        told_quarters.add(connection, kept)
    return installation


def words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("person", SEEING)
def test_committee_counsel_and_secretary_see_what_was_told(
    app: Flask, quarter: Installation, person: str
) -> None:
    desk = Desk(app, person)
    page = desk.get("/statistics").text
    assert 'href="/statistics"' in desk.get("/").text
    said = words(page)
    assert "About retaliation" in said
    assert "Accounting 8" in said
    assert "Together 13" in said
    assert "Workplace matters fewer than 3, or not told" in said
    assert "1.07 1.57 for each hundred people (median) in 2024" in said
    assert desk.get("/statistics/2026-Q3").text == page


def test_before_the_first_quarter_the_page_says_when_it_comes(app: Flask) -> None:
    assert "No quarter has been told yet" in Desk(app, "chair").get("/statistics").text


@pytest.mark.parametrize("person", ["auditor", None])
def test_nobody_else_sees_them(app: Flask, quarter: Installation, person: str | None) -> None:
    desk = Desk(app, person)
    for path in ("", "/2026-Q3", "/2026-Q3/numbers.csv", "/2026-Q3/pictures/category.svg"):
        assert desk.get(f"/statistics{path}").status_code == (404 if person else 303)


def test_every_picture_says_in_its_text_and_its_table_what_it_shows(
    app: Flask, quarter: Installation
) -> None:
    desk = Desk(app, "chair")
    page = desk.get("/statistics").text
    pictures = re.findall(r'<img class="charter-picture" src="([^"]+)" alt="([^"]+)"', page)
    assert len(pictures) == len(glance.TITLES)
    for address, text in pictures:
        answer = desk.get(html.unescape(address))
        assert answer.content_type == "image/svg+xml; charset=utf-8"
        root = ElementTree.fromstring(answer.text)
        assert root.get("aria-label") == html.unescape(text)
    assert "What they are about: 13 in all. Accounting 8, Retaliation 4; 20 more not told." in (
        html.unescape(pictures[0][1])
    )


def test_the_file_for_a_spreadsheet_has_what_the_page_has(
    app: Flask, quarter: Installation
) -> None:
    answer = Desk(app, "secretary").get("/statistics/2026-Q3/numbers.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statistics-2026-Q3.csv"'
    found = cells(answer.data)
    assert found[0] == ["Quarter", "Table", "Row", "Number"]
    assert ["2026-Q3", "What they are about", "Accounting", "8"] in found
    assert ["2026-Q3", "What they are about", "Together", "13"] in found


def test_what_was_never_told_is_not_here(app: Flask, quarter: Installation) -> None:
    desk = Desk(app, "chair")
    for path in ("2026-Q2", "nothing", "2026-Q3/pictures/nothing.svg", "2026-Q2/numbers.csv"):
        assert desk.get(f"/statistics/{path}").status_code == 404


def test_looking_at_the_page_tells_no_quarter(app: Flask, installation: Installation) -> None:
    """Attack: numbers on demand."""
    Desk(app, "chair").get("/statistics")
    assert rows(installation.book)["told_quarters"] == []


def test_a_report_is_kept_word_for_word() -> None:
    for count in range(len(FOUND) + 1):
        report = statistics.report(FOUND[:count], Quarter(2026, 3), date(2026, 10, 15))
        assert report is not None
        document = told.document(report, None)
        read, volume = told.read(json.dumps(document))
        assert volume is None
        assert told.document(read, None) == document
        assert read == report
