"""What is to go into the ledger: one row per act, written in the act's own transaction.

The rows of a case are one line, each naming the one before, because days alone give no order.
Data are coded values only: a word out of a case has no place here.
"""

import datetime
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from crypto import strict
from review.store.schema import pending_entries

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An act as the ledger will tell it; digest is the SHA-256 of the sealed bytes concerned."""

    type: str
    on: datetime.date
    case_id: str | None = None
    digest: str | None = None
    commitment: str | None = None
    by: str | None = None
    data: Mapping[str, str | int | bool | None]


def record(connection: Connection, entry: Entry, entropy: Entropy = secrets.token_bytes) -> None:
    """Write the entry, after the case's newest if it concerns a case."""
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
            previous=None if entry.case_id is None else _newest(connection, entry.case_id),
        )
    )


def _newest(connection: Connection, case_id: str) -> str | None:
    later = pending_entries.alias("later")
    newest = (
        select(pending_entries.c.id)
        .outerjoin(later, later.c.previous == pending_entries.c.id)
        .where(pending_entries.c.case_id == case_id, later.c.id.is_(None))
    )
    return connection.execute(newest).scalar()


def was_read_on(connection: Connection, case_id: str, person_id: str, day: datetime.date) -> bool:
    """Whether the ledger will already tell that this person read this case on this day."""
    found = select(pending_entries.c.id).where(
        pending_entries.c.case_id == case_id,
        pending_entries.c.by == person_id,
        pending_entries.c.on == day,
        pending_entries.c.type.in_(["case.opened", "case.read"]),
    )
    return connection.execute(found).first() is not None
