"""A company that does everything in time is found to have done so."""

import json
from datetime import date, timedelta

import pytest

from review.charter.clauses import default_charter
from review.charter.engine import BUILT, assess
from review.charter.findings import Severity, Status
from review.charter.parse import make_book, parse_book
from review.charter.render import render_book
from review.workdays import months_after
from tests.review.charter.good_years import good_book
from tests.stories.charter.shifting import changed, in_time

CHARTER = default_charter()
BOOK = good_book(2026, 3)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 3 * 365, 9)]


def test_the_good_book_is_a_book() -> None:
    assert render_book(parse_book(render_book(BOOK))) == render_book(BOOK)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nothing_grave_is_found_on_any_day(day: date) -> None:
    result = assess(CHARTER, BOOK, day)
    grave = [one for one in result.findings if one.severity in (Severity.B, Severity.H)]
    assert [(one.code, one.about, one.period, one.sentence) for one in grave] == []


def test_after_a_year_every_leaf_with_a_rule_is_met_or_does_not_apply() -> None:
    result = assess(CHARTER, BOOK, date(2027, 12, 31))
    fine = {Status.SATISFIED, Status.NOT_APPLICABLE, Status.UPCOMING, Status.DUE_SOON}
    wrong = {one.leaf: one.status for one in result.leaves if one.leaf in BUILT}
    assert {leaf: status for leaf, status in wrong.items() if status not in fine} == {}


@pytest.mark.parametrize(("months", "end"), [(2, "02-29"), (6, "06-30"), (9, "09-30")])
def test_nothing_grave_is_found_where_the_fiscal_year_ends_elsewhere(months: int, end: str) -> None:
    def move(day: date) -> date:
        return months_after(day, months)

    document = json.loads(render_book(BOOK))
    document["company"]["fiscal_year_end"] = end
    moved = changed(document, in_time(move, 1))
    assert isinstance(moved, dict)
    book = make_book(moved)
    for day in DAYS[::3]:
        found = assess(CHARTER, book, move(day)).findings
        grave = [one for one in found if one.severity in (Severity.B, Severity.H)]
        assert [(one.code, one.about, one.sentence) for one in grave] == [], day
