"""What can be wrong with what the charter's rules are given, drawn as a tree.

    CharterError
    ├── MalformedCharter          a charter's file is not in the form of default.toml
    ├── MalformedBook             a book's file breaks a rule of docs/spec/charter-book.md
    └── MalformedStory            a story's file is not a book with expectations

Each carries every problem at once, with its place. Rules raise none of them: a book that parses
is assessed, however odd.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: its line, the event it belongs to, the field, and why."""

    line: int
    event: str
    field: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.event, self.field) if part)
        return f"line {self.line}: {place + ': ' if place else ''}{self.message}"

    def as_json(self) -> dict[str, object]:
        """The form in which an import reports it."""
        return {
            "line": self.line,
            "event": self.event or None,
            "field": self.field or None,
            "message": self.message,
        }


class CharterError(Exception):
    """Anything that the charter's half refuses to read."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


class MalformedCharter(CharterError):
    """The charter cannot be used as it is."""


class MalformedBook(CharterError):
    """The book cannot be read; nothing of it was taken."""


class MalformedStory(CharterError):
    """The story cannot be run."""
