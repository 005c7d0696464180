"""The other pages' models: a clause, what is due, findings chosen, two days compared, a record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from review.charter.book import Event
from review.charter.engine import assess
from review.charter.findings import Standing, Status
from review.charter.located import Json
from review.charter_view.choosing import Choice, choose
from review.charter_view.clause import clause_page
from review.charter_view.comparing import compare
from review.charter_view.due import WAITING, calendar
from review.charter_view.record import record_page
from review.charter_view.shelf import Shelf
from tests.review.charter_view.stories import CHARTER, F1, F2, book, seen

YEAR_END = date(2026, 12, 31)


def test_a_clause_has_its_sources_and_marks_those_from_memory() -> None:
    page = clause_page(CHARTER, *seen(F1, YEAR_END), "P-b")
    assert page
    assert page.clause
    assert page.clause.text in CHARTER.text
    assert any(source.from_memory for source in page.sources)
    assert all(source.from_memory == ("[M]" in source.text) for source in page.sources)


@pytest.mark.parametrize("name", ["R-1d", "R-1d.1"])
def test_a_leaf_leads_to_the_page_of_its_clause(name: str) -> None:
    page = clause_page(CHARTER, *seen(F1, YEAR_END), name)
    assert page
    assert page.id == "R-1d"
    assert {one.code for one in page.findings} >= {"P02", "P11", "P01"}


def test_every_clause_and_every_row_of_the_overlay_has_a_page() -> None:
    found, shelf = seen(F1, YEAR_END)
    names = [one.id for one in CHARTER.clauses] + [leaf.id for leaf in CHARTER.leaves]
    assert all(clause_page(CHARTER, found, shelf, name) for name in names)
    assert clause_page(CHARTER, found, shelf, "R-99") is None


def test_a_clause_shows_every_occurrence_once_in_its_year() -> None:
    found, shelf = seen(F1, date(2027, 6, 1))
    page = clause_page(CHARTER, found, shelf, "R-1d")
    assert page
    shown = [due.occurrence for year in page.years for due in year.due]
    assert sorted(shown, key=repr) == sorted(
        (one for one in found.occurrences if one.leaf.startswith("R-1d.")), key=repr
    )
    years = [year.fiscal_year for year in page.years]
    assert years == sorted(years, reverse=True)


@pytest.mark.parametrize("name", [F1, F2])
def test_everything_that_waits_with_a_day_is_in_one_month_and_one_place(name: str) -> None:
    day, whole = date(2026, 1, 15), book(name)
    for _ in range(20):
        found, shelf = seen(name, day)
        shown = calendar(CHARTER, whole, found, shelf)
        waiting = [one for one in found.occurrences if one.status in WAITING]
        dated = [one for one in waiting if one.due]
        placed = [item for each in shown.coming for item in each.covers] + list(shown.uncovered)
        assert len(placed) == len(dated) == sum(len(month.items) for month in shown.months)
        assert len(shown.undated) == len(waiting) - len(dated)
        day += timedelta(days=31)


def test_what_a_meeting_covers_is_due_on_its_day_or_later_unless_it_is_overdue() -> None:
    found, shelf = seen(F2, date(2027, 2, 24))
    shown = calendar(CHARTER, book(F2), found, shelf)
    for meeting in shown.coming:
        for item in meeting.covers:
            due = item.occurrence.due
            assert due
            assert due >= meeting.day or due <= found.as_of


def test_findings_are_chosen_by_clause_and_standing() -> None:
    found, _ = seen(F1, date(2027, 6, 1))
    everything = choose(CHARTER, found, Choice(standing=""))
    assert sum(len(group.findings) for group in everything) == len(found.findings)
    closed = choose(CHARTER, found, Choice(standing="CLOSED"))
    assert {one.standing for group in closed for one in group.findings} == {Standing.CLOSED}
    of_letters = choose(CHARTER, found, Choice(clause="R-1g"))
    assert [one.code for group in of_letters for one in group.findings] == ["I04"]
    assert choose(CHARTER, found, Choice(clause="no such clause")) == ()


def test_the_same_day_differs_in_nothing() -> None:
    found, _ = seen(F1, YEAR_END)
    assert compare(CHARTER, found, found).is_empty


def test_what_was_recorded_later_is_new_beside_what_was_known_then() -> None:
    """The ERP work was true from 7 April on and written down on 14 September."""
    day = date(2026, 4, 7)
    then, _ = seen(F1, day)
    now, _ = seen(F1, day, date(2026, 9, 14))
    difference = compare(CHARTER, then, now)
    assert "P02" in {one.code for one in difference.new}
    assert difference.gone == ()
    assert "R-1d.1" in {one.leaf for one in difference.leaves}


def test_a_finding_that_was_cured_is_altered_and_not_gone() -> None:
    then, _ = seen(F1, YEAR_END)
    now, _ = seen(F1, date(2027, 6, 1))
    altered = {(a.code, a.about): b.standing for a, b in compare(CHARTER, then, now).altered}
    assert altered["P02", "s-erp"] is Standing.CLOSED


def test_a_late_record_says_by_how_many_days() -> None:
    found, shelf = seen(F1, YEAR_END)
    page = record_page(shelf, found, "e26")
    assert page
    assert page.days_late == 160
    assert {one.code for one in page.findings} >= {"Z01"}
    assert any("yes" in line.values or "no" in line.values for line in page.lines)
    assert record_page(shelf, found, "e999") is None


def test_a_superseded_record_shows_the_whole_chain() -> None:
    whole, shelf = seen("a-correction-shows", YEAR_END)
    later = [event for event in shelf.book.events if event.supersedes]
    assert later
    page = record_page(shelf, whole, later[0].supersedes)
    assert page
    assert page.is_superseded
    assert later[0].id in [event.id for event in page.chain]


@pytest.mark.parametrize("received", [0, 1, 2, "0-2"])
def test_a_quarters_numbers_never_tell_zero_from_few(received: int | str) -> None:
    """Attack: somebody excluded from the only case of a quarter reads the quarter's record."""
    cells: Json = {"received": received, "open_over_90": 3}
    record: dict[str, Json] = {
        "id": "q",
        "type": "quarter_aggregate",
        "event_date": "2026-11-03",
        "period": "FY2026-Q3",
        "cells": cells,
    }
    whole = book(F1)
    shelf = Shelf(replace(whole, events=(*whole.events, Event(record))))
    page = record_page(shelf, assess(CHARTER, whole, YEAR_END), "q")
    assert page
    shown = {line.name: line.values for line in page.lines}
    assert shown["Numbers"] == ("received 0-2, open over 90 3",)


def test_a_document_shows_its_hash() -> None:
    found, shelf = seen(F1, YEAR_END)
    page = record_page(shelf, found, "e43")
    assert page
    assert page.documents[0].text("sha256").startswith("4787f9d7")


def test_what_waits_is_never_what_was_done() -> None:
    assert Status.SATISFIED not in WAITING
