"""Record classes: periods, versions, and the day a record may go."""

from datetime import date

import pytest

from review.retention.schedule import DEFAULTS, ClassVersion, Period, Schedule, Trigger

DAY = date(2026, 3, 2)


def version(number: int, days: int, effective: date, *, is_resolved: bool = True) -> ClassVersion:
    return ClassVersion(
        "RC-04", number, Trigger.NOT_A_REPORT, Period(days=days), effective, None, is_resolved
    )


@pytest.mark.parametrize(
    ("text", "period", "after"),
    [
        ("P7Y", Period(years=7), date(2033, 3, 2)),
        ("P60D", Period(days=60), date(2026, 5, 1)),
        ("P2W", Period(days=14), date(2026, 3, 16)),
        ("P1Y6M1D", Period(1, 6, 1), date(2027, 9, 3)),
    ],
)
def test_a_period_is_read_and_counted(text: str, period: Period, after: date) -> None:
    assert Period.parse(text) == period
    assert period.after(DAY) == after


def test_the_end_of_a_month_stays_within_its_month() -> None:
    assert Period(years=1).after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert Period(months=1).after(date(2026, 1, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["", "P", "7Y", "P7", "PT1H", "P-1Y", "P1Y ", "P1D1Y"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(text)


def test_a_period_says_itself_in_words() -> None:
    assert str(Period(7)) == "7 years"
    assert str(Period(1, 1, 1)) == "1 year and 1 month and 1 day"
    assert str(Period()) == "no time"


def test_a_period_beyond_the_last_day_ends_on_it() -> None:
    assert Period(years=9999).after(DAY) == date.max


def test_every_class_of_a_case_has_a_version_from_the_start() -> None:
    codes = [f"RC-0{number}" for number in range(1, 7)]
    assert [row.code for row in DEFAULTS] == codes
    assert list(Schedule().codes()) == codes


def test_a_later_version_moves_no_day_that_runs_already() -> None:
    later = version(2, 5, date(2026, 6, 1))
    schedule = Schedule((version(1, 40, date(2026, 1, 1)), later))
    kept = schedule.kept("RC-04", 1, DAY)
    assert kept is not None
    assert kept.due(DAY) == date(2026, 4, 11)
    assert schedule.on("RC-04", date(2026, 6, 1)) == later


def test_a_record_cannot_keep_a_version_that_was_not_yet_in_force() -> None:
    schedule = Schedule((version(1, 40, date(2026, 1, 1)), version(2, 5, date(2026, 6, 1))))
    kept = schedule.kept("RC-04", 2, DAY)
    assert kept is not None
    assert kept.version == 1


def test_a_version_that_nobody_resolved_is_void() -> None:
    schedule = Schedule((version(1, 1, date(2026, 1, 1), is_resolved=False),))
    kept = schedule.kept("RC-04", 1, DAY)
    assert kept is not None
    assert (kept.version, kept.due(DAY)) == (0, date(2026, 4, 1))


def test_a_class_that_there_is_none_of_has_no_version() -> None:
    assert Schedule().kept("RC-99", 0, DAY) is None


def test_a_minimum_beyond_the_maximum_is_a_contradiction() -> None:
    both = ClassVersion("RC-05", 1, Trigger.CLOSED, Period(7), date.min, Period(3))
    assert both.is_contradictory(DAY)
    assert both.latest(DAY) == date(2029, 3, 2)
    equal = ClassVersion("RC-05", 1, Trigger.CLOSED, Period(3), date.min, Period(3))
    assert not equal.is_contradictory(DAY)
    assert not DEFAULTS[0].is_contradictory(DAY)
