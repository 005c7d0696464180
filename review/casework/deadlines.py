"""Every clock of a case: by when what is due, when it warns, and when it was done.

Pure, and in whole days: an hour would say too much about a submitter. The due day itself is in
time; what was not done by its end is late from the day after. A span of months ends on the same day
number, or on that month's last day; business days leave out weekends and federal holidays. A day
that the calendar does not have becomes its first or last, so an odd record never stops a clock.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType

from review.casework.clocks import CHECK_DAYS, WATCHED_MONTHS
from review.casework.codes import GRAVE, Severity
from review.workdays import business_days_after, days_after, months_after


class FeedbackMode(enum.StrEnum):
    """From where the three months of the feedback run."""

    CONSERVATIVE = "CONSERVATIVE"
    LITERAL = "LITERAL"


class Clock(enum.StrEnum):
    """What is being waited for."""

    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT"
    UNOPENED = "UNOPENED"
    TRIAGE = "TRIAGE"
    ESCALATION = "ESCALATION"
    NOTICE = "NOTICE"
    QUESTION = "QUESTION"
    FEEDBACK = "FEEDBACK"
    CLOSURE = "CLOSURE"
    AGEING = "AGEING"
    SEC_MARKER = "SEC_MARKER"
    RETALIATION_CHECK = "RETALIATION_CHECK"


# Days that only mark something: nobody is late when they pass.
MARKS = frozenset({Clock.SEC_MARKER})


class Standing(enum.StrEnum):
    """How a clock stands on a day."""

    DONE = "DONE"
    DONE_LATE = "DONE_LATE"
    AHEAD = "AHEAD"
    SOON = "SOON"
    LATE = "LATE"
    PASSED = "PASSED"


_TRIAGE = MappingProxyType(
    {Severity.S1: 1, Severity.S2: 3, Severity.S3: 5, Severity.S4: 10, Severity.S0: 10}
)


@dataclass(frozen=True)
class ClockSettings:
    """How long each clock runs, in days unless its name says otherwise."""

    acknowledge: int = 7
    acknowledge_warn: int = 5
    unopened_warn: int = 3
    unopened: int = 5
    triage_business_days: Mapping[Severity, int] = field(default_factory=lambda: _TRIAGE)
    escalate: int = 1
    notice_business_days: int = 5
    feedback_months: int = 3
    feedback_warn: int = 14
    feedback_mode: FeedbackMode = FeedbackMode.CONSERVATIVE
    remind: int = 14
    answer: int = 30
    closure: int = 45
    ageing: int = 90
    idle: int = 30
    sec: int = 120
    checks: tuple[int, ...] = CHECK_DAYS
    last_check_months: int = WATCHED_MONTHS


# What submitters are promised and the verifier counts: an installation may be faster, not slower.
PROMISED = frozenset({"acknowledge", "unopened", "feedback_months"})
LONGEST = 3650


def read_clocks(text: str) -> ClockSettings:
    """Clock settings as `closure=60 feedback_mode=LITERAL`; what is not named stays as it is.

    Raises ValueError with what is wrong.
    """
    whole = {one.name: one.default for one in fields(ClockSettings) if type(one.default) is int}
    found: dict[str, object] = {}
    for pair in text.split():
        name, _, value = pair.partition("=")
        if name in found:
            raise ValueError(f"names {name} twice")
        if name == "feedback_mode" and value in set(FeedbackMode):
            found[name] = FeedbackMode(value)
        elif name in whole and re.fullmatch("[1-9][0-9]{0,3}", value):
            most = whole[name] if name in PROMISED else LONGEST
            if int(value) > most:
                raise ValueError(f"has {name} above {most}")
            found[name] = int(value)
        else:
            raise ValueError("must be names and numbers of days, as closure=60 ageing=120")
    return ClockSettings(**found)  # type: ignore[arg-type]


@dataclass(frozen=True)
class History:
    """The days of a case that its clocks run from and stop at."""

    received: date
    opened: date | None = None
    acknowledged: date | None = None
    triaged: date | None = None
    severity: Severity = Severity.S0
    classified: date | None = None
    officer_is_subject: bool = False
    escalated: date | None = None
    noticed: date | None = None
    asked: date | None = None
    answered: date | None = None
    fed_back: date | None = None
    closed: date | None = None
    protected_steps: tuple[date, ...] = ()
    checks: tuple[date, ...] = ()
    next_meeting: date | None = None


@dataclass(frozen=True)
class Reading:
    """One clock: its last day in time, the day from which it warns, and the day it was done."""

    clock: Clock
    due: date
    warn_from: date | None = None
    done: date | None = None

    @property
    def late_from(self) -> date:
        """The first day on which it is late."""
        return days_after(self.due, 1)

    def on(self, day: date) -> Standing:
        """How it stands at the end of a day."""
        if self.done is not None and self.done <= day:
            return Standing.DONE if self.done <= self.due else Standing.DONE_LATE
        if day > self.due:
            return Standing.PASSED if self.clock in MARKS else Standing.LATE
        warns = self.warn_from is not None and self.warn_from <= day
        return Standing.SOON if warns else Standing.AHEAD


def readings(history: History, settings: ClockSettings) -> tuple[Reading, ...]:
    """Every clock that runs or ran in a case, the earliest due first."""
    found = [
        *_receiving(history, settings),
        *_assessing(history, settings),
        *_answering(history, settings),
        *_concluding(history, settings),
    ]
    return tuple(sorted(found, key=lambda one: (one.due, one.clock)))


def acknowledge_by(history: History, settings: ClockSettings) -> date:
    """The last day on which an acknowledgement is in time."""
    return days_after(history.received, settings.acknowledge)


def feedback_by(history: History, settings: ClockSettings, mode: FeedbackMode) -> date:
    """The last day for the feedback; conservatively a late acknowledgement wins no time."""
    last = acknowledge_by(history, settings)
    begin = history.acknowledged or last
    if mode is FeedbackMode.CONSERVATIVE:
        begin = min(begin, last)
    return months_after(begin, settings.feedback_months)


def may_alternate_open(history: History, settings: ClockSettings, today: date) -> bool:
    """Whether nobody opened the case for so long that the alternate may: it cannot be buried."""
    late = days_after(history.received, settings.unopened)
    return (history.opened is None or history.opened > late) and today > late


def days_open(history: History, today: date) -> int:
    """How many days the case was with the committee, up to its closing or today."""
    last = min(history.closed or today, today)
    return max((last - history.received).days, 0)


def check_days(begin: date, settings: ClockSettings) -> tuple[date, ...]:
    """The days on which somebody looks whether anybody was made to suffer."""
    days = [days_after(begin, count) for count in settings.checks]
    return (*days, months_after(begin, settings.last_check_months))


def _receiving(history: History, settings: ClockSettings) -> list[Reading]:
    received = history.received
    return [
        Reading(
            Clock.ACKNOWLEDGEMENT,
            acknowledge_by(history, settings),
            days_after(received, settings.acknowledge_warn + 1),
            history.acknowledged,
        ),
        Reading(
            Clock.UNOPENED,
            days_after(received, settings.unopened),
            days_after(received, settings.unopened_warn + 1),
            history.opened,
        ),
    ]


def _assessing(history: History, settings: ClockSettings) -> list[Reading]:
    found = []
    if history.opened is not None:
        count = settings.triage_business_days.get(history.severity, 10)
        due = business_days_after(history.opened, count)
        found.append(Reading(Clock.TRIAGE, due, None, history.triaged))
    if history.classified is None:
        return found
    if history.severity is Severity.S1 or history.officer_is_subject:
        due = days_after(history.classified, settings.escalate)
        found.append(Reading(Clock.ESCALATION, due, None, history.escalated))
    elif history.severity in GRAVE:
        due = business_days_after(history.classified, settings.notice_business_days)
        found.append(Reading(Clock.NOTICE, due, None, history.noticed))
    elif history.next_meeting is not None:
        found.append(Reading(Clock.NOTICE, history.next_meeting, None, history.noticed))
    return found


def _answering(history: History, settings: ClockSettings) -> list[Reading]:
    due = feedback_by(history, settings, settings.feedback_mode)
    found = [
        Reading(
            Clock.FEEDBACK, due, days_after(due, -settings.feedback_warn), history.fed_back
        )
    ]  # fmt: skip
    if history.asked is not None:
        found.append(
            Reading(
                Clock.QUESTION,
                days_after(history.asked, settings.answer),
                days_after(history.asked, settings.remind),
                history.answered,
            )
        )
    return found


def _concluding(history: History, settings: ClockSettings) -> list[Reading]:
    received, closed = history.received, history.closed
    soon = days_after(received, settings.idle)
    found = [
        Reading(Clock.CLOSURE, days_after(received, settings.closure), soon, closed),
        Reading(Clock.AGEING, days_after(received, settings.ageing), None, closed),
        Reading(Clock.SEC_MARKER, days_after(received, settings.sec)),
    ]
    begins = (*history.protected_steps, *((closed,) if closed else ()))
    for begin in sorted(set(begins)):
        before = begin
        for due in check_days(begin, settings):
            after = [day for day in history.checks if before < day]
            found.append(Reading(Clock.RETALIATION_CHECK, due, None, min(after, default=None)))
            before = due
    return found
