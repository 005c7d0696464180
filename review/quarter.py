"""The numbers of a quarter, which is all that the charter's book ever learns of cases.

A quarter is told once, by somebody's own act, when it is over and what comes late is in: told twice
it would differ by one case. A case from which anybody is excluded is not counted, because whoever
may not know of it reads the numbers too. A small number, and one that a small number could be
computed from, is told as a band that begins with zero, so that zero and few look the same.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from review import charter_desk
from review.casework.numbers import FEWEST, SETTLED
from review.casework.statistics import Counted, shared
from review.charter.book import Book
from review.charter.calendars import FiscalCalendar, quarter_name
from review.charter.clauses import Charter
from review.charter.located import Json
from review.charter_desk import Draft
from review.errors import QuarterRefused
from review.store.counted import counted

TYPE = "quarter_aggregate"
# So many quarters back can still be told.
OFFERED = 4


@dataclass(frozen=True)
class Span:
    """A quarter of the company's fiscal year, by its name and its first and last day."""

    name: str
    first: datetime.date
    last: datetime.date


def untold(book: Book, today: datetime.date) -> tuple[Span, ...]:
    """The last quarters that are over, settled and not told yet, the newest first."""
    calendar = FiscalCalendar(*book.fiscal_year_end)
    year = calendar.year_of(today)
    spans = (_span(calendar, y, q) for y in (year, year - 1) for q in (4, 3, 2, 1))
    over = [span for span in spans if span.last + SETTLED < today][:OFFERED]
    # One that was withdrawn has been told all the same.
    told = {event.text("period") for event in book.events if event.type == TYPE}
    return tuple(span for span in over if span.name not in told)


def tell(
    connection: Connection, charter: Charter, period: str, by: str, today: datetime.date
) -> str:
    """Record a quarter's numbers, and return the record's id. Raises QuarterRefused and NoBook."""
    book = charter_desk.read_book(connection, charter)
    span = next((each for each in untold(book, today) if each.name == period), None)
    if span is None:
        raise QuarterRefused("no such quarter is over, settled and not told yet")
    fields: dict[str, Json] = {
        "period": span.name,
        "cells": dict(cells(counted(connection), span)),
    }
    draft = Draft(TYPE, today, fields)
    (made,) = charter_desk.record(connection, charter, [draft], by, today)
    return made


def cells(found: Iterable[Counted], span: Span) -> Mapping[str, Json]:
    """What is told of a quarter: how many came, and how many were acknowledged in time."""
    counted = shared(found)
    came = sum(span.first <= case.received <= span.last for case in counted)
    due = [case for case in counted if case.acknowledge_by and _is_in(case.acknowledge_by, span)]
    kept = sum(_in_time(case) for case in due)
    return {"received": number(came), "acknowledged_on_time": part_of(kept, len(due))}


def number(count: int) -> Json:
    """A count, or the band that zero and few share."""
    return f"0-{FEWEST - 1}" if count < FEWEST else count


def part_of(part: int, whole: int) -> Json:
    """A part of a whole that may be known: neither it nor what is left of it tells of few."""
    if part < FEWEST:
        return number(part)
    return f"{whole - FEWEST + 1}-{whole}" if whole - part < FEWEST else part


def _span(calendar: FiscalCalendar, year: int, quarter: int) -> Span:
    before = calendar.end(year - 1) if quarter == 1 else calendar.quarter_end(year, quarter - 1)
    first = before + datetime.timedelta(days=1)
    return Span(quarter_name(year, quarter), first, calendar.quarter_end(year, quarter))


def _is_in(day: datetime.date, span: Span) -> bool:
    return span.first <= day <= span.last


def _in_time(case: Counted) -> bool:
    by, done = case.acknowledge_by, case.acknowledged
    return by is not None and done is not None and done <= by
