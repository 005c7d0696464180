"""The schedule as the committee agreed it, and under which class and version each case is kept."""

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from review.casework.course import Stage
from review.casework.standing import Course
from review.retention import changing
from review.retention.changing import BUILT_IN, Line
from review.retention.schedule import DRILL_CLASS, ClassVersion, Schedule
from review.store import acts, courses
from review.store import cases as case_store
from review.store.cases import Case
from review.store.courses import MERGE
from review.store.retention_schema import kept_as


@dataclass(frozen=True)
class Kept:
    """How a case is kept since it was closed: class and version, and the day its time runs from."""

    on: datetime.date
    record_class: str
    version: int


def lines(connection: Connection) -> list[Line]:
    """Every version that the committee has agreed on, by class and then in their order."""
    found = []
    for code in sorted(BUILT_IN):
        subject = changing.subject(code)
        done = [each.act for each in acts.done(connection, subject) if each.act.act == changing.ACT]
        found += [changing.read(subject, act.data) for act in done]
    return found


def current(connection: Connection) -> Schedule:
    """The schedule with everything that the committee has agreed on."""
    return changing.schedule(lines(connection))


def version(connection: Connection, kept: Kept) -> ClassVersion:
    """The version of its class that a case has kept, by which its days are counted."""
    found = current(connection).kept(kept.record_class, kept.version, kept.on)
    return BUILT_IN[kept.record_class].terms if found is None else found


def due(connection: Connection, case: Case) -> datetime.date | None:
    """The first day on which a case may be disposed of; None for one without a class, or open."""
    kept = of_case(connection, case)
    return None if kept is None else version(connection, kept).due(kept.on)


def keep(connection: Connection, case: Case, record_class: str | None, on: datetime.date) -> None:
    """Keep the class of a case that is over since a day, with the version in force that day.

    Without a class, the case went into another one and is kept as that is.
    """
    newest, line = _newest(connection, case.id), None
    if record_class is not None:
        line = changing.in_force(record_class, lines(connection), on)
    connection.execute(
        insert(kept_as).values(
            case_id=case.id,
            n=1 if newest is None else newest.n + 1,
            on=on,
            record_class=record_class,
            version=None if line is None else line.terms.version,
        )
    )


def keep_step(connection: Connection, case: Case, course: Course) -> None:
    """Keep how a case is kept that a step has just led to its end."""
    record_class = course.retention_class
    if course.is_drill:
        record_class = DRILL_CLASS
    elif course.stage is Stage.MERGED:
        record_class = None
    if course.closed_on is not None and (record_class or course.stage is Stage.MERGED):
        keep(connection, case, record_class, course.closed_on)


def of_case(connection: Connection, case: Case) -> Kept | None:
    """How a case is kept, or None for one that is open, or was closed without a class.

    A case that was merged goes with the one that it went into.
    """
    seen: set[str] = set()
    found: Case | None = case
    while found is not None and found.id not in seen:
        seen.add(found.id)
        if courses.of_case(connection, found).closed_on is None:
            return None
        row = _newest(connection, found.id)
        if row is None or row.record_class is not None:
            return None if row is None else Kept(row.on, row.record_class, row.version)
        found = _lead_of(connection, found)
    return None


def goes_with(connection: Connection, case: Case, other: str) -> bool:
    """Whether a case is the other one, or was merged into it, also by way of further cases."""
    seen: set[str] = set()
    found: Case | None = case
    while found is not None and found.id not in seen:
        seen.add(found.id)
        row = _newest(connection, found.id)
        is_over = courses.of_case(connection, found).closed_on is not None
        is_merged = is_over and row is not None and row.record_class is None
        found = _lead_of(connection, found) if is_merged else None
    return other in seen


def _lead_of(connection: Connection, case: Case) -> Case | None:
    """The case that a merged one went into, if it is there."""
    leads = [each.about for each in courses.marks_of(connection, case.id) if each.kind == MERGE]
    return case_store.case_by_id(connection, leads[-1]) if leads and leads[-1] else None


def _newest(connection: Connection, case_id: str) -> Any:
    rows = select(kept_as).where(kept_as.c.case_id == case_id).order_by(kept_as.c.n.desc())
    return connection.execute(rows.limit(1)).first()
