"""What is sealed of a case: its grants, its envelopes and the slices of its files.

Each goes into its row sealed once more, under the case's row key and bound to that row, and comes
out as the age file that was sent. The functions that read take the case's id as well as the row's,
so that an id learnt in one case fetches nothing through another.
"""

import datetime
import hashlib
from dataclasses import dataclass, field

from sqlalchemy import Connection, Exists, and_, delete, exists, func, insert, select

from review.errors import HeadMoved
from review.store.columns import draw_number
from review.store.schema import envelopes, grants, slices
from review.store.shred import RowKey


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One message of a case, without what is in it; digest is that of the message inside.

    sealed_digest is that of the age file as it was sent, which the ledger has too; append() fills
    it in, and it is None only where an earlier version has kept none.
    """

    id: str
    thread: str
    kind: str
    n: int
    on: datetime.date
    digest: str
    by: str | None = None
    deposit_id: str | None = field(default=None, repr=False)
    upload_id: str | None = None
    slices: int = 0
    sealed_digest: str | None = None


_THREADS = ("submitter", "committee", "notes")
_COLUMNS = tuple(envelopes.c[name] for name in Envelope.__dataclass_fields__)


def add_grant(
    connection: Connection, key: RowKey, case_id: str, generation: int, grant: bytes
) -> None:
    """Keep a grant of the case."""
    sealed = key.seal(grant, "grants", case_id, generation)
    connection.execute(insert(grants).values(case_id=case_id, generation=generation, sealed=sealed))


def grant(connection: Connection, key: RowKey, case_id: str, generation: int) -> bytes | None:
    """The grant of this generation, or None."""
    place = and_(grants.c.case_id == case_id, grants.c.generation == generation)
    sealed = connection.execute(select(grants.c.sealed).where(place)).scalar()
    return None if sealed is None else key.open(sealed, "grants", case_id, generation)


def generations(connection: Connection, case_id: str) -> list[int]:
    """The generations of which the case has a grant, in order."""
    found = select(grants.c.generation).where(grants.c.case_id == case_id)
    return sorted(connection.execute(found).scalars())


def head(connection: Connection, case_id: str, thread: str) -> int:
    """The number of the newest message of a thread; 0 before the first."""
    newest = select(func.max(envelopes.c.n)).where(
        envelopes.c.case_id == case_id, envelopes.c.thread == thread
    )
    return connection.execute(newest).scalar() or 0


def stands(
    connection: Connection, case_id: str, thread: str, n: int, kind: str, by: str, digest: str
) -> bool:
    """Whether this very message of this person is the n-th of the thread already."""
    place = and_(envelopes.c.case_id == case_id, envelopes.c.thread == thread, envelopes.c.n == n)
    same = and_(envelopes.c.kind == kind, envelopes.c.by == by, envelopes.c.digest == digest)
    return connection.execute(select(envelopes.c.id).where(place, same)).first() is not None


def append(
    connection: Connection, key: RowKey, case_id: str, envelope: Envelope, content: bytes
) -> None:
    """Keep an envelope directly after the newest of its thread. Raises HeadMoved elsewhere."""
    newest = head(connection, case_id, envelope.thread)
    if envelope.n != newest + 1:
        raise HeadMoved(newest)
    connection.execute(
        insert(envelopes).values(
            id=envelope.id,
            case_id=case_id,
            thread=envelope.thread,
            kind=envelope.kind,
            n=envelope.n,
            on=envelope.on,
            sealed=key.seal(content, "envelopes", envelope.id),
            digest=envelope.digest,
            by=envelope.by,
            deposit_id=envelope.deposit_id,
            upload_id=envelope.upload_id,
            slices=envelope.slices,
            sealed_digest=hashlib.sha256(content).hexdigest(),
        )
    )


def of_case(connection: Connection, case_id: str) -> list[Envelope]:
    """All envelopes of a case by day, and each thread in its own order.

    Within one day the submitter's come first. A message whose day is before that of the one it
    follows, as after a clock was set back, still stands behind it.
    """
    rows = connection.execute(
        select(*_COLUMNS).where(envelopes.c.case_id == case_id).order_by(envelopes.c.n)
    )
    latest = dict.fromkeys(_THREADS, datetime.date.min)
    placed = []
    for envelope in (Envelope(**row._mapping) for row in rows):
        latest[envelope.thread] = max(latest[envelope.thread], envelope.on)
        place = (latest[envelope.thread], _THREADS.index(envelope.thread), envelope.n)
        placed.append((place, envelope))
    return [envelope for _place, envelope in sorted(placed, key=lambda pair: pair[0])]


def content(connection: Connection, key: RowKey, case_id: str, envelope_id: str) -> bytes | None:
    """The age file of an envelope of this case, or None."""
    place = and_(envelopes.c.case_id == case_id, envelopes.c.id == envelope_id)
    sealed = connection.execute(select(envelopes.c.sealed).where(place)).scalar()
    return None if sealed is None else key.open(sealed, "envelopes", envelope_id)


def has_deposit(connection: Connection, deposit_id: str) -> bool:
    """Whether the book holds this deposit already."""
    found = select(envelopes.c.id).where(envelopes.c.deposit_id == deposit_id)
    return connection.execute(found).first() is not None


def add_slice(
    connection: Connection, key: RowKey, case_id: str, upload_id: str, index: int, content: bytes
) -> None:
    """Keep one slice of a file of the case."""
    sealed = key.seal(content, "slices", case_id, upload_id, index)
    place = {"case_id": case_id, "upload_id": upload_id, "index": index}
    connection.execute(insert(slices).values(id=draw_number(), sealed=sealed, **place))


def slice_indexes(connection: Connection, case_id: str, upload_id: str) -> frozenset[int]:
    """Which slices of an upload the book has, named by an envelope or not yet."""
    there = and_(slices.c.case_id == case_id, slices.c.upload_id == upload_id)
    return frozenset(connection.execute(select(slices.c.index).where(there)).scalars())


def discard_unnamed(connection: Connection) -> None:
    """Drop the slices that no envelope names, which only a collection that ended early leaves.

    The caller is the one collector, so that nobody is just bringing them.
    """
    connection.execute(delete(slices).where(~_named()))


def has_unnamed(connection: Connection) -> bool:
    """Whether there is anything for discard_unnamed() to drop."""
    return connection.execute(select(slices.c.index).where(~_named()).limit(1)).first() is not None


def _named() -> Exists:
    return exists().where(
        envelopes.c.case_id == slices.c.case_id, envelopes.c.upload_id == slices.c.upload_id
    )


def slice_content(
    connection: Connection, key: RowKey, case_id: str, upload_id: str, index: int
) -> bytes | None:
    """The age file of one slice that an envelope of this case names, or None."""
    place = and_(
        slices.c.case_id == case_id,
        slices.c.upload_id == upload_id,
        slices.c.index == index,
        _named(),
    )
    sealed = connection.execute(select(slices.c.sealed).where(place)).scalar()
    return None if sealed is None else key.open(sealed, "slices", case_id, upload_id, index)


def slice_places(connection: Connection, case_id: str) -> list[tuple[str, int]]:
    """Upload and index of every slice that an envelope of the case names, in order."""
    rows = connection.execute(
        select(slices.c.upload_id, slices.c.index)
        .where(slices.c.case_id == case_id, _named())
        .order_by(slices.c.upload_id, slices.c.index)
    )
    return [(upload_id, index) for upload_id, index in rows]
