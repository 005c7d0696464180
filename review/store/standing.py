"""How a case stands in an inbox: its coded fields, and the next day that counts.

What is awaited is computed when something of the case changes, and not when a page is asked for:
the next day of a case is the same whatever day it is today.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.casework.awaited import pending
from review.casework.codes import Category, Channel, Severity
from review.casework.course import Stage
from review.casework.deadlines import Clock, ClockSettings
from review.store import courses
from review.store.cases import case_by_id
from review.store.schema import envelopes


@dataclass(frozen=True, kw_only=True)
class CaseStanding:
    """What the inbox says of a case, the same for each of its readers."""

    received_on: datetime.date
    stage: Stage
    severity: Severity
    categories: tuple[Category, ...]
    channel: Channel
    next_clock: Clock | None
    next_due: datetime.date | None
    submitted: int
    is_drill: bool


def of_case(connection: Connection, case_id: str, clocks: ClockSettings) -> CaseStanding | None:
    """How a case stands; None for one that the book does not know."""
    case = case_by_id(connection, case_id)
    if case is None:
        return None
    course = courses.of_case(connection, case)
    due = next(iter(pending(course, clocks, courses.answered_on(connection, case_id))), None)
    return CaseStanding(
        received_on=course.received_on,
        stage=course.stage,
        severity=course.severity,
        categories=course.categories,
        channel=course.channel,
        next_clock=due.clock if due else None,
        next_due=due.due if due else None,
        submitted=_newest(connection, case_id),
        is_drill=course.is_drill,
    )


def _newest(connection: Connection, case_id: str) -> int:
    newest = select(func.max(envelopes.c.n)).where(
        envelopes.c.case_id == case_id, envelopes.c.thread == "submitter"
    )
    return connection.execute(newest).scalar() or 0
