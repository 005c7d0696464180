"""What is to go into the ledger: one row per act, written in the act's own transaction.

The rows of a case are one line, each naming the one before, because days alone give no order. The
first of a line follows what the ledger already has of the case. Data are coded values only: a word
out of a case has no place here, and an act that the ledger's registry does not know is refused
together with its transaction.
"""

import datetime
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from crypto import entry as entry_format
from crypto import strict
from crypto.entry_types import Value
from review.store.schema import pending_entries

Entropy = Callable[[int], bytes]
# Any leaf hash, to see whether an entry that will follow another one can be spelled.
_SOME_LEAF = "00" * 32


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An act as the ledger will tell it; digest is the SHA-256 of the sealed bytes concerned.

    The nonce is drawn unless somebody has promised one; message_n is the place in the submitter's
    thread, for what was received.
    """

    type: str
    on: datetime.date
    case_id: str | None = None
    digest: str | None = None
    commitment: str | None = None
    by: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)
    nonce: bytes | None = field(default=None, repr=False)
    message_n: int | None = None

    def leaf(self, nonce: bytes, previous: str | None) -> entry_format.Entry:
        """The ledger's entry, after the one of this leaf hash."""
        return entry_format.Entry(
            type=self.type,
            on=self.on,
            nonce=nonce,
            subject=None if self.case_id is None else entry_format.subject(self.case_id, nonce),
            digest=self.digest,
            commitment=self.commitment,
            by=self.by,
            data=self.data,
            previous=previous,
        )


@dataclass(frozen=True, kw_only=True)
class Pending(Entry):
    """An act that the ledger does not have yet. previous is the id of its case's one before."""

    id: str
    nonce: bytes = field(repr=False)
    previous: str | None


def days_of(connection: Connection, kind: str) -> list[datetime.date]:
    """The days of what waits for the ledger and is of this type."""
    found = select(pending_entries.c.on).where(pending_entries.c.type == kind)
    return list(connection.execute(found).scalars())


def record(connection: Connection, entry: Entry, entropy: Entropy = secrets.token_bytes) -> None:
    """Write the entry, after the case's newest if it concerns a case.

    Raises MalformedEntry for what the ledger could not say.
    """
    nonce = entropy(entry_format.NONCE_SIZE) if entry.nonce is None else entry.nonce
    previous = None if entry.case_id is None else _newest(connection, entry.case_id)
    entry.leaf(nonce, None if entry.case_id is None else _SOME_LEAF).to_bytes()
    connection.execute(
        insert(pending_entries).values(
            id=entropy(16).hex(),
            type=entry.type,
            on=entry.on,
            case_id=entry.case_id,
            digest=entry.digest,
            commitment=entry.commitment,
            by=entry.by,
            data=strict.canonical(dict(entry.data)).decode(),
            previous=previous,
            nonce=nonce.hex(),
            message_n=entry.message_n,
        )
    )


def pending(connection: Connection) -> list[Pending]:
    """All that waits, each case's in order; otherwise by id, which says nothing."""
    return _in_order(connection.execute(select(pending_entries)))


def of_case(connection: Connection, case_id: str) -> list[Pending]:
    """What waits of one case, in order."""
    found = select(pending_entries).where(pending_entries.c.case_id == case_id)
    return _in_order(connection.execute(found))


def cut_off(connection: Connection) -> int:
    """How many acts wait whose predecessor is gone, which only somebody with the file can do."""
    waiting = pending(connection)
    there = {each.id for each in waiting}
    return sum(each.previous is not None and each.previous not in there for each in waiting)


def is_empty(connection: Connection) -> bool:
    """Whether nothing waits."""
    return connection.execute(select(pending_entries.c.id).limit(1)).first() is None


def discard(connection: Connection, drained: Iterable[Pending]) -> None:
    """Drop what the ledger has from now on, in the transaction that gives it to the ledger."""
    there = pending_entries.c.id
    for each in drained:
        connection.execute(delete(pending_entries).where(there == each.id))


def _in_order(rows: Iterable[Row[Any]]) -> list[Pending]:
    found = sorted((_pending(row) for row in rows), key=lambda each: each.id)
    after = {each.previous: each for each in found if each.previous is not None}
    there = {each.id for each in found}
    # Whose predecessor is gone follows what else there is of its case, and is told all the same.
    cut = [each for each in found if each.previous is not None and each.previous not in there]
    ordered = []
    for each in [*(each for each in found if each.previous is None), *cut]:
        following: Pending | None = each
        while following is not None:
            ordered.append(following)
            following = after.get(following.id)
    return ordered


def _pending(row: Row[Any]) -> Pending:
    values = dict(row._mapping)
    data, nonce = json.loads(values.pop("data")), bytes.fromhex(values.pop("nonce"))
    return Pending(**values, data=data, nonce=nonce)


def _newest(connection: Connection, case_id: str) -> str | None:
    later = pending_entries.alias("later")
    newest = (
        select(pending_entries.c.id)
        .outerjoin(later, later.c.previous == pending_entries.c.id)
        .where(pending_entries.c.case_id == case_id, later.c.id.is_(None))
    )
    return connection.execute(newest).scalar()
