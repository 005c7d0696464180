"""Legal holds: what one covers, and whether it still stands.

A hold's scope is a predicate over coded values and days, so it also covers what comes later. It is
asked again at the moment of execution. One person may place it; two who are not concerned by the
record release it, and until two have it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

TWO = 2


@dataclass(frozen=True)
class Record:
    """What a hold may ask of a record: its opaque name, class, day of receipt and categories."""

    name: str
    record_class: str
    received: date
    categories: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Scope:
    """Which records a hold covers: those named, and those that every other given part fits."""

    names: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    received_from: date | None = None
    received_to: date | None = None
    categories: frozenset[str] = frozenset()

    def covers(self, record: Record) -> bool:
        """Whether a record is under it, also one that did not exist when the hold was placed."""
        if record.name in self.names:
            return True
        if not (self.classes or self.categories or self.received_from or self.received_to):
            return not self.names
        return (
            (not self.classes or record.record_class in self.classes)
            and (not self.categories or not self.categories.isdisjoint(record.categories))
            and (self.received_from is None or self.received_from <= record.received)
            and (self.received_to is None or record.received <= self.received_to)
        )


@dataclass(frozen=True)
class Release:
    """An attempt to end a hold: when, and by whom."""

    on: date
    by: frozenset[str]


@dataclass(frozen=True)
class Hold:
    """A hold as it was placed, and what was tried to end it."""

    name: str
    scope: Scope
    placed: date
    releases: tuple[Release, ...] = ()

    def released(self, concerned: Iterable[str] = ()) -> date | None:
        """The day two people ended it who are not concerned by the record; None while it stands."""
        out = frozenset(concerned)
        days = [one.on for one in self.releases if len(one.by - out) >= TWO]
        return min(days, default=None)

    def stands_on(self, day: date, concerned: Iterable[str] = ()) -> bool:
        """Whether it stands at the end of a day: from the day it is placed until it is released."""
        released = self.released(concerned)
        return self.placed <= day and (released is None or day < released)

    def stood_since(self, first: date, concerned: Iterable[str] = ()) -> bool:
        """Whether it stands, or stood at the end of this day or of a later one."""
        released = self.released(concerned)
        return released is None or max(first, self.placed) < released


def covering(
    holds: Iterable[Hold], record: Record, day: date, concerned: Iterable[str] = ()
) -> tuple[Hold, ...]:
    """The holds that stand over a record at the end of a day, in the order they were placed."""
    out = frozenset(concerned)
    found = [one for one in holds if one.scope.covers(record) and one.stands_on(day, out)]
    return tuple(sorted(found, key=lambda one: (one.placed, one.name)))
