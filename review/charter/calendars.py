"""The two calendars: fiscal years with their quarters, and days as the rules compare them."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from review.workdays import days_after, months_after


@dataclass(frozen=True)
class FiscalCalendar:
    """Fiscal years that end on one day of the year, each named by the year in which it ends.

    A day that a year does not have, such as 29 February, is that month's last day.
    """

    month: int
    day: int

    def end(self, fiscal_year: int) -> date:
        """The last day of a fiscal year."""
        return _end(self.month, self.day, fiscal_year)

    def start(self, fiscal_year: int) -> date:
        """The first day of a fiscal year."""
        if fiscal_year <= date.min.year:
            return date.min
        return days_after(self.end(fiscal_year - 1), 1)

    def year_of(self, day: date) -> int:
        """The fiscal year that a day is in."""
        return day.year + (day > self.end(day.year))

    def quarter_end(self, fiscal_year: int, quarter: int) -> date:
        """The last day of one of the year's four quarters."""
        if quarter >= 4:
            return self.end(fiscal_year)
        return days_after(months_after(self.start(fiscal_year), 3 * quarter), -1)


@lru_cache(maxsize=4096)
def _end(month: int, day: int, fiscal_year: int) -> date:
    year = min(max(fiscal_year, date.min.year), date.max.year)
    # Day 1 of the month and then up to the wanted day, clamped as months_after clamps.
    last = months_after(date(year, 1, 31), month - 1)
    return last if last.day < day else last.replace(day=day)


def year_name(fiscal_year: int) -> str:
    """A fiscal year as findings write it."""
    return f"FY{fiscal_year}"


def quarter_name(fiscal_year: int, quarter: int) -> str:
    """A quarter as findings write it."""
    return f"FY{fiscal_year}-Q{quarter}"


def span_of(name: str) -> tuple[int, int] | None:
    """The year and quarter (0 for a whole year) that a text names, or None."""
    found = re.fullmatch(r"FY([0-9]{4})(?:-Q([1-4]))?", name)
    return (int(found[1]), int(found[2] or 0)) if found else None
