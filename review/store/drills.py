"""Drills of the line, as they were found when somebody looked whether they were answered."""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select

from review.store.casework_schema import drills

Entropy = Callable[[int], bytes]
PASSED, FAILED = "passed", "failed"


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One drill: how it ended, the days of submission and reply, the act that marked its case."""

    outcome: str
    sent: datetime.date
    answered: datetime.date | None
    marked: str | None
    on: datetime.date


def add(connection: Connection, drill: Drill, entropy: Entropy = secrets.token_bytes) -> None:
    """Keep a drill; the caller has seen that its case counts for none yet."""
    connection.execute(insert(drills).values(id=entropy(16).hex(), **vars(drill)))


def newest(connection: Connection, since: datetime.date) -> list[Drill]:
    """The drills recorded from a day on, the newest first."""
    found = select(drills).where(drills.c.on >= since).order_by(drills.c.on.desc(), drills.c.id)
    return [_drill(row) for row in connection.execute(found)]


def has_counted(connection: Connection, marked: str) -> bool:
    """Whether a drill with this act was recorded."""
    found = select(drills.c.id).where(drills.c.marked == marked)
    return connection.execute(found).first() is not None


def last_passed(connection: Connection) -> datetime.date | None:
    """The day of the newest drill that passed, if there is one."""
    found = select(func.max(drills.c.on)).where(drills.c.outcome == PASSED)
    day: datetime.date | None = connection.execute(found).scalar()
    return day


def _drill(row: Row[tuple[object, ...]]) -> Drill:
    return Drill(
        outcome=row.outcome, sent=row.sent, answered=row.answered, marked=row.marked, on=row.on
    )
