"""What a case needs next, and by when: the sentence that a reader finds beside it.

This module is pure. It says which step, the page says it in words.
"""

import enum
from dataclasses import dataclass
from datetime import date

from review.casework.clocks import acknowledge_by, feedback_by
from review.casework.states import State


class Step(enum.StrEnum):
    """The next thing to do in a case."""

    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    REPORT_BACK = "report-back"
    AWAIT = "await"
    NOTHING = "nothing"


_STEPS = {
    State.RECEIVED: Step.OPEN,
    State.OPENED: Step.ACKNOWLEDGE,
    State.ACKNOWLEDGED: Step.DECIDE,
    State.REOPENED: Step.DECIDE,
    State.INVESTIGATING: Step.REPORT_BACK,
    State.NEEDS_INFO: Step.AWAIT,
    State.CLOSED: Step.NOTHING,
}


@dataclass(frozen=True)
class Next:
    """The next step, its last day if it has one, and whether that day has passed."""

    step: Step
    by: date | None
    late: bool


def next_step(state: State, received: date, acknowledged: date | None, today: date) -> Next:
    """What is next for a case in this state.

    Before the acknowledgement its clock counts, afterwards that of the feedback, and after closing
    none.
    """
    step = _STEPS.get(state, Step.REPORT_BACK)
    by: date | None
    if step in (Step.OPEN, Step.ACKNOWLEDGE):
        by = acknowledge_by(received)
    elif step is Step.NOTHING:
        by = None
    else:
        by = feedback_by(received, acknowledged)
    return Next(step, by, by is not None and today > by)
