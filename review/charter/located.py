"""JSON with the line of every value, and without a second way of reading it.

The standard reader forgets where things stood, takes the last of two equal keys, and accepts NaN.
A secretary who imports a thousand lines wants the line; so this one keeps it, refuses what is
ambiguous, and stops at a depth no book has.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]

from review.charter.errors import MalformedBook, Problem

DEEPEST = 32
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?P<rest>\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_scan: Callable[[str, int, bool], tuple[str, int]] = scanstring


@dataclass(frozen=True)
class Located:
    """A document, and the line on which each value of it begins."""

    value: Json
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_json(source: str | bytes) -> Located:
    """The document in source. Raises MalformedBook at the first thing that is no JSON."""
    text = source if isinstance(source, str) else _decoded(source)
    if text.startswith("\ufeff"):
        raise MalformedBook([Problem(1, "", "", "begins with a byte order mark")])
    return _Reader(text).document()


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise MalformedBook([Problem(line, "", "", "is not UTF-8")]) from None


class _Reader:
    """Reads from left to right and counts the lines it passes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = 0
        self._line = 1
        self._lines: dict[Path, int] = {}

    def document(self) -> Located:
        value = self._value((), 0)
        self._skip()
        if self._at != len(self._text):
            self._stop("something follows the end of the document")
        return Located(value, self._lines)

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _stop(self, message: str) -> None:
        raise MalformedBook([Problem(self._here(), "", "", message)])

    def _skip(self) -> str:
        space = _SPACE.match(self._text, self._at)
        if space:
            self._at = space.end()
        return self._text[self._at : self._at + 1]

    def _value(self, path: Path, depth: int) -> Json:
        begin = self._skip()
        self._lines[path] = self._here()
        if depth > DEEPEST:
            self._stop("is nested too deeply")
        if begin == "{":
            return self._object(path, depth)
        if begin == "[":
            return self._list(path, depth)
        if begin == '"':
            return self._string()
        return self._word_or_number()

    def _object(self, path: Path, depth: int) -> Json:
        found: dict[str, Json] = {}
        self._at += 1
        if self._skip() == "}":
            self._at += 1
            return found
        while True:
            if self._skip() != '"':
                self._stop("a name in quotes is expected")
            name = self._string()
            if name in found:
                self._stop(f"the name {json.dumps(name)} is there twice")
            if self._skip() != ":":
                self._stop("a colon is expected")
            self._at += 1
            found[name] = self._value((*path, name), depth + 1)
            if self._next("}"):
                return found

    def _list(self, path: Path, depth: int) -> Json:
        found: list[Json] = []
        self._at += 1
        if self._skip() == "]":
            self._at += 1
            return found
        while True:
            found.append(self._value((*path, len(found)), depth + 1))
            if self._next("]"):
                return found

    def _next(self, end: str) -> bool:
        mark = self._skip()
        if mark not in (",", end) or not mark:
            self._stop(f"a comma or {end} is expected")
        self._at += 1
        return mark == end

    def _string(self) -> str:
        try:
            text, self._at = _scan(self._text, self._at + 1, True)
        except json.JSONDecodeError as error:
            self._stop(f"a text is not closed or not allowed: {error.msg.lower()}")
            raise
        return text

    def _word_or_number(self) -> Json:
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        number = _NUMBER.match(self._text, self._at)
        if number is None:
            self._stop("a value is expected")
            raise AssertionError
        self._at = number.end()
        whole = number.group()
        return int(whole) if whole.lstrip("-").isdigit() else float(whole)
