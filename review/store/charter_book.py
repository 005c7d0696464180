"""The charter's book in the database: heads and records, which are added and never changed."""

import datetime
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from crypto import strict
from review.audit.charter import ENDED, RECORDED, Ending, Kept
from review.store import entries
from review.store.charter_schema import charter_heads, charter_records, charter_stubs

Entropy = Callable[[int], bytes]


# Beside a book's own parts a head has the committee's own charter, as its file; a book's file names
# it by its hash alone.
_CHARTER_FILE = "charter_file"


@dataclass(frozen=True)
class Head:
    """The newest head: its id, its JSON object, and the file of the committee's own charter.

    charter_file is empty where the charter is the one that is shipped.
    """

    id: str
    document: Mapping[str, object]
    charter_file: str = ""


def newest_head(connection: Connection) -> Head | None:
    """The head that no other follows, or None while the book has not begun."""
    later = charter_heads.alias("later")
    found = connection.execute(
        select(charter_heads.c.id, charter_heads.c.document)
        .outerjoin(later, later.c.previous == charter_heads.c.id)
        .where(later.c.id.is_(None))
    ).first()
    if found is None:
        return None
    document = json.loads(found.document)
    charter_file = document.pop(_CHARTER_FILE, "")
    return Head(found.id, document, charter_file)


def add_head(
    connection: Connection,
    document: Mapping[str, object],
    by: str,
    on: datetime.date,
    entropy: Entropy = secrets.token_bytes,
    charter_file: str | None = None,
) -> None:
    """Put a head after the newest, with its charter's file unless another or none ("") is given."""
    newest = newest_head(connection)
    if charter_file is None:
        charter_file = "" if newest is None else newest.charter_file
    whole = {**document, _CHARTER_FILE: charter_file} if charter_file else dict(document)
    connection.execute(
        insert(charter_heads).values(
            id=entropy(16).hex(),
            previous=None if newest is None else newest.id,
            on=on,
            by=by,
            document=strict.canonical(whole).decode(),
        )
    )


def records(connection: Connection) -> list[dict[str, object]]:
    """Every record as its file has it, by id, which says nothing."""
    found = select(charter_records.c.document).order_by(charter_records.c.id)
    return [json.loads(row.document) for row in connection.execute(found)]


def stub_ids(connection: Connection) -> frozenset[str]:
    """The ids of the records that have ended."""
    return frozenset(connection.execute(select(charter_stubs.c.id)).scalars())


def last_ended(connection: Connection) -> datetime.date | None:
    """The latest day of a record that has ended, or None."""
    return connection.execute(select(func.max(charter_stubs.c.event_on))).scalar()


def end_record(
    connection: Connection,
    record_id: str,
    kind: str,
    record_class: str,
    days: tuple[datetime.date, datetime.date],
    today: datetime.date,
) -> None:
    """Leave a stub of a record, remove the record, and tell the ledger; days are those on which it
    happened and on which its record was kept."""
    there = charter_records.c.id == record_id
    row = connection.execute(select(charter_records).where(there)).one()
    # What stands in the row now: a record that was changed ends as what it was changed into, and
    # the ledger's first entry shows that it was.
    digest = _digest(row.nonce, row.document.encode())
    connection.execute(
        insert(charter_stubs).values(
            id=record_id,
            type=kind,
            event_on=days[0],
            recorded_on=days[1],
            record_class=record_class,
            ended_on=today,
            digest=digest,
        )
    )
    connection.execute(delete(charter_records).where(there))
    data = {"document": digest, "record_class": record_class}
    entries.record(connection, entries.Entry(type="evidence.ended", on=today, data=data))


def told(connection: Connection) -> Iterator[Kept]:
    """Every record as the auditor's bundle tells of it, and every stub, by hash.

    The hash is taken anew from what stands in the row: that somebody changed it must show.
    """
    waiting = _waiting(connection)
    there = []
    columns = (charter_records.c.on, charter_records.c.by, charter_records.c.document)
    for row in connection.execute(select(*columns, charter_records.c.nonce)):
        digest = _digest(row.nonce, row.document.encode())
        there.append(Kept(digest=digest, on=row.on, by=row.by, waiting=waiting.get(digest)))
    for row in connection.execute(select(charter_stubs)):
        ended = Ending(on=row.ended_on, record_class=row.record_class)
        held = waiting.get(row.digest)
        there.append(
            Kept(digest=row.digest, on=row.recorded_on, by=None, ended=ended, waiting=held)
        )
    yield from sorted(there, key=lambda each: each.digest)


def _waiting(connection: Connection) -> dict[str, str]:
    """By hash of a record what the ledger does not have of it yet."""
    named = {"evidence.recorded": RECORDED, "evidence.ended": ENDED}
    return {
        str(each.data["document"]): named[each.type]
        for each in entries.pending(connection)
        if each.type in named
    }


def _digest(nonce: str, text: bytes) -> str:
    return hashlib.sha256(nonce.encode() + b"\n" + text).hexdigest()


def taken_in(connection: Connection, record_id: str) -> datetime.date:
    """The day on which the book has had a record since."""
    found = select(charter_records.c.on).where(charter_records.c.id == record_id)
    day: datetime.date = connection.execute(found).scalar_one()
    return day


def add_record(
    connection: Connection,
    document: Mapping[str, object],
    by: str,
    on: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Keep a record, and tell the ledger its salted hash in the same transaction."""
    text, nonce = strict.canonical(dict(document)), entropy(32).hex()
    digest = _digest(nonce, text)
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
