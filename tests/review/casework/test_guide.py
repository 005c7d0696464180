"""The checklist of the console's present states: each task with its day, and who can do it."""

from datetime import date, timedelta

import pytest

from review.casework.deadlines import Clock, Standing
from review.casework.guide import Line, Task, days, tasks
from review.casework.states import SEVEN, State
from review.casework.steps import next_step
from review.roles import READERS, Role

D = date(2026, 11, 20)
COMMITTEE = {Role.CHAIR, Role.MEMBER, Role.ALTERNATE}


def by_task(state: State, today: date, role: Role = Role.CHAIR) -> dict[Task, Line]:
    return {one.task: one for one in tasks(state, D, None, today, role)}


def test_a_new_case_is_opened_and_acknowledged_by_any_reader() -> None:
    found = by_task(State.RECEIVED, D)
    assert list(found) == [Task.OPEN, Task.ACKNOWLEDGE]
    assert found[Task.OPEN].by == D + timedelta(days=5)
    assert found[Task.ACKNOWLEDGE].by == D + timedelta(days=7)
    assert set(found[Task.ACKNOWLEDGE].who) == READERS


def test_counsel_reports_back() -> None:
    found = by_task(State.INVESTIGATING, D, Role.COUNSEL)
    assert found[Task.REPORT_BACK].is_mine
    assert found[Task.CLOSE].by == date(2027, 1, 4)


@pytest.mark.parametrize("state", SEVEN)
def test_the_list_agrees_with_the_next_step(state: State) -> None:
    for today in (D, D + timedelta(days=8), D + timedelta(days=200)):
        step = next_step(state, D, None, today)
        found = tasks(state, D, None, today, Role.CHAIR)
        assert bool(found) is (state is not State.CLOSED)
        if step.by is not None:
            assert (step.by, step.late) in {(one.by, one.is_late) for one in found}


def test_the_days_that_count_are_shown_until_the_case_is_closed() -> None:
    shown = days(State.ACKNOWLEDGED, D, D + timedelta(days=2), D + timedelta(days=50))
    assert [(one.clock, one.day, one.standing) for one in shown] == [
        (Clock.ACKNOWLEDGEMENT, date(2026, 11, 27), Standing.DONE),
        (Clock.CLOSURE, date(2027, 1, 4), Standing.LATE),
        (Clock.AGEING, date(2027, 2, 18), Standing.AHEAD),
        (Clock.FEEDBACK, date(2027, 2, 22), Standing.AHEAD),
        (Clock.SEC_MARKER, date(2027, 3, 20), Standing.AHEAD),
    ]
    assert days(State.CLOSED, D, None, D) == ()
