"""A book's file to a Book, strictly: everything that is wrong is reported at once, by line.

The rules are those of docs/spec/charter-book.md, sections 1 to 4.7. Odd but possible facts are not
errors: a vote by somebody absent is written down as it was, and the engine says what follows.
"""

from collections.abc import Iterator, Mapping

from review.charter.book import Book, Event, Kept, Row
from review.charter.clauses import Charter, default_charter
from review.charter.conditions import conditions
from review.charter.errors import MalformedBook, Problem
from review.charter.located import Json, Located, Path, read_json
from review.charter.references import reference_problems
from review.charter.settings import setting_problem
from review.charter.values import complaints, is_month_day
from review.charter.vocabulary import COMMON, TOP, EventType, Record, event_types, record

FORMAT = "underrose-book/1"


def parse_book(
    source: str | bytes, charter: Charter | None = None, *, casework: bool = True
) -> Book:
    """The book in source, for this charter (the shipped one if there is none).

    With casework False, events of the casework half are errors, as in an import. Raises
    MalformedBook with every problem; nothing of a book with one is taken.
    """
    document = read_json(source)
    return book_of(document, (), charter or default_charter(), casework=casework)


def book_of(document: Located, place: Path, charter: Charter, *, casework: bool = True) -> Book:
    """The book that stands at a place of a document; raises as parse_book does."""
    value = document.value
    for step in place:
        value = value[step]  # type: ignore[index]
    checker = _Checker(document, place, charter, casework=casework)
    problems = sorted(set(checker.problems(value)))
    if problems or not isinstance(value, dict):
        raise MalformedBook(problems)
    return make_book(value)


def make_book(header: Mapping[str, Json]) -> Book:
    """The Book of a document that was checked already."""
    top = Row(header)
    company = top.row("company") or Row({})
    month, day = company.text("fiscal_year_end").split("-")
    settings = top.row("settings")
    return Book(
        {name: part for name, part in header.items() if name != "events"},
        tuple(Event(row.fields) for row in top.rows("events")),
        tuple(
            Kept(row.texts("clauses"), first, row.day("to"))
            for row in top.rows("kept")
            if (first := row.day("from"))
        ),
        {row.text("id"): row.text("kind") for row in top.rows("people")},
        tuple(row.text("id") for row in top.rows("firms")),
        (int(month), int(day)),
        company.text("exchange"),
        settings.fields if settings else {},
    )


class _Checker:
    """Holds one document against the specification."""

    def __init__(self, document: Located, place: Path, charter: Charter, *, casework: bool) -> None:
        self._document, self._place = document, place
        self._charter, self._casework = charter, casework

    def problems(self, value: Json) -> Iterator[Problem]:
        """Everything wrong with the book at the place."""
        for path, message in complaints(value, record(TOP)):
            yield self._at(path, message)
        if not isinstance(value, dict):
            return
        yield from self._top(value)
        events = value.get("events")
        if isinstance(events, list):
            for n, event in enumerate(events):
                yield from self._event(("events", n), event)
        yield from (self._at(*found) for found in reference_problems(value))

    def _at(self, path: Path, message: str) -> Problem:
        whole = (*self._place, *path)
        event = ""
        if path[:1] == ("events",) and len(path) > 1:
            event = self._id_of((*self._place, *path[:2]))
            path = path[2:]
        shown = ".".join(str(step) for step in path)
        return Problem(self._document.line(whole), event, shown, message)

    def _id_of(self, place: Path) -> str:
        value: object = self._document.value
        for step in place:
            value = value[step]  # type: ignore[index]
        found = value.get("id") if isinstance(value, dict) else None
        return found if isinstance(found, str) else f"event {place[-1]}"

    def _top(self, value: dict[str, Json]) -> Iterator[Problem]:
        if isinstance(value.get("format"), str) and value["format"] != FORMAT:
            yield self._at(("format",), f'must be "{FORMAT}"')
        company = value.get("company")
        end = company.get("fiscal_year_end") if isinstance(company, dict) else None
        if isinstance(end, str) and not is_month_day(end):
            yield self._at(("company", "fiscal_year_end"), "must be a month and day such as 12-31")
        named = value.get("charter", "default")
        if named not in ("default", self._charter.sha256):
            yield self._at(("charter",), "is not the charter this book is read with")
        yield from self._kept(value)
        yield from self._settings(value.get("settings", {}), ("settings",))

    def _kept(self, value: dict[str, Json]) -> Iterator[Problem]:
        rows = Row(value).rows("kept")
        for n, row in enumerate(rows):
            for m, name in enumerate(row.texts("clauses")):
                if name not in self._charter.below:
                    yield self._at(("kept", n, "clauses", m), f"{name} is no part of the charter")
            first, last = row.text("from"), row.text("to")
            if first and last and last < first:
                yield self._at(("kept", n, "to"), "is before from")

    def _settings(self, settings: Json, path: Path) -> Iterator[Problem]:
        if not isinstance(settings, dict):
            yield self._at(path, "must be an object")
            return
        for key, value in settings.items():
            message = setting_problem(key, value)
            if message:
                yield self._at((*path, key), message)

    def _event(self, path: Path, event: Json) -> Iterator[Problem]:
        if not isinstance(event, dict):
            yield self._at(path, "must be an object")
            return
        name = event.get("type")
        found = event_types().get(name) if isinstance(name, str) else None
        if found is None:
            yield self._at((*path, "type"), "is not a type of event" if name else "is missing")
            return
        if found.half == "CASEWORK" and not self._casework:
            yield self._at((*path, "type"), "belongs to casework and is not imported")
        for inner, message in complaints(event, _whole(found)):
            yield self._at((*path, *inner), message)
        for inner, message in conditions(Row(event)):
            yield self._at((*path, *inner), message)


def _whole(found: EventType) -> Record:
    own = {field.name for field in found.fields}
    common = tuple(field for field in record(COMMON).fields if field.name not in own)
    required = {"supersedes"} if found.name == "record_withdrawn" else set()
    shared = tuple(
        type(field)(field.name, field.type, field.required or field.name in required)
        for field in common
    )
    return Record((*shared, *found.fields))
