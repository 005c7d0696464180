"""What a book already knows, to choose from: people, firms, entities by kind, and records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from review.charter.book import Book, Event, Row
from review.charter.located import Json
from review.charter.settings import SETTINGS
from review.charter.vocabulary import Field, Scalar, event_types, refers_to
from review.charter_forms.drafts import Draft
from review.charter_forms.inputs import BETWEEN, TAKEN
from review.charter_view.decisions import setting_words
from review.charter_view.shelf import Shelf, written
from review.charter_view.wording import option


@dataclass(frozen=True)
class Known:
    """A name that may be chosen, and what people read instead of it."""

    value: str
    shown: str


@dataclass(frozen=True)
class Paper:
    """A document that is kept here, as evidence names it."""

    sha256: str
    name: str
    mime: str
    stored: str


def described(draft: Draft, papers: Iterable[Paper]) -> Draft:
    """The draft, its evidence with what is known of documents that are kept here.

    What somebody has typed stays; only what was left empty is filled in.
    """
    known = {one.sha256: one for one in papers}
    rows = draft.get("evidence")
    if not isinstance(rows, list):
        return draft
    filled: list[Json] = []
    for row in rows:
        paper = known.get(str(row.get("sha256"))) if isinstance(row, dict) else None
        if isinstance(row, dict) and paper is not None:
            told: dict[str, Json] = {"title": paper.name, "mime": paper.mime}
            row = {**told, "stored": paper.stored, **row}
        filled.append(row)
    return {**draft, "evidence": filled}


class Choices:
    """The names that the book offers for each kind of input."""

    def __init__(self, book: Book, papers: Iterable[Paper] = ()) -> None:
        self._papers = tuple(Known(one.sha256, one.name) for one in papers)
        self._people = _named(book, "people")
        self._firms = _named(book, "firms")
        self._entities: dict[str, dict[str, Known]] = {}
        self._records: dict[str, list[Known]] = {}
        self._items: list[Known] = []
        shelf = Shelf(book)
        held = {event.text("meeting") for event in book.events if event.type == "meeting_held"}
        self._planned: dict[str, Known] = {}
        replaced = {event.supersedes for event in book.events}
        for event in sorted(book.events, key=lambda one: (one.day_of, one.id), reverse=True):
            self._records.setdefault(event.type, []).append(_record(event, shelf))
            for kind, name in _entities(event):
                self._entities.setdefault(kind, {}).setdefault(name, _entity(event, name, shelf))
            if event.id in replaced:
                continue
            self._items += _items(event, shelf)
            name = event.text("meeting")
            if event.type == "meeting_planned" and name not in held:
                self._planned.setdefault(name, _entity(event, name, shelf))

    def of(self, event_type: str, field: str, kind: str) -> tuple[Known, ...]:
        """What an input of this kind may name, newest first; nothing where names are free."""
        if (event_type, field) == ("setting_changed", "key"):
            return tuple(Known(key, words["name"]) for key, words in setting_words().items())
        if (event_type, field) == ("meeting_held", "meeting"):
            return tuple(self._planned.values())
        if kind == "person":
            return self._people
        if kind in ("firm", "party"):
            return self._firms
        if kind == TAKEN:
            return tuple(self._items)
        if kind == "event":
            return self._events(event_type)
        if kind in ("ref", "ref+"):
            return self._entity(refers_to(event_type, field))
        return self._papers if field == "sha256" else ()

    def values(self, key: str) -> tuple[Known, ...]:
        """What a setting may be, where it is one of a few words; nothing where it is written."""
        found = SETTINGS.get(key)
        if found is not None and isinstance(found.default, bool):
            return (Known("yes", "Yes"), Known("no", "No"))
        if found is not None and found.default is None:
            return self._people
        return tuple(Known(word, option(word)) for word in found.options) if found else ()

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


def _record(event: Event, shelf: Shelf) -> Known:
    return Known(event.id, f"{written(event.day_of)}: {shelf.title(event)}")


def _entity(event: Event, name: str, shelf: Shelf) -> Known:
    """A thing by its words; where it has none of its own, by its name and day."""
    shown = shelf.name(name)
    return Known(name, shown if shown != name else f"{name}, {written(event.day_of)}")


def _items(event: Event, shelf: Shelf) -> Iterator[Known]:
    """The items of a meeting that was held, in the order taken."""
    if event.type != "meeting_held":
        return
    meeting = event.text("meeting")
    for row in event.rows("items"):
        value = f"{meeting}{BETWEEN}{row.text('item')}"
        yield Known(value, f"{shelf.name(meeting)}: {row.text('title')}")


def _entities(event: Event) -> Iterator[tuple[str, str]]:
    """The entities that an event gives a name to."""
    for field in event_types()[event.type].fields:
        if _names(field) and event.text(field.name):
            yield refers_to(event.type, field.name), event.text(field.name)


def _names(field: Field) -> bool:
    return isinstance(field.type, Scalar) and field.type.kind in ("id+", "ref+")
