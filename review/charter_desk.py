"""The desk of the charter's book: set it up, record, read.

What may be recorded is what a file may say: a record is refused with the sentences of an import.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection

from review.charter import retention
from review.charter.book import Book, Event
from review.charter.calendars import FiscalCalendar
from review.charter.clauses import Charter, default_charter, load_charter
from review.charter.errors import MalformedBook, Problem
from review.charter.located import Json
from review.charter.parse import FORMAT, parse_book
from review.store import charter_book, documents

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Draft:
    """What somebody wants to record; fields are those of its type, evidence among them."""

    type: str
    event_date: date
    fields: Mapping[str, Json] = field(default_factory=dict)
    supersedes: str | None = None

    def event(self, identifier: str, today: date) -> dict[str, Json]:
        """The record as the book's file has it."""
        own: dict[str, Json] = {**self.fields, "id": identifier, "type": self.type}
        own |= {"event_date": self.event_date.isoformat(), "recorded_at": today.isoformat()}
        return own if self.supersedes is None else {**own, "supersedes": self.supersedes}


class RecordRefused(Exception):
    """Nothing was recorded; problems has every reason, as an import tells it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


class NoBook(Exception):
    """The charter's book has no head yet: somebody has to set it up first."""


def setup(
    connection: Connection, charter: Charter, head: Mapping[str, Json], by: str, today: date
) -> None:
    """Begin the book, or give it another head: company, charter, kept, people, firms, settings.

    Raises RecordRefused if the head, or a record under it, would break a rule of the file.
    """
    document: dict[str, object] = {**head, "format": FORMAT}
    parsed(charter, document, charter_book.records(connection))
    charter_book.add_head(connection, document, by, today)


def charter_of(connection: Connection) -> Charter:
    """The charter that the book is kept for: the committee's own, or the one that is shipped."""
    found = charter_book.newest_head(connection)
    return _loaded(found.charter_file) if found and found.charter_file else default_charter()


def adopt_charter(connection: Connection, source: str, by: str, today: date) -> Charter:
    """Keep the book for another charter from now on: one in the form of default.toml.

    An empty source stands for the charter that is shipped. Raises MalformedCharter with everything
    that is wrong with it, RecordRefused if the book cannot be read with it, and NoBook.
    """
    charter = load_charter(source) if source else default_charter()
    head = {**_head(connection), "charter": charter.sha256 if source else "default"}
    parsed(charter, head, charter_book.records(connection))
    charter_book.add_head(connection, head, by, today, charter_file=source)
    return charter


@lru_cache(maxsize=4)
def _loaded(source: str) -> Charter:
    return load_charter(source)


def read_book(connection: Connection, charter: Charter, *, known_at: date | None = None) -> Book:
    """Everything recorded, or what was by the day known_at. Raises NoBook."""
    book = parsed(charter, _head(connection), charter_book.records(connection))
    if known_at is None:
        return book
    return replace(book, events=tuple(e for e in book.events if e.recorded <= known_at))


def record(
    connection: Connection,
    charter: Charter,
    drafts: Sequence[Draft],
    by: str,
    today: date,
    entropy: Entropy = secrets.token_bytes,
) -> tuple[str, ...]:
    """Record all drafts or none, in the caller's transaction, and return their ids.

    Each is told to the ledger by its hash. Raises RecordRefused and NoBook.
    """
    events = [draft.event(entropy(16).hex(), today) for draft in drafts]
    parsed(charter, _head(connection), [*charter_book.records(connection), *events])
    _check_kept_here(connection, events)
    for event in events:
        charter_book.add_record(connection, event, by, today, entropy)
    return tuple(str(event["id"]) for event in events)


def _check_kept_here(connection: Connection, events: Sequence[Mapping[str, Json]]) -> None:
    """Return if every document that a record says is stored here is. Raises RecordRefused."""
    here = {(one.sha256, one.stored) for one in documents.listed(connection)}
    missing = [
        Problem(1, event.id, f"evidence.{n}.stored", "says that it is kept here, and it is not")
        for event in map(Event, events)
        for n, row in enumerate(event.evidence())
        if row.text("stored") in ("SEALED", "PLAIN")
        and (row.text("sha256"), row.text("stored")) not in here
    ]
    if missing:
        raise RecordRefused(missing)


def end_records(connection: Connection, charter: Charter, today: date) -> int:
    """End every record whose schedule says so, each with a stub and an entry; return how many.

    A document that no record names any more goes with them. Raises NoBook.
    """
    book = read_book(connection, charter)
    ended = retention.ending(book, today)
    for one in ended:
        event = one.event
        days = (event.day_of, charter_book.taken_in(connection, event.id))
        charter_book.end_record(connection, event.id, event.type, one.record_class, days, today)
    gone = {one.event.id for one in ended}
    staying = [event for event in book.events if event.id not in gone]
    named = {row.text("sha256") for event in staying for row in event.evidence()}
    freed = {row.text("sha256") for one in ended for row in one.event.evidence()} - named
    for document in documents.listed(connection):
        if document.sha256 in freed:
            documents.remove(connection, document.id)
    return len(ended)


def _head(connection: Connection) -> Mapping[str, object]:
    """The newest head; of the years that have ended the book is kept for nothing any more."""
    found = charter_book.newest_head(connection)
    if found is None:
        raise NoBook("the charter's book has not been set up yet")
    last = charter_book.last_ended(connection)
    company = found.document.get("company")
    if last is None or not isinstance(company, dict):
        return found.document
    month, day = str(company["fiscal_year_end"]).split("-")
    calendar = FiscalCalendar(int(month), int(day))
    first = calendar.start(calendar.year_of(last) + 1)
    kept = retention.kept_from(found.document.get("kept", []), first)  # type: ignore[arg-type]
    return {**found.document, "kept": kept}


def parsed(
    charter: Charter, head: Mapping[str, object], events: Sequence[Mapping[str, object]]
) -> Book:
    """The book of a head and records. Raises RecordRefused with what an import would say."""
    text = json.dumps({**head, "events": list(events)}, indent=1, ensure_ascii=False)
    try:
        return parse_book(text, charter, casework=False)
    except MalformedBook as error:
        raise RecordRefused(error.problems) from error
