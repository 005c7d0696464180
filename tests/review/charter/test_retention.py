"""Records of the charter end by their schedule: whole years, in order, and nothing is breached."""

import json
from datetime import date

import pytest

from review.charter import retention
from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.parse import make_book, parse_book
from review.charter.render import render_book
from tests.review.charter.good_years import Event, book_of, good_book, good_events

CHARTER = default_charter()


def ended(book: Book, today: date) -> Book:
    """What is left of a book of which everything has ended that could."""
    going = {one.event.id for one in retention.ending(book, today)}
    # As the console sees it from the stubs that are left: their days.
    last = max(event.day_of for event in book.events if event.id in going)
    first = date(last.year + 1, 1, 1)
    left = [dict(event.fields) for event in book.events if event.id not in going]
    header = {**book.header, "kept": retention.kept_from(book.header["kept"], first)}
    return make_book({**header, "events": list(left)})


def test_a_year_ends_on_the_day_after_seven_years_from_the_firm_s_report() -> None:
    rows = good_events(2026, 1)
    book = book_of(rows)
    reports = [
        e for e in book.events if e.type == "firm_report_issued" and e.text("kind") == "AUDIT"
    ]
    first = min(report.day_of for report in reports)
    assert retention.ending(book, first.replace(year=first.year + 7)) == ()
    assert retention.ending(book, first.replace(year=first.year + 7, day=first.day + 1)) != ()


@pytest.mark.parametrize("day", [date(2035, 6, 1), date(2037, 1, 1), date(2060, 1, 1)])
def test_ending_leaves_a_book_and_breaches_nothing(day: date) -> None:
    book = good_book(2026, 10)
    left = ended(book, day)
    assert len(left.events) < len(book.events)
    # Nothing that stays speaks of what has gone: a file of it still parses.
    assert len(parse_book(render_book(left), CHARTER).events) == len(left.events)
    before = {(f.code, f.about, f.period) for f in assess(CHARTER, book, day).findings}
    after = {(f.code, f.about, f.period) for f in assess(CHARTER, left, day).findings}
    assert after <= before
    assert retention.ending(left, day) == ()


def test_minutes_seats_and_board_reports_never_end() -> None:
    going = {one.event.type for one in retention.ending(good_book(2026, 3), date(2100, 1, 1))}
    assert going
    assert not going & {"meeting_held", "minutes_approved", "seat_began", "board_report_made"}
    assert not going & {"board_determination", "consent_signed", "charter_adopted"}


def test_without_a_report_of_the_firm_nothing_ends() -> None:
    rows = [row for row in good_events(2026, 3) if row["type"] != "firm_report_issued"]
    assert retention.ending(book_of(rows), date(2100, 1, 1)) == ()


def test_what_a_record_speaks_of_that_stays_does_not_end() -> None:
    """A correction of today keeps the old record, and all that the old one stands on."""
    rows = good_events(2026, 2)
    letter = next(row for row in rows if row["type"] == "independence_letter_received")
    late: Event = {"type": "independence_discussed", "event_date": "2036-02-01", "firm": "h"}
    late |= {"letters": [letter["letter"]], "decision": {"consent": "c-1"}}
    day = date(2034, 6, 1)
    ids = {one.event.text("letter") for one in retention.ending(book_of(rows), day)}
    held = {one.event.text("letter") for one in retention.ending(book_of([*rows, late]), day)}
    assert letter["letter"] in ids
    assert letter["letter"] not in held


def test_kept_begins_after_what_has_ended() -> None:
    kept = [{"clauses": ["*"], "from": "2020-01-01"}, {"clauses": ["R-1d"], "from": "2030-01-01"}]
    moved = retention.kept_from(json.loads(json.dumps(kept)), date(2027, 1, 1))
    assert moved == [{**kept[0], "from": "2027-01-01"}, kept[1]]
    over = [{"clauses": ["*"], "from": "2020-01-01", "to": "2025-12-31"}]
    assert retention.kept_from(json.loads(json.dumps(over)), date(2027, 1, 1)) == []
