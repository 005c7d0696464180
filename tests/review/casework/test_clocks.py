"""The two clocks on days that are easy to get wrong."""

from datetime import date, timedelta

import pytest

from review.casework.clocks import acknowledge_by, days_open, feedback_by


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 21), date(2026, 11, 28)),
        (date(2026, 12, 28), date(2027, 1, 4)),
        (date(2028, 2, 25), date(2028, 3, 3)),
    ],
)
def test_an_acknowledgement_is_due_seven_days_after_receipt(received: date, due: date) -> None:
    assert acknowledge_by(received) == due


def test_feedback_counts_from_the_acknowledgement() -> None:
    assert feedback_by(date(2026, 1, 5), date(2026, 1, 6)) == date(2026, 4, 6)


def test_a_late_acknowledgement_wins_no_time() -> None:
    assert feedback_by(date(2026, 1, 5), date(2026, 2, 20)) == date(2026, 4, 12)


def test_without_an_acknowledgement_feedback_counts_from_its_last_day() -> None:
    assert feedback_by(date(2026, 1, 5), None) == date(2026, 4, 12)


@pytest.mark.parametrize(
    ("acknowledged", "due"),
    [
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 10, 31), date(2027, 1, 31)),
    ],
)
def test_feedback_clamps_to_the_last_day_of_a_short_month(acknowledged: date, due: date) -> None:
    assert feedback_by(acknowledged, acknowledged) == due


def test_feedback_is_never_due_before_the_acknowledgement_over_five_years() -> None:
    for offset in range(5 * 366):
        received = date(2026, 1, 1) + timedelta(days=offset)
        assert feedback_by(received, None) > acknowledge_by(received)


def test_a_clock_that_was_set_back_does_not_show_negative_days() -> None:
    assert days_open(date(2026, 11, 21), date(2026, 11, 20)) == 0
    assert days_open(date(2026, 11, 21), date(2026, 12, 1)) == 10
