"""How long a closed case is watched: as long as its clocks say, and anew after every reopening."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from review.casework import watching
from review.casework.awaited import history
from review.casework.course import LINES, Signers, Stage, Step, line
from review.casework.deadlines import Clock, ClockSettings, readings
from review.casework.guards import Act
from review.casework.standing import Course, after

BEGAN = date(2026, 1, 31)
CLOSED = Course(BEGAN, Stage.CLOSED, closed_on=BEGAN)


def on(days: int) -> date:
    return BEGAN + timedelta(days=days)


@pytest.mark.parametrize(
    ("course", "day", "over"),
    [
        (CLOSED, date(2027, 1, 30), False),
        (CLOSED, date(2027, 1, 31), True),
        (replace(CLOSED, checks=(on(180),)), on(200), False),
        (replace(CLOSED, checks=(on(30), on(181))), on(181), True),
        (replace(CLOSED, checks=(on(181),), detriments=(on(20),)), on(190), False),
        (replace(CLOSED, checks=(on(201),), detriments=(on(20),)), on(201), True),
        (replace(CLOSED, detriments=(on(20),)), date(2027, 2, 19), False),
        (replace(CLOSED, detriments=(on(20),)), date(2027, 2, 20), True),
        (replace(CLOSED, closed_on=None), date(2099, 1, 1), False),
        (replace(CLOSED, closed_on=date(9999, 12, 1)), date(9999, 12, 31), False),
    ],
)
def test_a_case_is_watched_until_it_was_checked_to_the_end_or_a_year_is_over(
    course: Course, day: date, over: bool
) -> None:
    assert watching.is_over(course, day) is over


@pytest.mark.parametrize("seed", range(40))
def test_what_was_watched_to_the_end_has_no_clock_that_runs(seed: int) -> None:
    """The page's clocks and the job that ends them agree, whatever was checked when."""
    rng = random.Random(seed)
    days = sorted(rng.sample(range(1, 360), 6))
    course = replace(
        CLOSED,
        checks=tuple(map(on, days[1::2])),
        detriments=tuple(map(on, rng.sample(days, rng.randrange(3)))),
    )
    clocks = readings(history(course), ClockSettings())
    runs = any(one.done is None for one in clocks if one.clock is Clock.RETALIATION_CHECK)
    assert watching.is_over(course, on(days[-1])) is not runs


def test_what_a_case_does_by_itself_is_what_the_table_lets_nobody_do() -> None:
    nobody = {one.step for one in LINES if one.signers is Signers.NOBODY}
    assert nobody - {Step.EXECUTE_DISPOSITION} == watching.BY_ITSELF
    before = {stage for one in LINES if one.step in watching.BY_ITSELF for stage in one.before}
    assert before == watching.WAITING


def test_a_case_that_opened_again_is_never_kept_by_an_older_clock() -> None:
    """Attack 20, as far as treatment goes: days of an earlier end, a reopening, and a check.

    A model of clock, reopening, checks and detriments: whatever comes in which order, a case is
    kept only when its newest end and detriment are a year old, or checked past the last day.
    """
    assert sum(walked(random.Random(seed)) for seed in range(40)) > 20


def walked(rng: random.Random) -> int:
    """One walk of a case through years; how often it was kept."""
    today, course, newest, kept = BEGAN, CLOSED, BEGAN, 0
    for _turn in range(60):
        today += timedelta(days=rng.choice((1, 20, 90, 170)))
        if course.stage is Stage.REOPENED:
            assert course.closed_on is None
            assert watching.next_step(course, today) is None
            course, newest = after(course, Act(Step.CLOSE, today), Stage.CLOSED), today
            continue
        done = rng.choice((None, None, Step.CHECK_RETALIATION, Step.RECORD_DETRIMENT, Step.REOPEN))
        found = None if done is None else line(course.stage, done)
        if done is not None and found is not None:
            course = after(course, Act(done, today), found.after or course.stage)
            newest = today if done is Step.RECORD_DETRIMENT else newest
        while (step := watching.next_step(course, today)) is not None:
            moves = line(course.stage, step)
            assert moves is not None
            assert moves.after is not None
            if step is Step.RETAIN:
                kept += 1
                checked = max(course.checks, default=newest) - newest
                assert (today - newest).days >= 365 or checked.days > 180
            course = after(course, Act(step, today), moves.after)
    return kept
