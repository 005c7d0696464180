"""A book in memory: the company, what it is kept for, its people, and its dated events.

Rows keep their values as the file has them, already checked; the methods turn one into a day, an
amount or a list where a rule needs it. Nothing here decides anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from review.charter.located import Json


class Row:
    """An object of a book, with its parts by name and type.

    A part that is absent is an empty text, an empty tuple, zero, False or None.
    """

    __slots__ = ("fields",)

    def __init__(self, fields: Mapping[str, Json]) -> None:
        self.fields = fields

    def has(self, name: str) -> bool:
        """Whether the part is there at all."""
        return name in self.fields

    def text(self, name: str) -> str:
        """A word, id or text."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A whole number."""
        value = self.fields.get(name)
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        """True or false."""
        return self.fields.get(name) is True

    def day(self, name: str) -> date | None:
        """A day, or None."""
        value = self.fields.get(name)
        return date.fromisoformat(value) if isinstance(value, str) else None

    def amount(self, name: str) -> Decimal:
        """An amount of money, exactly."""
        value = self.fields.get(name)
        return Decimal(value) if isinstance(value, str) else Decimal(0)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words, ids or texts."""
        value = self.fields.get(name)
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()

    def rows(self, name: str) -> tuple["Row", ...]:
        """A list of objects."""
        value = self.fields.get(name)
        return (
            tuple(Row(v) for v in value if isinstance(v, dict)) if isinstance(value, list) else ()
        )

    def row(self, name: str) -> "Row | None":
        """An object, or None."""
        value = self.fields.get(name)
        return Row(value) if isinstance(value, dict) else None


class Event(Row):
    """One dated record: what happened on day, and when it was written down."""

    __slots__ = ("day_of", "id", "recorded", "supersedes", "time", "type")

    def __init__(self, fields: Mapping[str, Json]) -> None:
        super().__init__(fields)
        self.id = self.text("id")
        self.type = self.text("type")
        self.day_of = self.day("event_date") or date.min
        self.recorded = self.day("recorded_at") or self.day_of
        self.time = self.text("event_time")
        self.supersedes = self.text("supersedes")

    def __repr__(self) -> str:
        return f"Event({self.id} {self.type} {self.day_of})"

    def evidence(self) -> tuple[Row, ...]:
        """The documents that show it."""
        return self.rows("evidence")


@dataclass(frozen=True)
class Kept:
    """The book is complete for these parts of the charter from a day, to a day if there is one."""

    clauses: tuple[str, ...]
    first: date
    last: date | None


@dataclass(frozen=True)
class Book:
    """A book that parsed: its header as written, its events, and whom and what it names."""

    header: Mapping[str, Json]
    events: tuple[Event, ...]
    kept: tuple[Kept, ...]
    people: Mapping[str, str]
    firms: tuple[str, ...]
    fiscal_year_end: tuple[int, int]
    exchange: str
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The book's title, or nothing."""
        found = self.header.get("title")
        return found if isinstance(found, str) else ""


def decisions(event: Event) -> Iterator[Row]:
    """The decision that an event rests on, if it names one, under whatever name."""
    for name in ("decision", "acknowledged", "released_by"):
        found = event.row(name)
        if found is not None:
            yield found
