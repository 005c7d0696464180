"""A charter as data: its clauses word for word, and its leaves, the obligations.

A leaf is one thing that can be met or missed. The clauses' texts, put together, are the charter;
each clause is a duty with leaves, or says why it is none. Sources keep their marks: [S#] was seen,
[M] is from memory and must be checked before anybody quotes it. The law overlay L-nn is not in the
charter, and each row of it can be switched off.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from review.charter.errors import MalformedCharter, Problem

FORMAT = "underrose-charter/1"
CLAUSE_KINDS = ("HEADING", "PURPOSE", "DUTY", "POWER")
LEAF_KINDS = ("STANDING", "CONT", "PERIODIC", "EVENT", "GATE")
CLASSES = ("LAW", "LISTING", "FIRM", "CHARTER", "PRACTICE")
ACTORS = (
    "COMMITTEE",
    "CHAIR",
    "DELEGATE",
    "MEMBER",
    "BOARD",
    "COMPANY",
    "FIRM",
    "INTERNAL_AUDIT",
    "SECRETARY",
    "OPERATOR",
    "RETENTION_AUDITOR",
)
FROM_MEMORY = "[M]"
DEFAULT = Path(__file__).with_name("default.toml")


@dataclass(frozen=True)
class Clause:
    """A sentence of the charter, word for word."""

    id: str
    kind: str
    text: str
    meaning: str
    part_of: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """One obligation: what it is, when it is due, who owes it, and what shows that it was met."""

    id: str
    name: str
    kind: str
    due: str
    actor: tuple[str, ...]
    classes: tuple[str, ...]
    codes: tuple[str, ...]
    clause: str = ""
    duty: str = ""
    trigger: str = ""
    gate: str = ""
    evidence: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_overlay(self) -> bool:
        """Whether it is a row of the law overlay, which the charter does not contain."""
        return not self.clause


@dataclass(frozen=True)
class Charter:
    """A committee's charter and the law around it."""

    company: str
    title: str
    clauses: tuple[Clause, ...]
    leaves: tuple[Leaf, ...]

    @cached_property
    def text(self) -> str:
        """The charter word for word, one clause a line."""
        return "\n".join(clause.text for clause in self.clauses) + "\n"

    @cached_property
    def sha256(self) -> str:
        """What a book names the charter by."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def leaf(self) -> Mapping[str, Leaf]:
        """The leaves by id."""
        return {leaf.id: leaf for leaf in self.leaves}

    @cached_property
    def below(self) -> Mapping[str, tuple[str, ...]]:
        """Every name a book may use for a part of the charter, with the leaves it stands for."""
        names: dict[str, list[str]] = {"*": [leaf.id for leaf in self.leaves]}
        parents = {clause.id: clause.part_of for clause in self.clauses}
        for clause in self.clauses:
            names.setdefault(clause.id, [])
        for leaf in self.leaves:
            names.setdefault(leaf.id, []).append(leaf.id)
            place = leaf.clause
            while place:
                if leaf.id not in names[place]:
                    names[place].append(leaf.id)
                place = parents[place]
        return {name: tuple(leaves) for name, leaves in names.items() if leaves}


@cache
def default_charter() -> Charter:
    """The charter that is shipped: One Stop Systems, Inc.'s."""
    return load_charter(DEFAULT.read_text())


def load_charter(source: str) -> Charter:
    """A charter from the text of a file in the form of default.toml.

    Raises MalformedCharter with everything that is wrong with it.
    """
    try:
        document = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise MalformedCharter(
            [Problem(int(found[1]) if found else 1, "", "", str(error))]
        ) from None
    reader = _Reader(source)
    charter = reader.charter(document)
    if not reader.problems:
        _compare(charter, reader)
    if reader.problems:
        raise MalformedCharter(sorted(reader.problems))
    return charter


class _Reader:
    """Takes the tables apart and remembers everything that does not fit."""

    def __init__(self, source: str) -> None:
        self.problems: list[Problem] = []
        self._lines = source.splitlines()

    def complain(self, place: str, field: str, message: str) -> None:
        """Remember a problem of the table with this id."""
        line = next(
            (n for n, text in enumerate(self._lines, 1) if text.strip() == f'id = "{place}"'), 1
        )
        self.problems.append(Problem(line, place, field, message))

    def charter(self, document: Mapping[str, object]) -> Charter:
        """The whole document; what is wrong with it is in problems afterwards."""
        known = {"format", "company", "title", "clauses", "leaves", "overlay"}
        for name in sorted(set(document) - known):
            self.complain("", name, "is not a part of a charter")
        if document.get("format") != FORMAT:
            self.complain("", "format", f'must be "{FORMAT}"')
        clauses = [self._clause(row) for row in self._rows(document, "clauses")]
        leaves = [self._leaf(row, overlay=False) for row in self._rows(document, "leaves")]
        leaves += [self._leaf(row, overlay=True) for row in self._rows(document, "overlay")]
        return Charter(
            self._text(document, "", "company"),
            self._text(document, "", "title"),
            tuple(clauses),
            tuple(leaves),
        )

    def _rows(self, document: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
        rows = document.get(name, [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        self.complain("", name, "must be a list of tables")
        return []

    def _text(self, row: Mapping[str, object], place: str, name: str, *, may: bool = False) -> str:
        value = row.get(name, "")
        if isinstance(value, str) and (value.strip() or (may and name not in row)):
            return value
        self.complain(place, name, "must be a text that is not empty")
        return ""

    def _texts(self, row: Mapping[str, object], place: str, name: str) -> tuple[str, ...]:
        value = row.get(name, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.complain(place, name, "must be a list of texts")
        return ()

    def _one_of(self, row: Mapping[str, object], place: str, known: Sequence[str]) -> str:
        value = row.get("kind")
        if value not in known:
            self.complain(place, "kind", "must be one of " + ", ".join(known))
        return str(value)

    def _all_of(
        self, row: Mapping[str, object], place: str, name: str, known: Sequence[str]
    ) -> tuple[str, ...]:
        values = self._texts(row, place, name)
        if not values or set(values) - set(known):
            self.complain(place, name, "must be one or more of " + ", ".join(known))
        return values

    def _keys(self, row: Mapping[str, object], place: str, known: set[str]) -> None:
        for name in sorted(set(row) - known):
            self.complain(place, name, "is not a part of this table")

    def _clause(self, row: Mapping[str, object]) -> Clause:
        place = str(row.get("id", ""))
        self._keys(row, place, {"id", "part_of", "kind", "text", "meaning", "sources"})
        return Clause(
            self._text(row, place, "id"),
            self._one_of(row, place, CLAUSE_KINDS),
            self._text(row, place, "text"),
            self._text(row, place, "meaning"),
            self._text(row, place, "part_of", may=True),
            self._texts(row, place, "sources"),
        )

    def _leaf(self, row: Mapping[str, object], *, overlay: bool) -> Leaf:
        place = str(row.get("id", ""))
        own = {"duty"} if overlay else {"clause"}
        shared = {"id", "name", "kind", "trigger", "due", "gate", "evidence", "actor", "class"}
        self._keys(row, place, shared | own | {"codes", "sources"})
        codes = self._texts(row, place, "codes")
        for code in codes:
            if not re.fullmatch(r"[A-Z]\d\d[a-c]?", code):
                self.complain(place, "codes", f"{code} is not a code such as P02")
        return Leaf(
            self._text(row, place, "id"),
            self._text(row, place, "name"),
            self._one_of(row, place, LEAF_KINDS),
            self._text(row, place, "due"),
            self._all_of(row, place, "actor", ACTORS),
            self._all_of(row, place, "class", CLASSES),
            codes,
            "" if overlay else self._text(row, place, "clause"),
            self._text(row, place, "duty") if overlay else "",
            self._text(row, place, "trigger", may=True),
            self._text(row, place, "gate", may=True),
            self._texts(row, place, "evidence"),
            self._texts(row, place, "sources"),
        )


def _compare(charter: Charter, reader: _Reader) -> None:
    """Whether the tables fit each other: ids, parents, and no duty without a leaf."""
    seen: set[str] = set()
    for clause in charter.clauses:
        if clause.id in seen:
            reader.complain(clause.id, "id", "is used twice")
        if clause.part_of and clause.part_of not in seen:
            reader.complain(clause.id, "part_of", "names no clause before it")
        seen.add(clause.id)
    owners = {leaf.clause for leaf in charter.leaves}
    for clause in charter.clauses:
        if (clause.kind == "DUTY") != (clause.id in owners):
            reader.complain(clause.id, "kind", "a duty has leaves, and nothing else has any")
    _compare_leaves(charter, reader, seen)


def _compare_leaves(charter: Charter, reader: _Reader, seen: set[str]) -> None:
    leaves: set[str] = set()
    for leaf in charter.leaves:
        if leaf.id in leaves or (leaf.id in seen and leaf.id != leaf.clause):
            reader.complain(leaf.id, "id", "is used twice")
        if leaf.clause and leaf.clause not in seen:
            reader.complain(leaf.id, "clause", "names no clause")
        leaves.add(leaf.id)
