"""One record: what it says, when it happened, when it was written down, and what became of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from review.charter.book import Event, Row
from review.charter.findings import Assessment, Finding
from review.charter.located import Json
from review.charter.vocabulary import event_types
from review.charter_view.shelf import Shelf, written
from review.charter_view.wording import label, option

# The smallest band, and the smallest number that is shown as it is.
FEW = "0-2"
FEWEST = 3
# What the page shows in a place of its own.
_SHOWN = {
    "id", "type", "event_date", "event_time", "recorded_at", "recorded_by", "supersedes",
    "evidence", "ledger_entry", "charter_version",
}  # fmt: skip
# Parts that need no name beside them.
_PLAIN = {"person", "title"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One part of a record: its name, and its value in words."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class RecordPage:
    """A record as it is shown; chain has every version of it, the oldest first."""

    event: Event
    title: str
    days_late: int
    lines: tuple[Line, ...]
    chain: tuple[Event, ...]
    documents: tuple[Row, ...]
    findings: tuple[Finding, ...]
    ledger_entry: int | None

    @property
    def is_superseded(self) -> bool:
        """Whether another record has replaced it."""
        return self.chain[-1].id != self.event.id

    @property
    def recorded(self) -> date:
        """The day it was written down."""
        return self.event.recorded


def record_page(shelf: Shelf, found: Assessment, name: str) -> RecordPage | None:
    """The page of the record with this id; None if the book has none."""
    event = shelf.records.get(name)
    if event is None:
        return None
    entry = event.fields.get("ledger_entry")
    return RecordPage(
        event,
        shelf.title(event),
        (event.recorded - event.day_of).days,
        tuple(lines(event, shelf)),
        tuple(_chain(event, shelf)),
        event.evidence(),
        tuple(one for one in found.findings if name in one.records or one.about == name),
        entry if isinstance(entry, int) else None,
    )


def _chain(event: Event, shelf: Shelf) -> Iterable[Event]:
    """Every version of a record. A book that parsed has no circle; one would end here anyway."""
    first, seen = event, {event.id}
    while first.supersedes in shelf.records and first.supersedes not in seen:
        first = shelf.records[first.supersedes]
        seen.add(first.id)
    chain, seen = [first], {first.id}
    while (after := shelf.successors.get(chain[-1].id)) is not None and after.id not in seen:
        chain.append(after)
        seen.add(after.id)
    return chain


def lines(event: Event, shelf: Shelf) -> Iterable[Line]:
    """What a record says, part by part, in words."""
    own = [field.name for field in event_types()[event.type].fields]
    names = [name for name in own if name in event.fields]
    names += [name for name in event.fields if name not in own]
    for name in names:
        value = event.fields[name]
        if name not in _SHOWN:
            if event.type == "quarter_aggregate" and name == "cells":
                value = _banded(value)
            values = value if isinstance(value, list) else [value]
            yield Line(label(name), tuple(_words(one, shelf) for one in values))


def _banded(cells: Json) -> Json:
    """A quarter's numbers without the small ones, which a file written by hand may have.

    Zero is not told from few: whoever may not know of a case could learn of it from a one.
    """
    if not isinstance(cells, dict):
        return cells
    return {
        name: FEW if isinstance(value, int) and value < FEWEST else value
        for name, value in cells.items()
    }


def _words(value: Json, shelf: Shelf) -> str:
    """A value in words: names for ids, yes and no, and an object's parts in a row."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        # The database has an object's parts by name; what it is comes first here.
        parts = sorted(value.items(), key=lambda part: part[0] not in _PLAIN)
        return ", ".join(_part(name, one, shelf) for name, one in parts)
    if isinstance(value, list):
        return " · ".join(_words(one, shelf) for one in value)
    if not isinstance(value, str):
        return str(value)
    if _DAY.fullmatch(value):
        return written(date.fromisoformat(value))
    return shelf.names.get(value) or option(value)


def _part(name: str, value: Json, shelf: Shelf) -> str:
    said = _words(value, shelf) or "nobody"
    if name in _PLAIN or isinstance(value, dict):
        return said
    return f"{label(name).lower()} {said}"
