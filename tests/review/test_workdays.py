"""Spans of days, months and business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import workdays

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    "day",
    ["2026-07-03", "2027-06-18", "2027-12-31", "2026-11-26", "2026-10-12", "2027-01-18"],
)
def test_a_federal_holiday_is_none_on_its_observed_day(day: str) -> None:
    assert not workdays.is_business_day(date.fromisoformat(day))


def test_the_first_business_day_after_a_friday_is_monday() -> None:
    assert workdays.business_days_after(date(2027, 1, 8), 1) == date(2027, 1, 11)


def test_an_8k_is_due_on_the_fourth_business_day() -> None:
    assert workdays.business_days_after(date(2027, 1, 8), 4) == date(2027, 1, 14)


def test_four_business_days_skip_a_holiday() -> None:
    assert workdays.business_days_after(date(2027, 1, 14), 4) == date(2027, 1, 21)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 13, "2028-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("9999-12-01", 3, "9999-12-31"),
        ("0001-01-01", -1, "0001-01-01"),
    ],
)
def test_a_span_of_months_ends_within_the_month(day: str, months: int, expected: str) -> None:
    end = workdays.months_after(date.fromisoformat(day), months)
    assert end == date.fromisoformat(expected)


def test_a_year_after_a_leap_day_is_the_28th() -> None:
    assert workdays.years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_a_saturday_deadline_moves_to_monday() -> None:
    assert workdays.on_or_after(date(2023, 12, 9)) == date(2023, 12, 11)


def test_nothing_runs_off_the_calendar() -> None:
    assert workdays.days_after(date.max, 5) == date.max
    assert workdays.days_after(date.min, -5) == date.min
    assert workdays.business_days_after(date.max, 3) == date.max
    assert workdays.business_days_between(date.max, date.max) == 0
    assert workdays.on_or_after(date.max) == date.max


@given(DAYS, st.integers(1, 30))
def test_counting_business_days_and_going_that_far_agree(day: date, count: int) -> None:
    end = workdays.business_days_after(day, count)
    assert workdays.is_business_day(end)
    assert workdays.business_days_between(day, end) == count
    assert workdays.business_days_between(day, end - timedelta(days=1)) == count - 1
