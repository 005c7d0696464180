"""A company that does everything in time is found to have done so."""

import json
from datetime import date, timedelta

import pytest

from review.charter.clauses import default_charter
from review.charter.engine import BUILT, assess
from review.charter.findings import Severity, Status
from review.charter.located import Json
from review.charter.parse import make_book, parse_book
from review.charter.render import render_book
from review.workdays import months_after
from tests.review.charter.good_years import Event, book_of, good_book, good_events
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


@pytest.mark.parametrize(
    ("opinion", "status"),
    [
        ("NO_EXCEPTIONS", Status.SATISFIED),
        ("EXCEPTIONS_NOTED", Status.OVERDUE),
        ("UNABLE_TO_VERIFY", Status.JUDGEMENT),
    ],
)
def test_retention_stands_as_its_auditor_last_said(opinion: str, status: Status) -> None:
    told: list[Json] = [{"code": "T02", "count": 2}] if opinion == "EXCEPTIONS_NOTED" else []
    rows: list[Event] = [
        *good_events(2026, 2),
        _checked("2027-03-01", opinion="EXCEPTIONS_NOTED", exceptions=[]),
        _checked("2027-06-01", opinion=opinion, exceptions=told),
    ]
    result = assess(CHARTER, book_of(rows), date(2027, 12, 31))
    leaf = next(one for one in result.leaves if one.leaf == "R-5.3")
    assert (leaf.status, leaf.records) == (status, (f"e{len(rows) - 1}",))
    (shown,) = [one for one in result.occurrences if one.leaf == "R-5.3"]
    assert shown.figures == {"exceptions": 2 * len(told)}


def _checked(day: str, /, **fields: Json) -> Event:
    return {"type": "retention_checked", "event_date": day, "period": "FY2026", **fields}


def test_a_quarters_numbers_are_shown_as_they_came_and_say_nothing_of_cases() -> None:
    cells: dict[str, Json] = {"received": "0-2", "acknowledged_on_time": "0-2"}
    row: Event = {"type": "quarter_aggregate", "event_date": "2027-05-04", "period": "FY2027-Q1"}
    result = assess(
        CHARTER, book_of([*good_events(2026, 2), {**row, "cells": cells}]), date(2027, 12, 31)
    )
    (shown,) = [one for one in result.occurrences if one.leaf == "R-5.4"]
    assert (shown.period, shown.figures) == ("FY2027-Q1", cells)
    leaf = next(one for one in result.leaves if one.leaf == "R-5.4")
    assert leaf.status is Status.UNKNOWN
    assert (bool(leaf.reason), leaf.records) == (True, shown.records)


def test_a_channels_drills_are_counted_over_a_year() -> None:
    rows: list[Event] = [*good_events(2026, 2)]
    failed = next(n for n, e in enumerate(rows) if e["event_date"] == "2027-04-20")
    rows[failed] = {**rows[failed], "result": "FAILED"}
    result = assess(CHARTER, book_of(rows), date(2027, 12, 31))
    (shown,) = [one for one in result.occurrences if one.leaf == "R-5.2"]
    assert shown.figures == {"tests": 7, "passed": 6}
