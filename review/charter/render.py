"""A Book as its file: the parts in the specification's order, one event a line.

What is parsed and rendered parses to the same book, and what is rendered twice is the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from review.charter.book import Book, Event
from review.charter.located import Json
from review.charter.vocabulary import COMMON, TOP, Field, event_types, record


def render_book(book: Book, *, casework: bool = True) -> str:
    """The book's file; without casework, the charter half alone."""
    types = event_types()
    events = [e for e in book.events if casework or types[e.type].half == "CHARTER"]
    parts = [
        f" {_json(name)}: {_json(part)}" for name, part in _ordered(book.header, record(TOP).fields)
    ]
    lines = ",\n".join("  " + render_event(event) for event in events)
    parts.append(' "events": [' + (f"\n{lines}\n ]" if lines else "]"))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def render_event(event: Event) -> str:
    """One event on one line."""
    own = event_types()[event.type].fields
    first = [f for f in record(COMMON).fields if f.name not in ("evidence", "note")]
    last = [f for f in record(COMMON).fields if f.name in ("evidence", "note")]
    return _json(dict(_ordered(event.fields, (*first, *own, *last))))


def book_sha256(book: Book) -> str:
    """The hash by which findings name the book they were made from.

    Events are taken in the order of their ids: the order in a file says nothing.
    """
    digest = hashlib.sha256(_json(book.header, sort=True).encode())
    for event in sorted(book.events, key=lambda one: one.id):
        digest.update(_json(event.fields, sort=True).encode())
    return digest.hexdigest()


def _ordered(value: Mapping[str, Json], fields: Iterable[Field]) -> list[tuple[str, Json]]:
    names = [field.name for field in fields]
    return [(name, value[name]) for name in names if name in value]


def _json(value: object, *, sort: bool = False) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=sort)
