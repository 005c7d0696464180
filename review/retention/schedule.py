"""The retention schedule: record classes in versions, and when a record is due for disposition.

A record keeps the class and the version that stood at its trigger. A later version is prospective:
it moves no day that runs already. A version that the committee did not resolve is void, and days
are computed as if it did not exist.
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from review.spans import days_after, months_after, years_after

_PERIOD = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


class Trigger(enum.StrEnum):
    """What the time of a record runs from."""

    CLOSED = "CLOSED"
    NOT_A_REPORT = "NOT_A_REPORT"
    REFERRED = "REFERRED"
    OTHER = "OTHER"


@dataclass(frozen=True)
class Period:
    """A span of years, months and days, as a schedule says it; weeks are seven days."""

    years: int = 0
    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period that P7Y, P60D or the like spells. Raises ValueError for anything else."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a period such as P7Y")
        years, months, weeks, days = (int(part or 0) for part in found.groups())
        return cls(years, months, weeks * 7 + days)

    def after(self, day: date) -> date:
        """The day on which the period ends that begins on a day; the last day there is at most.

        Years come first, then months, then days: the end of a month stays within its month.
        """
        return days_after(months_after(years_after(day, self.years), self.months), self.days)

    def __str__(self) -> str:
        parts = ((self.years, "year"), (self.months, "month"), (self.days, "day"))
        said = [f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count]
        return " and ".join(said) or "no time"


@dataclass(frozen=True)
class ClassVersion:
    """One version of a record class: how long at least, how long at most, and who resolved it."""

    code: str
    version: int
    trigger: Trigger
    period: Period
    effective: date
    maximum: Period | None = None
    is_resolved: bool = True

    def due(self, triggered: date) -> date:
        """The day from which a record may go, whose time runs from a day."""
        return self.period.after(triggered)

    def latest(self, triggered: date) -> date | None:
        """The day by which it must be gone, if the class has one."""
        return None if self.maximum is None else self.maximum.after(triggered)

    def is_contradictory(self, triggered: date) -> bool:
        """Whether it must be kept longer than it may be: counsel decides, nobody guesses."""
        latest = self.latest(triggered)
        return latest is not None and latest < self.due(triggered)


# What the schedule says until the committee resolves otherwise; the years are a policy.
DEFAULTS: tuple[ClassVersion, ...] = (
    ClassVersion("RC-01", 0, Trigger.CLOSED, Period(years=7), date.min),
    ClassVersion("RC-02", 0, Trigger.CLOSED, Period(years=5), date.min),
    ClassVersion("RC-03", 0, Trigger.REFERRED, Period(days=60), date.min),
    ClassVersion("RC-04", 0, Trigger.NOT_A_REPORT, Period(days=30), date.min),
    ClassVersion("RC-05", 0, Trigger.CLOSED, Period(years=3), date.min),
    ClassVersion("RC-06", 0, Trigger.OTHER, Period(), date.min),
)

# What a drill is kept as, which nobody was asked about: the class of no concern or complaint.
DRILL_CLASS = "RC-04"


@dataclass(frozen=True)
class Schedule:
    """Every version of every class that somebody has set, above the defaults."""

    versions: tuple[ClassVersion, ...] = ()

    @cached_property
    def _valid(self) -> Mapping[str, tuple[ClassVersion, ...]]:
        found: dict[str, list[ClassVersion]] = {}
        for one in (*DEFAULTS, *self.versions):
            if one.is_resolved:
                found.setdefault(one.code, []).append(one)
        return {
            code: tuple(sorted(rows, key=lambda row: (row.effective, row.version)))
            for code, rows in found.items()
        }

    def codes(self) -> Iterable[str]:
        """Every class that has a version in force."""
        return sorted(self._valid)

    def periods(self, code: str) -> Iterable[Period]:
        """The spans of every version of a class."""
        return [row.period for row in self._valid.get(code, ())]

    def on(self, code: str, day: date) -> ClassVersion | None:
        """The version of a class in force on a day."""
        rows = [row for row in self._valid.get(code, ()) if row.effective <= day]
        return rows[-1] if rows else None

    def kept(self, code: str, version: int, triggered: date) -> ClassVersion | None:
        """The version that a record has kept since its trigger.

        Where that one is void or unknown, it is the one in force on the day of the trigger.
        """
        rows = [row for row in self._valid.get(code, ()) if row.version == version]
        known = [row for row in rows if row.effective <= triggered]
        return known[-1] if known else self.on(code, triggered)
