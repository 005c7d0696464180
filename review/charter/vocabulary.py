"""What a book may say: the types of events and of values, read from events.toml.

The file is written in the notation of docs/spec/charter-book.md, so that the page and the parser
cannot drift apart. This module turns the notation into types; values.py holds a value against
them, and schema.py writes them as JSON Schema.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SCALARS = {
    "text", "date", "time", "fy", "period", "money", "percent", "sha256", "int", "bool", "person",
    "firm", "id", "id+", "ref", "ref+", "event", "party", "any", "counts",
}  # fmt: skip
PARTY = "firm|ref"
COUNTS = "{name: int or band such as '0-2'}"


@dataclass(frozen=True)
class Scalar:
    """A value without parts, of a kind that values.py knows."""

    kind: str


@dataclass(frozen=True)
class Choice:
    """One of these words or numbers."""

    options: tuple[str | int, ...]


@dataclass(frozen=True)
class ListOf:
    """Any number of values of one type."""

    item: "Type"


@dataclass(frozen=True)
class Field:
    """A named part of an event or object."""

    name: str
    type: "Type"
    required: bool
    says: str = ""


@dataclass(frozen=True)
class Record:
    """An object with these parts and no others."""

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class OneOf:
    """An object of exactly one of these forms."""

    forms: tuple[Record, ...]


Type = Scalar | Choice | ListOf | Record | OneOf


@dataclass(frozen=True)
class EventType:
    """A type of event: what it records, and its own fields."""

    name: str
    says: str
    half: str
    group: int
    fields: tuple[Field, ...]


# Objects that have a name in section 2 of the specification.
NAMED = {
    "evidence": (
        "{sha256: sha256, kind*: RES|MIN|LTR|EL|DOC|FIL|Q|ATT|LOG|CERT, title*: text, mime: text,"
        " stored: SEALED|PLAIN|ELSEWHERE}"
    ),
    "attendance": (
        "{person*: person, as*: MEMBER|DIRECTOR|MANAGEMENT|INTERNAL_AUDITOR|FIRM|COUNSEL|SECRETARY"
        "|GUEST, in: time, out: time}"
    ),
    "item": (
        "{item*: id, title*: text, clauses: [text], at: time, presenters: [person],"
        " materials: [evidence], recused: [person],"
        " vote: {for*: [person], against: [person], abstain: [person]},"
        " outcome*: NOTED|REVIEWED|APPROVED|REFUSED|DEFERRED}"
    ),
    "executive_session": (
        "{with*: MANAGEMENT|INTERNAL_AUDITOR|FIRM|MEMBERS_ONLY|COUNSEL, from: time, to: time,"
        " present*: [person]}"
    ),
}
DECISIONS = (
    "{meeting*: ref, item*: id}",
    "{consent*: ref}",
    "{delegate*: person}",
    "{board_meeting*: ref}",
    "{management*: person}",
)
COMMON = (
    "{id*: id, type*: text, event_date*: date, event_time: time, recorded_at: date,"
    " recorded_by: person, supersedes: event, evidence: [evidence], obligations: [text],"
    " note: text, ledger_entry: int, charter_version: sha256}"
)
TOP = (
    "{format*: text, title: text, company*: {name*: text, exchange*: NASDAQ|NYSE|NONE,"
    " incorporated_in: text, fiscal_year_end*: text,"
    " filer_status: LARGE_ACCELERATED|ACCELERATED|NON_ACCELERATED, time_zone: text},"
    " charter: text, kept*: [{clauses*: [text], from*: date, to: date}], settings: any,"
    " people*: [{id*: id, name*: text, kind: DIRECTOR|MANAGEMENT|INTERNAL_AUDITOR|FIRM|COUNSEL"
    "|SECRETARY|OPERATOR|RETENTION_AUDITOR|OTHER}],"
    " firms*: [{id*: id, name*: text, pcaob_id: text, country: text}], events*: [any]}"
)
_TOKEN = re.compile(r"\s*([\[\]{},]|[^\s\[\]{},][^\[\]{},]*)")


class _Notation:
    """Reads one type in the specification's notation; a mistake in it is a mistake of ours."""

    def __init__(self, text: str) -> None:
        self._marks: list[str] = [found.strip() for found in _TOKEN.findall(text)]
        self._last: Type | None = None

    def type(self) -> Type:
        """The next type."""
        mark = self._take()
        if mark == "[":
            item = self.type()
            self._expect("]")
            return ListOf(item)
        if mark == "{":
            return self._record()
        return self._word(mark)

    def done(self) -> None:
        """Fails if anything is left."""
        if self._marks:
            raise ValueError(f"not understood: {self._marks}")

    def _take(self) -> str:
        if not self._marks:
            raise ValueError("a type ends too early")
        return self._marks.pop(0)

    def _expect(self, mark: str) -> None:
        found = self._take()
        if found != mark:
            raise ValueError(f"{mark} expected, not {found}")

    def _record(self) -> Record:
        fields = []
        while True:
            name, colon, rest = self._take().partition(":")
            if not colon:
                raise ValueError(f"{name} has no type")
            if rest.strip():
                self._marks.insert(0, rest.strip())
            self._last = self.type()
            fields.append(Field(name.rstrip("*"), self._last, name.endswith("*")))
            if self._take() == "}":
                return Record(tuple(fields))

    def _word(self, word: str) -> Type:
        if word == "same" and self._last is not None:
            return self._last
        if word == PARTY:
            return Scalar("party")
        if word in SCALARS:
            return Scalar(word)
        if word in NAMED:
            return parse_type(NAMED[word])
        if word == "decision":
            return decision_type()
        if ".." in word:
            return _range(word)
        options = word.split("|")
        return Choice(tuple(int(o) if o.isascii() and o.isdigit() else o for o in options))


def _range(word: str) -> Choice:
    first, last = word.split("..")
    stem = first.rstrip("0123456789")
    numbers = range(int(first[len(stem) :]), int(last[len(stem) :]) + 1)
    return Choice(tuple(f"{stem}{n}" if stem else n for n in numbers))


@cache
def parse_type(text: str) -> Type:
    """A type from the specification's notation, as in [{row*: 1..37, reason: text}]."""
    if text == COUNTS:
        return Scalar("counts")
    notation = _Notation(text)
    found = notation.type()
    notation.done()
    return found


@cache
def decision_type() -> OneOf:
    """Who decided: exactly one of the five forms."""
    return OneOf(tuple(record(text) for text in DECISIONS))


@cache
def record(text: str) -> Record:
    """An object's type from the specification's notation."""
    found = parse_type(text)
    if not isinstance(found, Record):
        raise ValueError("not an object's type")  # noqa: TRY004 (a mistake in our notation)
    return found


@cache
def event_types() -> Mapping[str, EventType]:
    """Every type of event by name, in the specification's order."""
    document = tomllib.loads(Path(__file__).with_name("events.toml").read_text())
    return {
        found.name: found
        for group in document["groups"]
        for found in parse_group(group["types"], group["half"], group["number"])
    }


def parse_group(text: str, half: str, number: int) -> list[EventType]:
    """The types that a block of the specification lists."""
    heads: list[tuple[str, str]] = []
    fields: list[list[Field]] = []
    for line in text.splitlines():
        body, _, says = line.strip().partition(" — ")
        if not line.startswith(" ") and body:
            heads.append((body, says))
            fields.append([])
        elif body:
            fields[-1].extend(_fields(body, says))
    return [
        EventType(name, says, half, number, tuple(own))
        for (name, says), own in zip(heads, fields, strict=True)
    ]


def _fields(body: str, says: str) -> list[Field]:
    found = []
    for part in body.split(" · "):
        name, _, kind = part.partition(": ")
        found.append(Field(name.rstrip("*"), parse_type(kind), name.endswith("*"), says))
    return found


# Fields that refer to an entity of another name than their own; the rest refer to what they are
# called, and those in ANYTHING to any entity, event, person or firm.
REFERS_TO = {
    "services": "service",
    "letters": "letter",
    "audit_findings": "audit_finding",
    "at_meeting": "meeting",
    "covers": "meeting",
    "cases": "case",
    "manifests": "manifest",
}
ANYTHING = {"about", "exceptions", "relationships", "subject", "from", "present"}
TO_ANYTHING = {"case_link_made": {"to"}}


def refers_to(event_type: str, name: str) -> str:
    """The kind of entity that a field's references name; empty for anything at all."""
    if name in ANYTHING or name in TO_ANYTHING.get(event_type, ()):
        return "case" if name == "present" else ""
    return REFERS_TO.get(name, name)
