"""Where records stand at the end of their time, day by day, and how many of each class."""

import datetime

import pytest

from review.retention.tally import Where, tally, where

DUE = datetime.date(2026, 11, 11)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "found"),
    [(-1, Where.KEPT), (0, Where.DUE), (30, Where.DUE), (31, Where.OVERDUE)],
)
def test_a_record_is_due_on_its_day_and_overdue_on_the_thirty_first_after_it(
    days: int, found: Where
) -> None:
    assert where(DUE, DUE + days * DAY, is_held=False) is found


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_what_is_held_is_neither_due_nor_overdue(days: int) -> None:
    assert where(DUE, DUE + days * DAY, is_held=True) is Where.HELD


def test_a_record_without_a_due_day_is_open_even_under_a_hold() -> None:
    assert where(None, DUE, is_held=True) is Where.OPEN


def test_every_record_is_counted_once_in_its_class() -> None:
    found = tally([("RC-01", Where.KEPT), ("RC-01", Where.KEPT), ("", Where.OPEN)])
    assert list(found) == ["", "RC-01"]
    assert found["RC-01"] == {each: 2 * (each is Where.KEPT) for each in Where}
    assert found[""][Where.OPEN] == 1
