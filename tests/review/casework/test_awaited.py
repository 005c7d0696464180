"""What is awaited in a case follows from how it stands, and says the same wherever it is asked."""

from datetime import date

import pytest

from review.casework.awaited import next_news, pending
from review.casework.course import ACTIVE, OVER, Stage
from review.casework.deadlines import Clock, ClockSettings
from review.casework.standing import Course

TODAY = date(2026, 11, 21)
SETTINGS = ClockSettings()


def standing(stage: Stage, *, is_drill: bool = False) -> Course:
    """A case that was acknowledged and, as far as its stage says so, closed on the same day."""
    closed = TODAY if stage in OVER else None
    return Course(
        TODAY, stage, opened_on=TODAY, acknowledged_on=TODAY, closed_on=closed, is_drill=is_drill
    )


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.MONITORING])
def test_nothing_is_awaited_of_a_closed_case_but_the_checks(stage: Stage) -> None:
    found = pending(standing(stage), SETTINGS)
    assert {each.clock for each in found} == {Clock.RETALIATION_CHECK}
    assert found[0].due == date(2026, 12, 21)
    assert next_news(standing(stage), SETTINGS, TODAY) == date(2026, 12, 21)


@pytest.mark.parametrize(
    "stage", sorted(set(Stage) - ACTIVE - {Stage.RECEIVED, Stage.CLOSED, Stage.MONITORING})
)
def test_nothing_is_awaited_where_no_check_can_be_taken(stage: Stage) -> None:
    """Nobody is told a day on which nothing comes."""
    assert pending(standing(stage), SETTINGS) == ()
    assert next_news(standing(stage), SETTINGS, TODAY) is None


@pytest.mark.parametrize("stage", sorted({*ACTIVE, Stage.RECEIVED}))
def test_an_open_case_awaits_its_earliest_day_first_and_a_drill_nothing(stage: Stage) -> None:
    days = [each.due for each in pending(standing(stage), SETTINGS)]
    assert days == sorted(days)
    assert days[0] == date(2026, 12, 7)
    assert pending(standing(stage, is_drill=True), SETTINGS) == ()
