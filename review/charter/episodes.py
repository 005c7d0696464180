"""A condition over time: from when to when it held, and how grave it was at the last.

A rule gives the points at which something changed and what it was from then on. Each unbroken run
becomes an episode: history keeps the ones that are over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from review.charter.findings import Severity


@dataclass(frozen=True)
class Point:
    """From this day on the condition is so grave, or not there at all."""

    day: date
    severity: Severity | None
    figure: str = ""


@dataclass(frozen=True)
class Episode:
    """An unbroken run of a condition."""

    since: date
    until: date | None
    severity: Severity
    figure: str


def episodes(points: Iterable[Point]) -> list[Episode]:
    """The runs, oldest first; of several points of a day the last one holds."""
    last_of_day: dict[date, Point] = {}
    for point in points:
        last_of_day[point.day] = point
    found: list[Episode] = []
    running: Episode | None = None
    for point in sorted(last_of_day.values(), key=lambda one: one.day):
        if point.severity is None:
            if running is not None:
                found.append(Episode(running.since, point.day, running.severity, running.figure))
            running = None
        else:
            since = running.since if running else point.day
            running = Episode(since, None, point.severity, point.figure)
    return [*found, running] if running else found
