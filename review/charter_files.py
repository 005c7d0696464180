"""The charter's book as a file, out of the database and into it.

A file that goes out is the whole charter half, one record a line. A file that comes in is taken
whole or not at all: records that the book has are left as they are, new ones are added, and a
record that would change one that is there is an error. So an export with new lines can come back.
What a file says of when a record was written down is kept; the book and the ledger keep beside it
the day on which the file came in.
"""

import datetime
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from review import charter_desk
from review.charter.book import Book, Event
from review.charter.clauses import Charter
from review.charter.errors import MalformedBook, Problem
from review.charter.located import Json, Located, read_json
from review.charter.parse import FORMAT, book_of
from review.charter.render import render_book
from review.store import charter_book, entries
from review.store.entries import Entry

Entropy = Callable[[int], bytes]
READER = "charter"
# What exports write and imports pass over.
_OF_EXPORTS = ("ledger_entry", "charter_version")
# The parts of a head that name people and firms: a file may bring more of them.
_NAMED = ("people", "firms")


@dataclass(frozen=True)
class Imported:
    """How many records came, and how many the book had already."""

    added: int
    known: int


def export_book(
    connection: Connection, charter: Charter, by: str | None, today: datetime.date
) -> bytes:
    """The book's file, its export told to the ledger. Raises NoBook."""
    book = charter_desk.read_book(connection, charter)
    ordered = sorted(book.events, key=lambda one: (one.day_of, one.time, one.id))
    text = render_book(replace(book, events=tuple(ordered)), casework=False).encode()
    told = {"bundle": hashlib.sha256(text).hexdigest(), "reader": READER}
    entries.record(connection, Entry(type="exported", on=today, by=by, data=told))
    return text


def import_book(
    connection: Connection,
    charter: Charter,
    source: bytes,
    by: str,
    today: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> Imported:
    """Take a file in, in the caller's transaction, and begin the book if there is none.

    Raises MalformedBook with every problem by line, after which nothing has changed.
    """
    document = read_json(source)
    book = book_of(document, (), charter, casework=False)
    head = charter_book.newest_head(connection)
    there = {str(one["id"]): one for one in charter_book.records(connection)}
    ended = charter_book.stub_ids(connection)
    problems = sorted(_problems(document, book, there, ended, today))
    if head is not None:
        problems += _other_company(document, head.document)
    if problems:
        raise MalformedBook(problems)
    merged = _merged({} if head is None else head.document, book.header)
    new = [_kept(event) for event in book.events if event.id not in there]
    _check_whole(document, charter, merged, [*there.values(), *new])
    if head is None or merged != head.document:
        charter_book.add_head(connection, merged, by, today)
    for event in new:
        charter_book.add_record(connection, event, by, today, entropy)
    return Imported(len(new), len(book.events) - len(new))


def _problems(
    document: Located,
    book: Book,
    there: Mapping[str, Mapping[str, object]],
    ended: frozenset[str],
    today: datetime.date,
) -> Iterator[Problem]:
    """What stands against the single records, beside what the file's own form asks."""
    for n, event in enumerate(book.events):
        line = document.line(("events", n))
        if event.recorded > today:
            yield Problem(line, event.id, "recorded_at", f"is after today, {today}")
        if event.id in ended:
            yield Problem(line, event.id, "id", "is that of a record that has ended")
        old = there.get(event.id)
        if old is not None and _kept(Event(_json(old))) != _kept(event):
            message = "is in the book with other words; a record is superseded, never changed"
            yield Problem(line, event.id, "id", message)


def _other_company(document: Located, head: Mapping[str, object]) -> list[Problem]:
    """A file of another company, or for another charter, is no addition to this book."""
    mine = document.value if isinstance(document.value, dict) else {}
    found = []
    for name in ("company", "charter"):
        if mine.get(name, "default") != head.get(name, "default"):
            found.append(Problem(document.line((name,)), "", name, "is not that of the book"))
    return found


def _merged(head: Mapping[str, object], header: Mapping[str, Json]) -> dict[str, object]:
    """The book's head with the people and firms that the file brings; the rest is the book's."""
    if not head:
        return {**header, "format": FORMAT}
    merged = dict(head)
    for part in _NAMED:
        own, more = _rows(head.get(part)), _rows(header.get(part))
        ids = {str(row["id"]) for row in own}
        merged[part] = [*own, *(row for row in more if str(row["id"]) not in ids)]
    return merged


def _check_whole(
    document: Located,
    charter: Charter,
    head: Mapping[str, object],
    events: list[Mapping[str, object]],
) -> None:
    """Return if book and file together are a book. Problems are shown at the file's lines."""
    try:
        charter_desk.parsed(charter, head, events)
    except charter_desk.RecordRefused as refused:
        lines = _lines(document)
        raise MalformedBook(
            [
                Problem(lines.get(one.event, 1), one.event, one.field, one.message)
                for one in refused.problems
            ]
        ) from refused


def _lines(document: Located) -> dict[str, int]:
    value = document.value if isinstance(document.value, dict) else {}
    return {
        str(row.get("id")): document.line(("events", n))
        for n, row in enumerate(_rows(value.get("events")))
    }


def _kept(event: Event) -> dict[str, Json]:
    """The record as the book keeps it, whatever an export wrote beside it."""
    own = {name: value for name, value in event.fields.items() if name not in _OF_EXPORTS}
    return {**own, "recorded_at": event.recorded.isoformat()}


def _rows(value: object) -> list[dict[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _json(value: Mapping[str, object]) -> Mapping[str, Json]:
    return value  # type: ignore[return-value]
