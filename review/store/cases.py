"""Cases: what the book says of each in clear, and who may be shown it.

Whatever a page shows of a case goes through visible_case() or visible_cases(), which join the
case's readers. A case that does not exist and a case that a person may not see take the same query
and give the same answer.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Subquery,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from review.casework.codes import Channel, Severity
from review.casework.course import Stage
from review.errors import ActRefused
from review.store.casework_schema import courses
from review.store.schema import case_exclusions, case_readers, cases, envelopes, readings


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as the book knows it: nothing of what is written in it."""

    id: str
    mailbox_id: str
    on: datetime.date
    roster: str
    recipient: str
    state: Stage
    generation: int


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case in one reader's inbox; unread counts the submitter's messages they have not opened."""

    case: Case
    follow_ups: int
    unread: int
    acknowledged_on: datetime.date | None


def add_case(
    connection: Connection,
    case: Case,
    readers: Collection[str],
    excluded: Collection[str],
    channel: Channel = Channel.ONLINE,
) -> None:
    """Keep a new case with the people who may be shown it and those who may not."""
    connection.execute(
        insert(cases).values(
            id=case.id,
            mailbox_id=case.mailbox_id,
            on=case.on,
            roster=case.roster,
            recipient=case.recipient,
            state=case.state.value,
            generation=case.generation,
        )
    )
    connection.execute(
        insert(courses).values(
            case_id=case.id,
            channel=channel.value,
            severity=Severity.S0.value,
            officer=False,
            in_scope=True,
            hold_needed=False,
            is_drill=False,
        )
    )
    for table, ids in ((case_readers, readers), (case_exclusions, excluded)):
        for person_id in sorted(set(ids)):
            connection.execute(insert(table).values(case_id=case.id, person_id=person_id))


def visible_case(connection: Connection, case_id: str, person_id: str) -> Case | None:
    """The case, if it exists and this person is one of its readers."""
    found = (
        select(cases)
        .join(case_readers, case_readers.c.case_id == cases.c.id)
        .where(cases.c.id == case_id, case_readers.c.person_id == person_id)
    )
    return _case(connection.execute(found).first())


def visible_cases(connection: Connection, person_id: str) -> list[CaseLine]:
    """The inbox of one person: newest day first, then by id, which says nothing."""
    submitted = _per_case("submitter", func.max(envelopes.c.n))
    answered = _per_case("committee", func.min(envelopes.c.on))
    read = readings.alias()
    rows = connection.execute(
        select(
            cases,
            submitted.c.value.label("submitted"),
            answered.c.value.label("answered"),
            func.coalesce(read.c.n, 0).label("read"),
        )
        .join(case_readers, case_readers.c.case_id == cases.c.id)
        .join(submitted, submitted.c.case_id == cases.c.id)
        .outerjoin(answered, answered.c.case_id == cases.c.id)
        .outerjoin(read, and_(read.c.case_id == cases.c.id, read.c.person_id == person_id))
        .where(case_readers.c.person_id == person_id)
        .order_by(cases.c.on.desc(), cases.c.id)
    )
    return [
        CaseLine(
            case=_some_case(row),
            follow_ups=row.submitted - 1,
            unread=max(row.submitted - row.read, 0),
            acknowledged_on=row.answered,
        )
        for row in rows
    ]


def _per_case(thread: str, value: ColumnElement[Any]) -> Subquery:
    return (
        select(envelopes.c.case_id, value.label("value"))
        .where(envelopes.c.thread == thread)
        .group_by(envelopes.c.case_id)
        .subquery()
    )


def line_of(connection: Connection, case_id: str, person_id: str) -> CaseLine | None:
    """One case as it stands in this person's inbox, or None if it does not."""
    lines = visible_cases(connection, person_id)
    return next((line for line in lines if line.case.id == case_id), None)


def case_by_id(connection: Connection, case_id: str) -> Case | None:
    """The case, for the collector and for exports, which show nobody anything."""
    return _case(connection.execute(select(cases).where(cases.c.id == case_id)).first())


def case_by_mailbox(connection: Connection, mailbox_id: str) -> Case | None:
    """The case whose submitter has this mailbox."""
    found = select(cases).where(cases.c.mailbox_id == mailbox_id)
    return _case(connection.execute(found).first())


def all_case_ids(connection: Connection) -> list[str]:
    """Every case, by id, for an export of everything."""
    return list(connection.execute(select(cases.c.id).order_by(cases.c.id)).scalars())


def ids_of(connection: Connection, person_id: str) -> list[str]:
    """The cases that this person reads, by id."""
    found = select(case_readers.c.case_id).where(case_readers.c.person_id == person_id)
    return sorted(connection.execute(found).scalars())


def excluded_people(connection: Connection, case_id: str) -> tuple[str, ...]:
    """The ids that the case's routing excluded."""
    found = select(case_exclusions.c.person_id).where(case_exclusions.c.case_id == case_id)
    return tuple(sorted(connection.execute(found).scalars()))


def set_state(connection: Connection, case: Case, after: Stage) -> None:
    """Move the case on, if it still is in the state that the caller has seen.

    The old state in the WHERE clause says it here, whatever transaction the caller uses. Raises
    ActRefused if somebody else has moved it.
    """
    moved = connection.execute(
        update(cases)
        .where(cases.c.id == case.id, cases.c.state == case.state.value)
        .values(state=after.value)
    )
    if moved.rowcount != 1:
        raise ActRefused("the case was moved by somebody else")


def mark_read(connection: Connection, case_id: str, person_id: str, n: int) -> None:
    """Remember that a person has opened the submitter's messages up to the n-th."""
    place = and_(readings.c.case_id == case_id, readings.c.person_id == person_id)
    known = connection.execute(select(readings.c.n).where(place)).scalar()
    if known is None:
        connection.execute(insert(readings).values(case_id=case_id, person_id=person_id, n=n))
    elif known < n:
        connection.execute(update(readings).where(place).values(n=n))


def is_first_reading_on(
    connection: Connection, case_id: str, person_id: str, day: datetime.date
) -> bool:
    """Whether this person, whose reading is marked, has not yet read the case on this day.

    The next time they have: the ledger is to be told once.
    """
    place = and_(readings.c.case_id == case_id, readings.c.person_id == person_id)
    told = or_(readings.c.on.is_(None), readings.c.on != day)
    changed = connection.execute(update(readings).where(place, told).values(on=day))
    return changed.rowcount == 1


def _case(row: Row[Any] | None) -> Case | None:
    return None if row is None else _some_case(row)


def _some_case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        mailbox_id=row.mailbox_id,
        on=row.on,
        roster=row.roster,
        recipient=row.recipient,
        state=Stage(row.state),
        generation=row.generation,
    )
