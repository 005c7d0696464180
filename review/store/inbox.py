"""Each reader's inbox: what there is to do in their cases, in the order in which it is due.

A row is written anew from the case whenever something of it changes, so that a page of ten thousand
cases reads fifty rows. Everything here is asked for by one reader's id; what a person may not see
is in no row of theirs, and so in no list, no count and no search.
"""

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from review.casework.codes import Category, Channel, Severity
from review.casework.course import Stage
from review.casework.deadlines import Clock, ClockSettings
from review.store import standing
from review.store.inbox_schema import inbox
from review.store.schema import case_readers, readings

PAGE = 50
# The day of a case in which nothing is awaited.
NEVER = datetime.date.max
SOON = datetime.timedelta(days=7)


class Due(enum.StrEnum):
    """How a case stands with its next day."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"
    NEVER = "never"


class Order(enum.StrEnum):
    """What comes first in the list."""

    DUE = "due"
    NEWEST = "newest"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case in one reader's inbox; unread counts the submitter's messages not yet opened."""

    case_id: str
    received_on: datetime.date
    stage: Stage
    severity: Severity
    categories: tuple[Category, ...]
    channel: Channel
    next_clock: Clock | None
    next_due: datetime.date | None
    follow_ups: int
    unread: int
    is_drill: bool = False


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a reader looks for, by coded fields alone; None is all of them. Pages count from 1.

    Drills are in no list of cases: they are looked for by themselves.
    """

    stage: Stage | None = None
    severity: Severity | None = None
    category: Category | None = None
    due: Due | None = None
    drills: bool = False
    order: Order = Order.DUE
    page: int = 1

    def at(self, page: int) -> "Wanted":
        """The same, another page of it."""
        return replace(self, page=page)

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return any((self.stage, self.severity, self.category, self.due, self.drills))


@dataclass(frozen=True)
class Counts:
    """What a reader's dashboard says: cases by stage, and by how they stand with their day."""

    stages: Mapping[Stage, int]
    late: int
    soon: int

    @property
    def total(self) -> int:
        """All cases of this reader."""
        return sum(self.stages.values())


def refresh(connection: Connection, case_id: str, clocks: ClockSettings) -> None:
    """Write a case's rows anew, in the transaction that changed something of it."""
    found = standing.of_case(connection, case_id, clocks)
    if found is None:
        return
    seen = select(readings.c.person_id, readings.c.n).where(readings.c.case_id == case_id)
    read = {row.person_id: row.n for row in connection.execute(seen)}
    readers = connection.execute(
        select(case_readers.c.person_id).where(case_readers.c.case_id == case_id)
    ).scalars()
    people = sorted(readers)
    connection.execute(delete(inbox).where(inbox.c.case_id == case_id))
    for person_id in people:
        unread = max(found.submitted - read.get(person_id, 0), 0)
        connection.execute(
            insert(inbox).values(
                person_id=person_id,
                case_id=case_id,
                received_on=found.received_on,
                stage=found.stage.value,
                severity=found.severity.value,
                categories=f" {' '.join(sorted(found.categories))} ",
                channel=found.channel.value,
                next_clock=found.next_clock.value if found.next_clock else "",
                next_due=found.next_due or NEVER,
                follow_ups=found.submitted - 1,
                unread=unread,
                is_drill=found.is_drill,
            )
        )


def page(
    connection: Connection,
    person_id: str,
    wanted: Wanted,
    today: datetime.date,
    size: int = PAGE,
) -> tuple[list[Line], bool]:
    """One page of a reader's cases, and whether another one follows."""
    found = select(inbox.c.case_id).where(*_conditions(person_id, wanted, today))
    chosen = _ordered(found, wanted.order).limit(size + 1).offset((wanted.page - 1) * size)
    # Which they are, an index says by itself; only these are read.
    rows = connection.execute(
        _ordered(
            select(inbox).where(
                inbox.c.person_id == person_id,
                inbox.c.case_id.in_(select(chosen.subquery().c.case_id)),
            ),
            wanted.order,
        )
    ).all()
    return [_line(row) for row in rows[:size]], len(rows) > size


def needed(connection: Connection, person_id: str, until: datetime.date, limit: int) -> list[Line]:
    """The cases in which something is new for a reader or due up to a day, the earliest first."""
    mine = _cases_of(person_id)
    found = {
        row.case_id: row
        for condition in (inbox.c.next_due <= until, inbox.c.unread > literal_column("0"))
        for row in connection.execute(
            _ordered(select(inbox).where(mine, condition), Order.DUE).limit(limit)
        )
    }
    rows = sorted(found.values(), key=lambda row: (row.next_due, row.case_id))
    return [_line(row) for row in rows[:limit]]


def counts(connection: Connection, person_id: str, today: datetime.date) -> Counts:
    """What a reader's dashboard says; a drill is none of their cases."""
    mine = _cases_of(person_id)
    stages = connection.execute(
        select(inbox.c.stage, func.count()).where(mine).group_by(inbox.c.stage)
    ).all()
    late, soon = (
        connection.execute(select(func.count()).where(mine, _due(each, today))).scalar_one()
        for each in (Due.LATE, Due.SOON)
    )
    return Counts({Stage(stage): n for stage, n in stages}, late, soon)


def _cases_of(person_id: str) -> ColumnElement[bool]:
    return and_(inbox.c.person_id == person_id, inbox.c.is_drill.is_(False))


def _conditions(person_id: str, wanted: Wanted, today: datetime.date) -> list[ColumnElement[bool]]:
    found = [inbox.c.person_id == person_id, inbox.c.is_drill.is_(wanted.drills)]
    if wanted.stage is not None:
        found.append(inbox.c.stage == wanted.stage.value)
    if wanted.severity is not None:
        found.append(inbox.c.severity == wanted.severity.value)
    if wanted.category is not None:
        found.append(inbox.c.categories.contains(f" {wanted.category.value} "))
    if wanted.due is not None:
        found.append(_due(wanted.due, today))
    return found


def _due(due: Due, today: datetime.date) -> ColumnElement[bool]:
    day = inbox.c.next_due
    if due is Due.LATE:
        return day < today
    if due is Due.SOON:
        return and_(day >= today, day <= today + SOON)
    if due is Due.NEVER:
        return day == NEVER
    return and_(day > today + SOON, day < NEVER)


def _ordered(found: Select[Any], order: Order) -> Select[Any]:
    if order is Order.NEWEST:
        return found.order_by(inbox.c.received_on.desc(), inbox.c.case_id.desc())
    return found.order_by(inbox.c.next_due, inbox.c.case_id)


def _line(row: Row[Any]) -> Line:
    return Line(
        case_id=row.case_id,
        received_on=row.received_on,
        stage=Stage(row.stage),
        severity=Severity(row.severity),
        categories=tuple(map(Category, row.categories.split())),
        channel=Channel(row.channel),
        next_clock=Clock(row.next_clock) if row.next_clock else None,
        next_due=None if row.next_due == NEVER else row.next_due,
        follow_ups=row.follow_ups,
        unread=row.unread,
        is_drill=row.is_drill,
    )
