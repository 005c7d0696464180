"""What the entries tell of how cases are kept, and of what was done at the end of their time.

Checks fill this in while the ledger is read; at the end they judge by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from review.audit.cases import Case
from review.audit.place import Place
from review.retention import changing
from review.retention.changing import Line
from review.retention.holds import Hold, Record, covering
from review.retention.schedule import Schedule


@dataclass
class Ending:
    """How a case ended last: the day, the class that somebody chose, or the case it went into.

    on is the day of the act, as far as the bundle has it; first is the earliest that it can be.
    """

    on: date
    first: date
    record_class: str | None = None
    lead: str | None = None
    is_merged: bool = False


@dataclass(frozen=True)
class Executed:
    """An entry that tells of a record that went."""

    case: Case
    place: Place | None
    on: date
    manifest: str
    record_class: str
    version: int


@dataclass(frozen=True)
class Told:
    """An entry about a disposition: who made it, on which day, and its data."""

    place: Place | None
    on: date
    by: str
    data: Mapping[str, Any]

    def __str__(self) -> str:
        return "an entry that waits" if self.place is None else str(self.place)


@dataclass
class Retained:
    """Endings and people who are out by case id, holds by name, lines of the schedule that count.

    told has the entries about dispositions, by type and then by the hash of the manifest.
    """

    endings: dict[str, Ending] = field(default_factory=dict)
    out: dict[str, dict[str, date]] = field(default_factory=dict)
    needing_hold: set[str] = field(default_factory=set)
    # What each case is about, as far as the acts that say so are there.
    categories: dict[str, frozenset[str]] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    executed: list[Executed] = field(default_factory=list)
    # Class, version and first day of what has gone, by the manifest that let it go.
    went: dict[str, tuple[str, int, date]] = field(default_factory=dict)
    told: dict[str, dict[str, list[Told]]] = field(default_factory=dict)

    def of(self, kind: str, manifest: str) -> list[Told]:
        """The entries of a type about a manifest, in the order of the ledger."""
        return self.told.get(kind, {}).get(manifest, [])

    def out_on(self, case: str, day: date) -> frozenset[str]:
        """Who was out of a case on a day, as far as entries tell."""
        return frozenset(who for who, since in self.out.get(case, {}).items() if since <= day)

    def is_held(self, case: str, record_class: str, received: date, day: date) -> bool:
        """Whether a hold stood over a case at the end of a day.

        A decision that one is needed keeps a case until some hold has covered it.
        """
        record = self.record(case, record_class, received)
        if self.holds_over(record, day):
            return True
        covered = any(each.scope.covers(record) for each in self.holds.values())
        return case in self.needing_hold and not covered

    def record(self, case: str, record_class: str, received: date) -> Record:
        """What holds may ask of a case."""
        return Record(case, record_class, received, self.categories.get(case, frozenset()))

    def holds_over(self, record: Record, day: date) -> tuple[Hold, ...]:
        """The holds that stood over a record at the end of a day."""
        return covering(self.holds.values(), record, day, self.out_on(record.name, day))

    @cached_property
    def schedule(self) -> Schedule:
        """The schedule with all lines that count, to be asked when all of them are known."""
        return changing.schedule(self.lines)

    def due(self, record_class: str, version: int, triggered: date) -> tuple[int, date] | None:
        """The version of a class by which a record is kept, and its due day; None for no class."""
        found = self.schedule.kept(record_class, version, triggered)
        return None if found is None else (found.version, found.due(triggered))

    def kept(self, case: str) -> tuple[str, int, date] | None:
        """Class, version and first day of the time of a case that is there; None without a class.

        A case that was merged is kept as the one that it went into, also when that has gone, and
        its time runs from no day before the one on which it was merged.
        """
        seen: set[str] = set()
        since, found = date.min, case
        while found not in seen:
            seen.add(found)
            if found in self.went:
                record_class, version, triggered = self.went[found]
                return record_class, version, max(since, triggered)
            ending = self.endings.get(found)
            if ending is None:
                return None
            since = max(since, ending.on)
            if ending.lead is None:
                return self._as_chosen(ending, since)
            found = ending.lead
        return None

    def _as_chosen(self, ending: Ending, since: date) -> tuple[str, int, date] | None:
        if ending.record_class is None:
            return None
        line = self.schedule.on(ending.record_class, ending.on)
        return None if line is None else (ending.record_class, line.version, since)
