"""Names in a book: every reference leads to something, and no name stands for two things."""

from collections.abc import Iterator

from review.charter.book import Row
from review.charter.located import Json, Path
from review.charter.vocabulary import (
    Field,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
    event_types,
    record,
    refers_to,
)

Complaint = tuple[Path, str]
Mention = tuple[Path, str, str, str]
ADMINISTRATION = "administration"
_COMMON = record("{recorded_by: person}")
_NAMES = ("person", "firm", "party", "ref", "ref+", "id+")


def reference_problems(book: dict[str, Json]) -> Iterator[Complaint]:
    """Names that are used twice, lead nowhere, or stand for two kinds of thing."""
    top = Row(book)
    yield from _twice(top, "people")
    yield from _twice(top, "firms")
    yield from _twice(top, "events")
    events = book.get("events")
    mentions = list(_mentions(events)) if isinstance(events, list) else []
    names = _Names(top)
    yield from names.learn(mentions)
    for path, scalar, kind, name in mentions:
        message = names.problem(scalar, kind, name)
        if message:
            yield path, message
    yield from _settings(top, names)
    if isinstance(events, list):
        yield from _supersession(events)


def _twice(top: Row, part: str) -> Iterator[Complaint]:
    seen: set[str] = set()
    value = top.fields.get(part)
    for place, row in enumerate(value if isinstance(value, list) else ()):
        name = Row(row).text("id") if isinstance(row, dict) else ""
        if name in seen:
            yield (part, place, "id"), f"{name} is used twice"
        if name:
            seen.add(name)


def _mentions(events: list[Json]) -> Iterator[Mention]:
    """Every id in every event: its path, its type, the kind of entity it names, and itself."""
    types = event_types()
    for n, event in enumerate(events):
        name = event.get("type") if isinstance(event, dict) else None
        found = types.get(name) if isinstance(name, str) else None
        if found is not None:
            path = ("events", n)
            yield from _inside(event, Record(found.fields), path, found.name, "")
            yield from _inside(event, _COMMON, path, found.name, "")


def _inside(value: Json, kind: Type, path: Path, event: str, name: str) -> Iterator[Mention]:
    if isinstance(kind, Scalar):
        if isinstance(value, str) and kind.kind in _NAMES:
            yield path, kind.kind, refers_to(event, name), value
    elif isinstance(kind, ListOf):
        for n, part in enumerate(value if isinstance(value, list) else ()):
            yield from _inside(part, kind.item, (*path, n), event, name)
    elif isinstance(value, dict):
        for field in _parts(kind):
            if field.name in value:
                place = (*path, field.name)
                yield from _inside(value[field.name], field.type, place, event, field.name)


def _parts(kind: Type) -> Iterator[Field]:
    """The fields of an object, whichever of its forms it has."""
    forms = kind.forms if isinstance(kind, OneOf) else (kind,)
    for form in forms:
        if isinstance(form, Record):
            yield from form.fields


class _Names:
    """What each name of a book stands for."""

    def __init__(self, top: Row) -> None:
        self._people = {row.text("id") for row in top.rows("people")}
        self._firms = {row.text("id") for row in top.rows("firms")}
        self._events = {row.text("id") for row in top.rows("events")}
        self._kinds: dict[str, str] = {}

    def learn(self, mentions: list[Mention]) -> Iterator[Complaint]:
        """Take in every name that an event gives to an entity."""
        for path, scalar, kind, name in mentions:
            if scalar not in ("id+", "ref+"):
                continue
            if name in self._events:
                yield path, f"{name} is the id of an event already"
            elif self._kinds.setdefault(name, kind) != kind:
                yield path, f"{name} names a {self._kinds[name]} already"

    def problem(self, scalar: str, kind: str, name: str) -> str:
        """Why a reference leads nowhere, or to another kind of thing; empty if it is right."""
        if scalar == "person":
            return "" if name in self._people else f"{name} is not one of the people"
        if scalar == "firm":
            return "" if name in self._firms else f"{name} is not one of the firms"
        if scalar == "party":
            known = name in self._firms or name == ADMINISTRATION
            return "" if known or name in self._kinds else f"{name} is no firm or advisor"
        return self._reference(kind, name) if scalar == "ref" else ""

    def _reference(self, kind: str, name: str) -> str:
        if not kind:
            known = name in self._kinds or name in self._events
            others = name in self._people or name in self._firms
            return "" if known or others else f"{name} is nothing in this book"
        if name not in self._kinds:
            return f"{name} is not a {kind} of this book"
        return "" if self._kinds[name] == kind else f"{name} names a {self._kinds[name]} already"

    def is_person(self, name: str) -> bool:
        """Whether one of the people has this id."""
        return name in self._people


def _settings(top: Row, names: _Names) -> Iterator[Complaint]:
    settings = top.row("settings") or Row({})
    for key in ("alternate", "counsel_fallback"):
        if settings.text(key) and not names.is_person(settings.text(key)):
            yield ("settings", key), f"{settings.text(key)} is not one of the people"


def _supersession(events: list[Json]) -> Iterator[Complaint]:
    rows = [Row(event) if isinstance(event, dict) else Row({}) for event in events]
    types = {row.text("id"): row.text("type") for row in rows}
    replaces = {row.text("id"): row.text("supersedes") for row in rows if row.text("supersedes")}
    for n, row in enumerate(rows):
        old = row.text("supersedes")
        if not old:
            continue
        path = ("events", n, "supersedes")
        if old not in types:
            yield path, f"{old} is not an event of this book"
        elif row.text("type") not in (types[old], "record_withdrawn"):
            yield path, f"{old} is of another type"
        elif _in_a_circle(row.text("id"), replaces):
            yield path, "goes round in a circle"


def _in_a_circle(name: str, replaces: dict[str, str]) -> bool:
    seen: set[str] = set()
    place = name
    while place in replaces and place not in seen:
        seen.add(place)
        place = replaces[place]
    return place == name
