"""How much was done in a quarter, told so that no small number can be found out.

This module is pure. A count below three says too much: somebody who knows of one case learns from
it whether there was another. So a quarter with fewer is shown as that and nothing more, and the
year's total is left out wherever it would tell the quarter by subtraction, or is itself too small.
Only quarters that are over are told, and only once what comes late is in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FEWEST = 3
# What was done on the last days of a quarter may reach the ledger some days later.
SETTLED = timedelta(days=14)
_QUARTERS = 4
_MONTHS = 3


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a calendar year, 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter in which the day is."""
        return cls(day.year, (day.month - 1) // _MONTHS + 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after."""
        return Quarter(self.year + self.number // _QUARTERS, self.number % _QUARTERS + 1)

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return date(self.year, (self.number - 1) * _MONTHS + 1, 1)


@dataclass(frozen=True)
class Year:
    """One kind of act in one year. A quarter is None for fewer than three; a total is None when it
    is not told, or when the year has quarters to come."""

    year: int
    quarters: Mapping[int, int | None]
    total: int | None
    is_over: bool


def told_quarters(begun: date, today: date) -> list[Quarter]:
    """The quarters to tell of a ledger that began on a day, in order."""
    found = []
    quarter = Quarter.of(begun)
    while quarter.next.first_day + SETTLED <= today:
        found.append(quarter)
        quarter = quarter.next
    return found


def told(counts: Sequence[int]) -> tuple[tuple[int | None, ...], int | None]:
    """What is shown of the quarters of a whole year, and of their sum.

    Whoever knows this rule and all that is shown still has two or more values for every number that
    is hidden. Of one hidden quarter the total would tell the number, and of several, where each has
    to be nothing or the most that is hidden.
    """
    shown = tuple(None if count < FEWEST else count for count in counts)
    hidden = [count for count in counts if count < FEWEST]
    is_open = not hidden or (len(hidden) > 1 and 0 < sum(hidden) < len(hidden) * (FEWEST - 1))
    total = sum(counts)
    return shown, total if is_open and total >= FEWEST else None


def by_year(days: Iterable[date], quarters: Sequence[Quarter]) -> list[Year]:
    """What is shown of acts on these days, the newest year first."""
    counts = dict.fromkeys(quarters, 0)
    for day in days:
        quarter = Quarter.of(day)
        if quarter in counts:
            counts[quarter] += 1
    years = sorted({quarter.year for quarter in quarters}, reverse=True)
    return [
        _year(year, {q.number: n for q, n in counts.items() if q.year == year}) for year in years
    ]


def _year(year: int, counts: Mapping[int, int]) -> Year:
    is_over = _QUARTERS in counts
    shown, total = told(list(counts.values()))
    return Year(year, dict(zip(counts, shown, strict=True)), total if is_over else None, is_over)
