"""A book as it is seen: on one day, by somebody who knows what was written down by another.

The engine sees the events recorded by known_at and dated by as_of, less those that an event it
also sees by recording replaced or withdrew. Events are kept by day; within a day only event_time
orders, and what has none is simultaneous. The order in the file says nothing.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cached_property

from review.charter.book import Book, Event
from review.charter.calendars import FiscalCalendar
from review.charter.clauses import Charter
from review.charter.located import Json
from review.charter.settings import SETTINGS


class View:
    """What can be seen of a book at (as_of, known_at), by type of event."""

    def __init__(self, charter: Charter, book: Book, as_of: date, known_at: date) -> None:
        self.charter, self.book = charter, book
        self.as_of, self.known_at = as_of, known_at
        self.calendar = FiscalCalendar(*book.fiscal_year_end)
        known = [event for event in book.events if event.recorded <= known_at]
        replaced = {event.supersedes for event in known if event.supersedes}
        seen = [event for event in known if event.day_of <= as_of and event.id not in replaced]
        seen.sort(key=lambda event: (event.day_of, event.time or "99", event.id))
        self.events = tuple(seen)

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Event, ...]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.type, []).append(event)
        return {name: tuple(events) for name, events in found.items()}

    def of(self, *types: str) -> tuple[Event, ...]:
        """The events of these types, by day."""
        if len(types) == 1:
            return self._by_type.get(types[0], ())
        found = [event for name in types for event in self._by_type.get(name, ())]
        return tuple(sorted(found, key=lambda e: (e.day_of, e.time or "99", e.id)))

    def by(self, name: str, kind: str) -> Mapping[str, tuple[Event, ...]]:
        """The events of a type, by the text of one of their fields."""
        key = (kind, name)
        if key not in self._grouped:
            found: dict[str, list[Event]] = {}
            for event in self.of(kind):
                found.setdefault(event.text(name), []).append(event)
            self._grouped[key] = {text: tuple(events) for text, events in found.items()}
        return self._grouped[key]

    def of_year(self, kind: str, fiscal_year: int) -> tuple[Event, ...]:
        """The events of a type that name a fiscal year, by day."""
        if kind not in self._years:
            found: dict[int, list[Event]] = {}
            for event in self.of(kind):
                found.setdefault(event.number("fiscal_year"), []).append(event)
            self._years[kind] = {year: tuple(events) for year, events in found.items()}
        return self._years[kind].get(fiscal_year, ())

    @cached_property
    def _years(self) -> dict[str, Mapping[int, tuple[Event, ...]]]:
        return {}

    @cached_property
    def _grouped(self) -> dict[tuple[str, str], Mapping[str, tuple[Event, ...]]]:
        return {}

    @cached_property
    def _changes(self) -> Mapping[str, list[tuple[date, Json]]]:
        found: dict[str, list[tuple[date, Json]]] = {}
        for event in self.of("setting_changed"):
            change = (event.day_of, event.fields.get("value"))
            found.setdefault(event.text("key"), []).append(change)
        return found

    def setting(self, key: str, day: date | None = None) -> Json:
        """The owner's decision in force on a day; on as_of without one."""
        changes = self._changes.get(key, [])
        place = bisect_right([when for when, _ in changes], day or self.as_of)
        if place:
            return changes[place - 1][1]
        return self.book.settings.get(key, SETTINGS[key].default)

    def number(self, key: str, day: date | None = None) -> int:
        """A setting that is a number."""
        value = self.setting(key, day)
        return value if isinstance(value, int) else 0

    @cached_property
    def overlay_off(self) -> frozenset[str]:
        """The overlay rows that the owner switched off."""
        value = self.setting("overlay_off")
        return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()

    @cached_property
    def _kept(self) -> Mapping[str, tuple[tuple[date, date], ...]]:
        found: dict[str, list[tuple[date, date]]] = {}
        for kept in self.book.kept:
            for name in kept.clauses:
                for leaf in self.charter.below.get(name, ()):
                    found.setdefault(leaf, []).append((kept.first, kept.last or date.max))
        return {leaf: _joined(spans) for leaf, spans in found.items()}

    def is_kept(self, leaf: str, first: date, last: date | None = None) -> bool:
        """Whether the book is complete for a leaf on a day, or on every day of a span."""
        last = last or first
        return any(begin <= first and last <= end for begin, end in self._kept.get(leaf, ()))

    def is_kept_in(self, leaf: str, first: date, last: date) -> bool:
        """Whether the book is complete for a leaf on some day of a span."""
        return any(begin <= last and first <= end for begin, end in self._kept.get(leaf, ()))

    def kept_spans(self, leaf: str) -> tuple[tuple[date, date], ...]:
        """The spans for which the book is kept for a leaf, oldest first."""
        return self._kept.get(leaf, ())

    def kept_from(self, leaf: str, day: date) -> date | None:
        """The first day of the kept span that a day is in, or None."""
        spans = self._kept.get(leaf, ())
        return next((begin for begin, end in spans if begin <= day <= end), None)


def _joined(spans: list[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Spans that touch or overlap, as one."""
    joined: list[tuple[date, date]] = []
    for begin, end in sorted(spans):
        if joined and begin.toordinal() <= joined[-1][1].toordinal() + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)
