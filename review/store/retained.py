"""Cases whose time runs, many at once: since when, as what, until when, and which are held.

review.disposing looks at one case with everything that decides of it; this is for lists, which read
each table once however many cases there are.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from review.casework.course import Stage
from review.retention.changing import BUILT_IN
from review.retention.holds import Record
from review.retention.schedule import Period, Schedule
from review.retention.tally import Where, where
from review.store import holds, schedule
from review.store.cases import Case, case_by_id
from review.store.casework_schema import courses
from review.store.disposition_schema import disposed_cases
from review.store.merged import kept_of
from review.store.retention_schema import kept_as
from review.store.schedule import Kept
from review.store.schema import case_readers, cases

_RETAINED = (Stage.RETENTION.value,)


@dataclass(frozen=True)
class Retained:
    """A case whose time runs; how it is kept, its due day, and where it stands."""

    case_id: str
    kept: Kept
    due: datetime.date
    where: Where


def retained(
    connection: Connection, today: datetime.date, person: str | None = None, *,
    is_over: bool = False,
) -> list[Retained]:  # fmt: skip
    """The cases whose time runs, of one reader or of all, the first to end first.

    is_over leaves out those whose due day has not come.
    """
    versions = schedule.current(connection)
    rows = connection.execute(_wanted(versions, today, person, is_over=is_over)).all()
    found = []
    for row in rows:
        kept = _kept(connection, row)
        if kept is not None:
            due = _due(versions, kept)
            if due <= today or not is_over:
                found.append((row, kept, due))
    about = holds.categories_by_case(connection, person) if found else {}
    records = [
        Record(row.id, kept.record_class, row.on, frozenset(about.get(row.id, ())))
        for row, kept, _due in found
    ]
    needed = {row.id for row, _kept, _due in found if row.hold_needed}
    held = _held(connection, records, needed, today)
    listed = [
        Retained(row.id, kept, due, where(due, today, is_held=row.id in held))
        for row, kept, due in found
    ]
    return sorted(listed, key=lambda each: (each.due, each.case_id))


def _due(versions: Schedule, kept: Kept) -> datetime.date:
    found = versions.kept(kept.record_class, kept.version, kept.on)
    terms = BUILT_IN[kept.record_class].terms if found is None else found
    return terms.due(kept.on)


def _wanted(
    versions: Schedule, today: datetime.date, person: str | None, *, is_over: bool
) -> Select[Any]:
    later = kept_as.alias()
    newest = select(func.max(later.c.n)).where(later.c.case_id == cases.c.id).scalar_subquery()
    found = (
        select(cases, courses.c.hold_needed, kept_as.c.record_class, kept_as.c.version)
        .add_columns(kept_as.c.on.label("since"))
        .join(courses, courses.c.case_id == cases.c.id)
        .join(kept_as, and_(kept_as.c.case_id == cases.c.id, kept_as.c.n == newest))
        .where(cases.c.state.in_(_RETAINED), courses.c.closed_on.is_not(None))
    )
    if person is not None:
        found = found.join(case_readers, case_readers.c.case_id == cases.c.id)
        found = found.where(case_readers.c.person_id == person)
    return found.where(_may_be_over(versions, today)) if is_over else found


def _may_be_over(versions: Schedule, today: datetime.date) -> ColumnElement[bool]:
    """What leaves out most of those that cannot be due: no span has fewer days than are counted."""
    merged = kept_as.c.record_class.is_(None)
    spans = {
        code: min(_fewest(each) for each in versions.periods(code)) for code in versions.codes()
    }
    limits = [
        and_(kept_as.c.record_class == code, kept_as.c.on <= today - datetime.timedelta(days=days))
        for code, days in spans.items()
    ]
    return or_(merged, *limits)


def _fewest(period: Period) -> int:
    return 365 * period.years + 28 * period.months + period.days


def _kept(connection: Connection, row: Row[Any]) -> Kept | None:
    if row.record_class is not None:
        return Kept(row.since, row.record_class, row.version)
    case = case_by_id(connection, row.id)
    return None if case is None else kept_of(connection, case)


def _held(
    connection: Connection, records: list[Record], needed: set[str], today: datetime.date
) -> set[str]:
    """Which of these are held, by a hold or by a decision that waits for one to cover it."""
    if not records:
        return set()
    there = holds.all_kept(connection)
    found = {name for each in there for name in holds.keeps(connection, each, records, today)}
    without = {
        each.name
        for each in records
        if each.name in needed and not any(one.terms.scope.covers(each) for one in there)
    }
    return found | without


def of_case(connection: Connection, case: Case, today: datetime.date) -> Retained | None:
    """How one case is kept, until when and where it stands; None for one that is open."""
    kept = kept_of(connection, case)
    if kept is None:
        return None
    due = schedule.version(connection, kept).due(kept.on)
    held = holds.is_held(connection, case, today)
    return Retained(case.id, kept, due, where(due, today, is_held=held))


def open_count(connection: Connection) -> int:
    """How many cases are there whose time does not run."""
    found = select(func.count()).select_from(cases).where(cases.c.state.not_in(_RETAINED))
    return int(connection.execute(found).scalar_one())


def gone_classes(connection: Connection) -> list[str]:
    """The class of each case that has been disposed of."""
    return list(connection.execute(select(disposed_cases.c.record_class)).scalars())
