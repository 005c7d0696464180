"""What a book already knows, to choose from: people, firms, entities by kind, and records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.charter.book import Book, Event, Row
from review.charter.settings import SETTINGS
from review.charter.vocabulary import Field, Scalar, event_types, refers_to


@dataclass(frozen=True)
class Known:
    """A name that may be chosen, and what people read instead of it."""

    value: str
    shown: str


class Choices:
    """The names that the book offers for each kind of input."""

    def __init__(self, book: Book) -> None:
        self._people = _named(book, "people")
        self._firms = _named(book, "firms")
        self._entities: dict[str, dict[str, Known]] = {}
        self._records: dict[str, list[Known]] = {}
        for event in sorted(book.events, key=lambda one: (one.day_of, one.id), reverse=True):
            self._records.setdefault(event.type, []).append(_record(event))
            for kind, name in _entities(event):
                shown = Known(name, f"{name}, {event.day_of.isoformat()}")
                self._entities.setdefault(kind, {}).setdefault(name, shown)

    def of(self, event_type: str, field: str, kind: str) -> tuple[Known, ...]:
        """What an input of this kind may name, newest first; nothing where names are free."""
        if (event_type, field) == ("setting_changed", "key"):
            return tuple(Known(key, key.replace("_", " ")) for key in SETTINGS)
        if kind == "person":
            return self._people
        if kind == "firm":
            return self._firms
        if kind == "event":
            return self._events(event_type)
        if kind in ("ref", "ref+"):
            return self._entity(refers_to(event_type, field))
        return ()

    def _events(self, event_type: str) -> tuple[Known, ...]:
        if event_type != "record_withdrawn":
            return tuple(self._records.get(event_type, ()))
        return tuple(one for found in self._records.values() for one in found)

    def _entity(self, kind: str) -> tuple[Known, ...]:
        if kind:
            return tuple(self._entities.get(kind, {}).values())
        entities = (one for found in self._entities.values() for one in found.values())
        records = (one for found in self._records.values() for one in found)
        return (*entities, *self._people, *self._firms, *records)


def _named(book: Book, part: str) -> tuple[Known, ...]:
    rows: Mapping[str, object] = book.header
    found = rows.get(part)
    named = [
        Row(row) for row in (found if isinstance(found, list) else ()) if isinstance(row, dict)
    ]
    return tuple(Known(row.text("id"), row.text("name")) for row in named)


def _record(event: Event) -> Known:
    said = event.type.replace("_", " ")
    return Known(event.id, f"{event.day_of.isoformat()}, {said}, {event.id[:8]}")


def _entities(event: Event) -> Iterator[tuple[str, str]]:
    """The entities that an event gives a name to."""
    for field in event_types()[event.type].fields:
        if _names(field) and event.text(field.name):
            yield refers_to(event.type, field.name), event.text(field.name)


def _names(field: Field) -> bool:
    return isinstance(field.type, Scalar) and field.type.kind in ("id+", "ref+")
