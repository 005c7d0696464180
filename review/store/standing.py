"""How a case stands in an inbox: its coded fields, and the next day that counts.

What is awaited is computed when something of the case changes, and not when a page is asked for:
the next day of a case is the same whatever day it is today.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.casework.awaited import history as history_of
from review.casework.codes import Category, Channel, Severity
from review.casework.course import ACTIVE, Stage
from review.casework.deadlines import MARKS, Clock, ClockSettings, History, Reading, readings
from review.store import courses
from review.store.cases import case_by_id
from review.store.schema import envelopes

# After its end nobody waits for anything in a case but the checks for retaliation.
_WATCHED = frozenset({Stage.CLOSED, Stage.MONITORING})


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
    history = history_of(course, courses.answered_on(connection, case_id))
    due = awaited(course.stage, history, clocks)
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


def awaited(stage: Stage, history: History, clocks: ClockSettings) -> Reading | None:
    """The earliest clock of a case that has not stopped; None where nothing is awaited."""
    open_ = [
        one for one in readings(history, clocks) if one.done is None and one.clock not in MARKS
    ]
    if stage in _WATCHED:
        open_ = [one for one in open_ if one.clock is Clock.RETALIATION_CHECK]
    elif stage not in ACTIVE and stage is not Stage.RECEIVED:
        return None
    return min(open_, key=lambda one: one.due, default=None)


def _newest(connection: Connection, case_id: str) -> int:
    newest = select(func.max(envelopes.c.n)).where(
        envelopes.c.case_id == case_id, envelopes.c.thread == "submitter"
    )
    return connection.execute(newest).scalar() or 0
