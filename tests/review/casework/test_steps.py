"""The next step of every state, and when it is late."""

from datetime import date, timedelta

import pytest

from review.casework.states import State
from review.casework.steps import Next, Step, next_step

RECEIVED = date(2026, 11, 21)
ACKNOWLEDGED = date(2026, 11, 23)
FEEDBACK = date(2027, 2, 23)


@pytest.mark.parametrize(
    ("state", "step", "by"),
    [
        (State.RECEIVED, Step.OPEN, date(2026, 11, 28)),
        (State.OPENED, Step.ACKNOWLEDGE, date(2026, 11, 28)),
        (State.ACKNOWLEDGED, Step.DECIDE, FEEDBACK),
        (State.INVESTIGATING, Step.REPORT_BACK, FEEDBACK),
        (State.NEEDS_INFO, Step.AWAIT, FEEDBACK),
        (State.REOPENED, Step.DECIDE, FEEDBACK),
        (State.CLOSED, Step.NOTHING, None),
    ],
)
def test_each_state_has_a_next_step_and_its_day(state: State, step: Step, by: date | None) -> None:
    acknowledged = None if state in (State.RECEIVED, State.OPENED) else ACKNOWLEDGED
    assert next_step(state, RECEIVED, acknowledged, RECEIVED) == Next(step, by, late=False)


@pytest.mark.parametrize("state", list(State))
def test_a_step_is_late_from_the_day_after_its_last(state: State) -> None:
    by = next_step(state, RECEIVED, None, RECEIVED).by
    if by is None:
        assert not next_step(state, RECEIVED, None, date(2036, 1, 1)).late
    else:
        assert not next_step(state, RECEIVED, None, by).late
        assert next_step(state, RECEIVED, None, by + timedelta(days=1)).late
