"""Spans of days, months and business days, as the rules count them.

Pure: days in, days out, and no clock. A span of months ends on the same day number so many months
later, or on that month's last day where it has no such day. A business day is one that is neither
on a weekend nor a U.S. federal holiday on its observed day; which days those are is known to the
library `holidays`, because Congress adds to them now and then.

Spans that would end outside the calendar end on its first or last day, so that an odd date in a
record never stops a rule.
"""

from datetime import date
from functools import lru_cache

import holidays

from review.spans import days_after, months_after, years_after

__all__ = [
    "business_days_after",
    "business_days_between",
    "days_after",
    "is_business_day",
    "months_after",
    "on_or_after",
    "years_after",
]


@lru_cache(maxsize=512)
def _federal_holidays(year: int) -> frozenset[date]:
    # New Year's Day is observed on the last day of the year before when it falls on a Saturday.
    years = (year, min(year + 1, date.max.year))
    return frozenset(day for day in holidays.country_holidays("US", years=years))


def is_business_day(day: date) -> bool:
    """Whether offices of the United States are open: no weekend and no federal holiday."""
    return day.weekday() < 5 and day not in _federal_holidays(day.year)


def business_days_after(day: date, count: int) -> date:
    """The count-th business day after day; day 1 is the first business day after it."""
    while count > 0 and day < date.max:
        day = days_after(day, 1)
        count -= is_business_day(day)
    return day


def business_days_between(first: date, last: date) -> int:
    """How many business days lie after first, up to and including last; none if last is earlier."""
    count, day = 0, first
    while day < last:
        day = days_after(day, 1)
        count += is_business_day(day)
    return count


def on_or_after(day: date) -> date:
    """The day itself if it is a business day, else the next one that is."""
    while not is_business_day(day) and day < date.max:
        day = days_after(day, 1)
    return day
