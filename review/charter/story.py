"""Stories: a book with what is to be expected of it, run by `charter check` and by the tests.

The form is that of docs/spec/charter-book.md, section 7. A variant is the book less some events
plus others. A list of expectations is not exhaustive.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book, Row
from review.charter.clauses import Charter
from review.charter.engine import assess
from review.charter.errors import MalformedBook, MalformedStory, Problem
from review.charter.findings import Assessment
from review.charter.located import Json, Located, Path, read_json
from review.charter.parse import book_of
from review.charter.values import complaints
from review.charter.vocabulary import record

EXPECTATION = (
    "{as_of*: date, known_at: date, viewer: person, settings: any, code: text, occurrence: text,"
    " leaf: text, retention_opinion: text, about: any, period: any, class: any, whose: any,"
    " clock: any, severity: any, standing: any, status: any, since: any, until: any, due: any,"
    " figures: any, present*: bool, note: text}"
)
STORY = "{book*: any, expect: [any], variants: [any]}"
VARIANT = "{name*: text, note: text, remove: [event], add: [any], settings: any, expect*: [any]}"
SUBJECTS = ("code", "occurrence", "leaf", "retention_opinion")
COMPARED = (
    "about", "period", "class", "whose", "clock", "severity", "standing", "status", "since",
    "until", "due",
)  # fmt: skip


@dataclass(frozen=True)
class Expectation:
    """What is to be there, or not, on one day."""

    row: Row
    line: int

    @property
    def as_of(self) -> date:
        """The day of the assessment."""
        return self.row.day("as_of") or date.min

    @property
    def known_at(self) -> date:
        """The day of the knowledge."""
        return self.row.day("known_at") or self.as_of

    def __str__(self) -> str:
        shown = {k: v for k, v in self.row.fields.items() if k not in ("note", "as_of", "present")}
        said = " ".join(f"{name}={value}" for name, value in shown.items() if value is not None)
        return f"{self.as_of} {'' if self.row.flag('present') else 'no '}{said}"


@dataclass(frozen=True)
class Chapter:
    """A story's book, or one variant of it, with its expectations."""

    name: str
    book: Mapping[str, Json]
    parsed: Book
    expect: tuple[Expectation, ...]


@dataclass(frozen=True)
class Disappointment:
    """An expectation that did not hold, and what was found instead."""

    chapter: str
    expectation: Expectation
    found: tuple[str, ...]


def read_story(source: str | bytes, charter: Charter) -> list[Chapter]:
    """The story's chapters, the book itself first. Raises MalformedStory or MalformedBook."""
    document = read_json(source)
    reader = _Reader(document, charter)
    chapters = list(reader.chapters())
    if reader.problems:
        raise MalformedStory(sorted(set(reader.problems)))
    return chapters


Assess = Callable[[Charter, Book, date, date, str], Assessment]


def charter_alone(
    charter: Charter, book: Book, as_of: date, known_at: date, viewer: str
) -> Assessment:
    """What the charter's own half says, which is the same for every viewer."""
    del viewer
    return assess(charter, book, as_of, known_at)


def check(
    chapter: Chapter, charter: Charter, assessed_by: Assess = charter_alone
) -> Iterator[Disappointment]:
    """Every expectation of a chapter that does not hold."""
    results: dict[tuple[date, date, str, str], Assessment] = {}
    for one in chapter.expect:
        settings, viewer = one.row.row("settings"), one.row.text("viewer")
        key = (one.as_of, one.known_at, viewer, json.dumps(settings.fields if settings else {}))
        if key not in results:
            book = _with_settings(chapter.parsed, settings)
            results[key] = assessed_by(charter, book, one.as_of, one.known_at, viewer)
        near = _candidates(one, results[key])
        agreed = [row for row in near if _agrees(one, row)]
        if bool(agreed) != one.row.flag("present"):
            shown = tuple(json.dumps(row, ensure_ascii=False) for row in near)
            yield Disappointment(chapter.name, one, shown)


def _with_settings(book: Book, settings: Row | None) -> Book:
    if settings is None:
        return book
    merged = {**book.settings, **settings.fields}
    return Book(
        {**book.header, "settings": merged}, book.events, book.kept, book.people, book.firms,
        book.fiscal_year_end, book.exchange, merged,
    )  # fmt: skip


def _candidates(one: Expectation, result: Assessment) -> list[dict[str, object]]:
    if one.row.has("leaf"):
        wanted = one.row.text("leaf")
        return [leaf.as_json() for leaf in result.leaves if leaf.leaf == wanted]
    if one.row.has("occurrence"):
        wanted = one.row.text("occurrence")
        return [o.as_json() for o in result.occurrences if o.leaf == wanted]
    if one.row.has("retention_opinion"):
        return [{"retention_opinion": result.retention_opinion}]
    code = one.row.text("code")
    return [f.as_json() for f in result.findings if code in ("*", f.code)]


def _agrees(one: Expectation, row: Mapping[str, object]) -> bool:
    if one.row.has("retention_opinion"):
        return row.get("retention_opinion") == one.row.text("retention_opinion")
    wanted = {name: one.row.fields.get(name) for name in COMPARED}
    if any(value is not None and row.get(name) != value for name, value in wanted.items()):
        return False
    figures, found = one.row.row("figures"), row.get("figures")
    if figures is None:
        return True
    return isinstance(found, dict) and all(
        str(found.get(name)) == str(value) for name, value in figures.fields.items()
    )


class _Reader:
    """Takes a story apart and remembers what is wrong with it."""

    def __init__(self, document: Located, charter: Charter) -> None:
        self._document, self._charter = document, charter
        self.problems: list[Problem] = []

    def chapters(self) -> Iterator[Chapter]:
        """The book, then each variant."""
        value = self._document.value
        self._hold(value, STORY, ())
        if self.problems or not isinstance(value, dict) or not isinstance(value["book"], dict):
            self._complain(("book",), "must be a book")
            return
        parsed = book_of(self._document, ("book",), self._charter)
        expect = self._expectations(value.get("expect", []), ("expect",))
        yield Chapter("", value["book"], parsed, expect)
        variants = value.get("variants", [])
        for n, variant in enumerate(variants if isinstance(variants, list) else ()):
            path: Path = ("variants", n)
            self._hold(variant, VARIANT, path)
            if isinstance(variant, dict) and not self.problems:
                yield self._variant(value["book"], variant, path)

    def _variant(self, base: dict[str, Json], variant: dict[str, Json], path: Path) -> Chapter:
        row, events = Row(variant), base.get("events")
        gone = set(row.texts("remove"))
        known = [e for e in events if isinstance(e, dict)] if isinstance(events, list) else []
        for name in sorted(gone - {Row(e).text("id") for e in known}):
            self._complain((*path, "remove"), f"{name} is not an event of the book")
        rest: list[Json] = [e for e in known if Row(e).text("id") not in gone]
        added = variant.get("add", [])
        rest += added if isinstance(added, list) else []
        settings = row.row("settings")
        merged = {**(Row(base).row("settings") or Row({})).fields, **(settings or Row({})).fields}
        book: dict[str, Json] = {**base, "events": rest, "settings": merged}
        name = row.text("name")
        try:
            parsed = book_of(read_json(json.dumps(book)), (), self._charter)
        except MalformedBook as error:
            line = self._document.line(path)
            problems = [Problem(line, p.event, p.field, p.message) for p in error.problems]
            raise MalformedStory(problems) from None
        expect = self._expectations(variant.get("expect", []), (*path, "expect"))
        return Chapter(name, book, parsed, expect)

    def _expectations(self, value: Json, path: Path) -> tuple[Expectation, ...]:
        found = []
        for n, one in enumerate(value if isinstance(value, list) else ()):
            here = (*path, n)
            self._hold(one, EXPECTATION, here)
            if not isinstance(one, dict):
                continue
            if sum(name in one for name in SUBJECTS) != 1:
                self._complain(here, "must ask for exactly one of " + ", ".join(SUBJECTS))
            found.append(Expectation(Row(one), self._document.line(here)))
        return tuple(found)

    def _hold(self, value: Json, form: str, path: Path) -> None:
        for inner, message in complaints(value, record(form)):
            self._complain((*path, *inner), message)

    def _complain(self, path: Path, message: str) -> None:
        shown = ".".join(map(str, path))
        self.problems.append(Problem(self._document.line(path), "", shown, message))
