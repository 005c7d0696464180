"""A charter book as one person may know it: without the cases that they may not know of.

Somebody concerned by a case sees, byte for byte, the book as if the case had never been. The same
holds for whoever has no part in it: management, the firm, an operator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from review.casework.filed.case import SEATED, FiledCase, cases_of
from review.charter.book import Book, Event
from review.charter.clauses import Charter
from review.charter.facts import Facts
from review.charter.located import Json
from review.charter.view import View
from review.charter.vocabulary import Scalar, event_types

# Those who see that a case is there by their office, unless they are concerned by it.
_OFFICES = ("COUNSEL", "RETENTION_AUDITOR")
# Free words: a name in them names nothing.
_WORDS = frozenset({"id", "type", "note", "text_of", "reason"})
# An inventory without its last case is still an inventory.
_STAYS_EMPTY = frozenset({"inventory_taken"})


def seen_by(charter: Charter, book: Book, known_at: date, viewer: str) -> Book:
    """The book less every case the viewer may not know of at known_at; whole without a viewer."""
    if not viewer:
        return book
    names = hidden_from(charter, book, known_at, viewer)
    return without(book, names) if names else book


def hidden_from(charter: Charter, book: Book, known_at: date, viewer: str) -> frozenset[str]:
    """The cases that the viewer may not know of.

    An exclusion by the submitter hides a case whenever it is asked for; a later one from the day on
    which it is known.
    """
    everything = Facts(View(charter, book, date.max, date.max))
    known = Facts(View(charter, book, date.max, known_at))
    out = {case.id for case in cases_of(known) if viewer in case.out_since}
    out |= {
        event.text("case")
        for event in everything.view.of("submission_received")
        if viewer in event.texts("excluded")
    }
    every = {event.text("case") for event in book.events if event.has("case")}
    mine = {case.id for case in cases_of(known) if _has_part(known, case, viewer)}
    return frozenset(every - mine | out)


def _has_part(facts: Facts, case: FiledCase, viewer: str) -> bool:
    if viewer in case.granted_on(date.max):
        return True
    kind = facts.view.book.people.get(viewer, "")
    if not facts.seats.is_known:
        return kind in (*_OFFICES, "DIRECTOR")
    held = {change.roles.get(viewer) for change in facts.seats.changes}
    return kind in _OFFICES or bool(held & set(SEATED))


def without(book: Book, names: frozenset[str]) -> Book:
    """The book as if these cases had never been.

    What speaks of one of them goes, and with it what only leads there; a list that names others too
    stays without it.
    """
    gone, events = set(names), list(book.events)
    while True:
        kept = [cut for event in events if (cut := _cut(event, gone)) is not None]
        lost = {event.id: event for event in events if event.id not in {one.id for one in kept}}
        more = {name for event in lost.values() for name in (event.id, *_made(event))} - gone
        events = kept
        if not more:
            return replace(book, events=tuple(events))
        gone |= more


def _made(event: Event) -> Iterator[str]:
    """The entities that an event began."""
    for field in event_types()[event.type].fields:
        if field.type == Scalar("id+"):
            yield event.text(field.name)


def _cut(event: Event, gone: set[str]) -> Event | None:
    """The event without what is gone; None if nothing is left of it."""
    fields: dict[str, Json] = {}
    for name, value in event.fields.items():
        cut = value if name in _WORDS else _part(value, gone)
        if cut is _GONE or (cut == [] and value != [] and event.type not in _STAYS_EMPTY):
            return None
        fields[name] = cut
    return Event(fields) if fields != dict(event.fields) else event


_GONE: Json = {"": "gone"}


def _part(value: Json, gone: set[str]) -> Json:
    if isinstance(value, str):
        return _GONE if value in gone else value
    if isinstance(value, list):
        return [one for one in value if not (isinstance(one, str) and one in gone)]
    if isinstance(value, Mapping):
        parts: dict[str, Json] = {}
        for name, part in value.items():
            cut = _part(part, gone)
            if cut is _GONE or (cut == [] and part != []):
                return _GONE
            parts[name] = cut
        return parts
    return value
