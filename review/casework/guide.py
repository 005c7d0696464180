"""The checklist of a case as the console moves it today, and the days that count in it.

Pure. The console's seven states have no triage and no determination yet; so this is the part of the
checklist that they can hold, with the same clocks. Who can do a step is read from the table of
roles.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from review.casework.deadlines import (
    Clock,
    ClockSettings,
    History,
    Reading,
    Standing,
    readings,
)
from review.casework.states import State
from review.roles import TABLE, Act, Role


class Task(enum.StrEnum):
    """What there is to do; the page says it, and why, in words."""

    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    GO_ON = "go-on"
    REPORT_BACK = "report-back"
    CLOSE = "close"


@dataclass(frozen=True)
class Line:
    """One line: the task, its day if it has one, whether that has passed, and who can do it."""

    task: Task
    by: date | None
    is_late: bool
    who: tuple[Role, ...]
    is_mine: bool


@dataclass(frozen=True)
class DayLine:
    """A day that counts in the case, and how it stands."""

    clock: Clock
    day: date
    standing: Standing


_ACTS: Mapping[Task, Act] = {
    Task.OPEN: Act.OPEN_CASE,
    Task.ACKNOWLEDGE: Act.REPLY,
    Task.DECIDE: Act.TAKE_STEP,
    Task.GO_ON: Act.TAKE_STEP,
    Task.REPORT_BACK: Act.REPLY,
    Task.CLOSE: Act.TAKE_STEP,
}
_CLOCKS: Mapping[Task, Clock] = {
    Task.OPEN: Clock.UNOPENED,
    Task.ACKNOWLEDGE: Clock.ACKNOWLEDGEMENT,
    Task.REPORT_BACK: Clock.FEEDBACK,
    Task.CLOSE: Clock.CLOSURE,
}
_TASKS: Mapping[State, tuple[Task, ...]] = {
    State.RECEIVED: (Task.OPEN, Task.ACKNOWLEDGE),
    State.OPENED: (Task.ACKNOWLEDGE,),
    State.ACKNOWLEDGED: (Task.DECIDE, Task.REPORT_BACK),
    State.REOPENED: (Task.DECIDE, Task.REPORT_BACK),
    State.INVESTIGATING: (Task.REPORT_BACK, Task.CLOSE),
    State.NEEDS_INFO: (Task.GO_ON, Task.REPORT_BACK),
    State.CLOSED: (),
}
# The days that are shown of every open case, in the order in which they come due.
_SHOWN = (Clock.ACKNOWLEDGEMENT, Clock.FEEDBACK, Clock.CLOSURE, Clock.AGEING, Clock.SEC_MARKER)


def tasks(
    state: State, received: date, acknowledged: date | None, today: date, role: Role
) -> tuple[Line, ...]:
    """What is next in a case, in order."""
    clocks = {one.clock: one for one in _readings(state, received, acknowledged)}
    found = []
    for task in _TASKS.get(state, ()):
        clock = clocks.get(_CLOCKS[task]) if task in _CLOCKS else None
        who = tuple(one for one in Role if _ACTS[task] in TABLE[one])
        late = clock is not None and clock.on(today) is Standing.LATE
        found.append(Line(task, clock.due if clock else None, late, who, role in who))
    return tuple(found)


def days(
    state: State, received: date, acknowledged: date | None, today: date
) -> tuple[DayLine, ...]:
    """The days that count in an open case; none of one that is closed."""
    if state is State.CLOSED:
        return ()
    clocks = _readings(state, received, acknowledged)
    return tuple(
        DayLine(one.clock, one.due, one.on(today)) for one in clocks if one.clock in _SHOWN
    )


def _readings(state: State, received: date, acknowledged: date | None) -> tuple[Reading, ...]:
    opened = None if state is State.RECEIVED else received
    return readings(History(received, opened=opened, acknowledged=acknowledged), ClockSettings())
