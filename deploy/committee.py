"""Reads the file that describes a committee: who holds a key, and who else may be named.

The file is TOML and is checked as a whole, so that its writer, who meets this once a year, sees
every problem at once. deploy/committee.example.toml shows all there is to write.
"""

import tomllib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from crypto.document import is_id
from crypto.roster import LEAST_READERS, MAX_COMMITTEE_NAME, MAX_NAME, MAX_PEOPLE, ROLES
from deploy.errors import CommitteeRefused

LONGEST_VALIDITY = 3660
_FIELDS = {
    "committee": {"name", "valid_days"},
    "readers": {"id", "role", "title", "name"},
    "listed": {"id", "title", "name"},
}


@dataclass(frozen=True)
class Seat:
    """A reader to be: the ceremony makes this person an identity."""

    id: str
    role: str
    title: str
    name: str


@dataclass(frozen=True)
class Named:
    """A person without a key whom a submitter can say is involved."""

    id: str
    title: str
    name: str


@dataclass(frozen=True)
class Committee:
    """A committee that a ceremony can be held for."""

    name: str
    valid_days: int
    readers: tuple[Seat, ...]
    listed: tuple[Named, ...]


def read(text: str) -> Committee:
    """The committee that the TOML text describes. Raises CommitteeRefused with every problem."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as refused:
        raise CommitteeRefused([f"the file is not TOML: {refused}"]) from None
    if problems := _form(document):
        raise CommitteeRefused(problems)
    plan = Committee(
        name=document["committee"]["name"],
        valid_days=document["committee"]["valid_days"],
        readers=tuple(Seat(**row) for row in document.get("readers", [])),
        listed=tuple(Named(**row) for row in document.get("listed", [])),
    )
    if problems := _sense(plan):
        raise CommitteeRefused(problems)
    return plan


def _form(document: dict[str, object]) -> list[str]:
    """What is missing, superfluous or of the wrong type."""
    problems = [
        f"[{name}] is not a part of the file" for name in sorted(set(document) - set(_FIELDS))
    ]
    committee = document.get("committee")
    problems += _row(committee, "[committee]", _FIELDS["committee"], MAX_COMMITTEE_NAME)
    if isinstance(committee, dict) and type(committee.get("valid_days", 1)) is not int:
        problems.append("[committee] valid_days is not a whole number")
    for part in ("readers", "listed"):
        rows = document.get(part, [])
        if not isinstance(rows, list):
            problems.append(f"{part} is written as [[{part}]], once for each person")
            continue
        for number, row in enumerate(rows, start=1):
            problems += _row(row, f"[[{part}]] number {number}", _FIELDS[part])
    return problems


def _row(row: object, where: str, fields: Collection[str], longest: int = MAX_NAME) -> list[str]:
    if not isinstance(row, dict):
        return [f"{where} is missing"]
    problems = [f"{where} has no {name}" for name in sorted(set(fields) - set(row))]
    problems += [f"{where} has an unknown {name}" for name in sorted(set(row) - set(fields))]
    for name in sorted((set(fields) & set(row)) - {"valid_days"}):
        text = row[name]
        if not isinstance(text, str) or not text.strip() or len(text) > longest:
            problems.append(f"{where} {name} is not a text of 1 to {longest} characters")
        elif not text.isprintable():
            problems.append(f"{where} {name} holds a character that cannot be printed")
    return problems


def _sense(plan: Committee) -> list[str]:
    """What cannot work although it is written correctly."""
    ids = [seat.id for seat in plan.readers] + [person.id for person in plan.listed]
    problems = [
        f"the id {text!r} has other characters than a-z, 0-9 and -, or more than 16"
        for text in ids
        if not is_id(text)
    ]
    problems += [
        f"the id {text!r} is used {count} times"
        for text, count in Counter(ids).items()
        if count > 1
    ]
    if len(ids) > MAX_PEOPLE:
        problems.append(f"readers and listed people together are at most {MAX_PEOPLE}")
    if not 1 <= plan.valid_days <= LONGEST_VALIDITY:
        problems.append(f"valid_days is not between 1 and {LONGEST_VALIDITY}")
    return problems + _seats(Counter(seat.role for seat in plan.readers))


def _seats(roles: Counter[str]) -> list[str]:
    problems = [
        f"{role!r} is not a role of a reader; the roles are {', '.join(ROLES)}"
        for role in roles
        if role not in ROLES
    ]
    if roles["chair"] != 1:
        problems.append(f"there is one chair, and the file has {roles['chair']}")
    # With fewer, one exclusion would already need counsel, and a second would stop intake.
    if roles["chair"] + roles["member"] < LEAST_READERS:
        problems.append(f"chair and members together are at least {LEAST_READERS}")
    return problems
