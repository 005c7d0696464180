"""What is awaited in a case, and by when, from how it stands.

Pure. It is apart from how a case stands, because the auditor's verifier needs that and has no
calendar of holidays.
"""

from datetime import date

from review.casework.course import ACTIVE, Stage, Step, line
from review.casework.deadlines import (
    MARKS,
    Clock,
    ClockSettings,
    History,
    Reading,
    readings,
)
from review.casework.standing import Course

# Once a case is over, somebody still asks in these whether anybody was made to suffer.
_WATCHED = frozenset(stage for stage in Stage if line(stage, Step.CHECK_RETALIATION) is not None)
# The clocks at whose end a submitter hears something.
_NEWS = frozenset({Clock.ACKNOWLEDGEMENT, Clock.FEEDBACK, Clock.RETALIATION_CHECK})


def history(course: Course, answered_on: date | None = None) -> History:
    """The days that the case's clocks run from; answered_on is that of the newest follow-up.

    A question that nobody answered is waited for until the committee goes on without an answer.
    """
    asked = course.asked_on
    answers = asked is not None and answered_on is not None and answered_on >= asked
    return History(
        received=course.received_on,
        opened=course.opened_on,
        acknowledged=course.acknowledged_on,
        triaged=course.triaged_on,
        severity=course.severity,
        classified=course.classified_on,
        officer_is_subject=course.officer,
        escalated=course.escalated_on,
        noticed=course.escalated_on,
        asked=asked if answers or course.stage is Stage.NEEDS_INFO else None,
        answered=answered_on if answers else None,
        fed_back=course.fed_back_on,
        closed=course.closed_on,
        protected_steps=course.detriments,
        checks=course.checks,
    )


def pending(
    course: Course, settings: ClockSettings, answered_on: date | None = None
) -> tuple[Reading, ...]:
    """The clocks that run in the case, the earliest due first; days that only mark are left out.

    Once a case is over, nobody waits for anything in it but the checks for retaliation, where such
    a check can be taken; in a drill, for nothing at all.
    """
    if course.is_drill:
        return ()
    found = [
        one
        for one in readings(history(course, answered_on), settings)
        if one.done is None and one.clock not in MARKS
    ]
    if course.stage in _WATCHED:
        return tuple(one for one in found if one.clock is Clock.RETALIATION_CHECK)
    return tuple(found) if course.stage in ACTIVE or course.stage is Stage.RECEIVED else ()


def next_news(
    course: Course, settings: ClockSettings, today: date, answered_on: date | None = None
) -> date | None:
    """The day by which the submitter hears next, to be told to them; None if none is to come."""
    days = [
        one.due
        for one in pending(course, settings, answered_on)
        if one.clock in _NEWS and one.due >= today
    ]
    return min(days, default=None)
