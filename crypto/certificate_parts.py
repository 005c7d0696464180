"""The parts of a certificate: who approved, how each record ended, which runs there were, and what
is left elsewhere. Each reads itself from a part of the document, and raises MalformedDisposition.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crypto import strict
from crypto.disposing import RECORD, Line, line_of
from crypto.document import Document
from crypto.errors import MalformedDisposition

LEFT_OUT = ("REOPENED", "ON_HOLD", "RECUSED", "CHANGED")
ROLES = ("chair", "member", "alternate", "counsel")
ENDED = (*RECORD, "executed", "holds", "reason")
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_READER = re.compile(r"[a-z][a-z-]{0,39}")
_ORIGIN = 255


class Part(Protocol):
    """What can say how the documents have it."""

    def fields(self) -> dict[str, object]:
        """The part as the documents have it."""


def written(part: Part | None) -> dict[str, object] | None:
    """A part that need not be there."""
    return None if part is None else part.fields()


def hold_set(names: Iterable[str]) -> str:
    """The hash of which legal holds stood: the canonical list of their names, in order."""
    return hashlib.sha256(strict.canonical(sorted(set(names)))).hexdigest()


@dataclass(frozen=True, order=True)
class Approver:
    """Who signed the act that approved the manifest, in which role of the roster, and how."""

    by: str
    role: str
    signature: bytes

    def fields(self) -> dict[str, object]:
        """The approver as the certificate has them."""
        return {"by": self.by, "role": self.role, "signature": strict.to_b64(self.signature)}


def approver_of(part: Document) -> Approver:
    """The approver that a part spells."""
    return Approver(part.id("by"), part.choice("role", ROLES), part.signature())


@dataclass(frozen=True)
class Ended:
    """How a record of the manifest ended: the day it went, or the reason why it stayed.

    holds is the hash of the set of legal holds, none of them over this record, that stood when it
    went, None for one that stayed.
    """

    line: Line
    executed: date | None
    holds: str | None
    reason: str | None

    def fields(self) -> dict[str, object]:
        """The record as the certificate has it."""
        return {
            **self.line.fields(),
            "executed": None if self.executed is None else self.executed.isoformat(),
            "holds": self.holds,
            "reason": self.reason,
        }


def ended_of(part: Document) -> Ended:
    """The record that a part spells."""
    stayed = not part.is_null("reason")
    if part.is_null("executed") != stayed or part.is_null("holds") != stayed:
        raise MalformedDisposition("a record both went and stayed, or neither")
    return Ended(
        line_of(part),
        None if stayed else part.day("executed"),
        None if stayed else part.hash("holds"),
        part.choice("reason", LEFT_OUT) if stayed else None,
    )


@dataclass(frozen=True)
class Run:
    """A job that ran on a day: the role it has here, and the account that it ran as.

    The account is the database's role on a server. With files it is the program's account on the
    host, and where that is nobody's but a person's, its number.
    """

    role: str
    account: str
    on: date

    def fields(self) -> dict[str, object]:
        """The run as the certificate has it."""
        return {"role": self.role, "account": self.account, "on": self.on.isoformat()}


def run_of(part: Document, role: str) -> Run:
    """The run of this role that a part spells."""
    account = part.text("account")
    if not is_account(account):
        raise MalformedDisposition("account is not that of a job")
    return Run(part.choice("role", [role]), account, part.day("on"))


def is_account(text: str) -> bool:
    """Whether a certificate can name this account."""
    return _ACCOUNT.fullmatch(text) is not None


@dataclass(frozen=True)
class Head:
    """A head of the ledger that its keeper has signed: which ledger's, its size, and its root."""

    origin: str
    size: int
    root: str

    def fields(self) -> dict[str, object]:
        """The head as the certificate has it."""
        return {"origin": self.origin, "size": self.size, "root": self.root}


def head_of(part: Document) -> Head:
    """The head that a part spells."""
    return Head(part.line("origin", _ORIGIN), part.whole("size"), part.hash("root"))


@dataclass(frozen=True, order=True)
class Backups:
    """The backups of a store from before a record went: how many are there, and their last day."""

    store: str
    count: int
    ends: date

    def fields(self) -> dict[str, object]:
        """The backups as the certificate has them."""
        return {"store": self.store, "count": self.count, "ends": self.ends.isoformat()}


def backups_of(part: Document, stores: Collection[str]) -> Backups:
    """The backups that a part spells."""
    return Backups(part.choice("store", stores), part.whole("count", lowest=1), part.day("ends"))


@dataclass(frozen=True, order=True)
class Export:
    """A file with a record in it that had left: on which day, its SHA-256, and for whom it was."""

    on: date
    bundle: str
    reader: str

    def fields(self) -> dict[str, object]:
        """The export as the certificate has it."""
        return {"on": self.on.isoformat(), "bundle": self.bundle, "reader": self.reader}


def export_of(part: Document) -> Export:
    """The export that a part spells."""
    reader = part.text("reader")
    if not _READER.fullmatch(reader):
        raise MalformedDisposition("reader is not a coded value")
    return Export(part.day("on"), part.hash("bundle"), reader)


def codes(document: Document, key: str, known: Collection[str]) -> tuple[str, ...]:
    """The known codes in the list under a key, in order and without repeats."""
    value = document.fields[key]
    if not isinstance(value, list) or not all(each in known for each in value):
        raise MalformedDisposition(f"{key} is not a list of its coded values")
    if value != sorted(set(value)):
        raise MalformedDisposition(f"{key} is not in order")
    return tuple(value)
