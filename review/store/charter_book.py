"""The charter's book in the database: heads and records, which are added and never changed."""

import datetime
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from crypto import strict
from review.store import entries
from review.store.charter_schema import charter_heads, charter_records, charter_stubs

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Head:
    """The newest head: its id, and its JSON object."""

    id: str
    document: Mapping[str, object]


def newest_head(connection: Connection) -> Head | None:
    """The head that no other follows, or None while the book has not begun."""
    later = charter_heads.alias("later")
    found = connection.execute(
        select(charter_heads.c.id, charter_heads.c.document)
        .outerjoin(later, later.c.previous == charter_heads.c.id)
        .where(later.c.id.is_(None))
    ).first()
    return None if found is None else Head(found.id, json.loads(found.document))


def add_head(
    connection: Connection,
    document: Mapping[str, object],
    by: str,
    on: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Put a head after the newest."""
    newest = newest_head(connection)
    connection.execute(
        insert(charter_heads).values(
            id=entropy(16).hex(),
            previous=None if newest is None else newest.id,
            on=on,
            by=by,
            document=strict.canonical(dict(document)).decode(),
        )
    )


def records(connection: Connection) -> list[dict[str, object]]:
    """Every record as its file has it, by id, which says nothing."""
    found = select(charter_records.c.document).order_by(charter_records.c.id)
    return [json.loads(row.document) for row in connection.execute(found)]


def stub_ids(connection: Connection) -> frozenset[str]:
    """The ids of the records that have ended."""
    return frozenset(connection.execute(select(charter_stubs.c.id)).scalars())


def add_record(
    connection: Connection,
    document: Mapping[str, object],
    by: str,
    on: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Keep a record, and tell the ledger its salted hash in the same transaction."""
    text, nonce = strict.canonical(dict(document)), entropy(32).hex()
    digest = hashlib.sha256(nonce.encode() + b"\n" + text).hexdigest()
    connection.execute(
        insert(charter_records).values(
            id=document["id"], on=on, by=by, document=text.decode(), nonce=nonce, digest=digest
        )
    )
    # The ledger's day of the event is the day of recording: when a thing happened is content.
    data = {"duty": "charter", "document": digest, "event_on": on.isoformat()}
    entries.record(
        connection, entries.Entry(type="evidence.recorded", on=on, by=by, data=data), entropy
    )
