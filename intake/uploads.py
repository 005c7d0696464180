"""The sealed slices of files, from their first until a deposit names them all.

A slice arrives in a short transaction of its own, under an upload id that only its sender knows.
Until a deposit names the upload nobody can see it, and what no deposit names in time is dropped.
"""

import datetime
import secrets
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Select, and_, delete, func, insert, select, update

from intake.errors import SlicesMissing, UploadClosed
from intake.postgres import name_rows
from intake.schema import slices, uploads

# How many slices, of a little more than 1 MiB each, are dropped in one transaction.
REMOVED_AT_ONCE = 4


def put_slice(
    connection: Connection,
    upload_id: str,
    index: int,
    envelope: bytes,
    today: datetime.date,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> None:
    """Keep one sealed slice of an upload that no deposit names yet.

    A slice that is there stays as it is: a sender who lost the answer seals the slice anew and
    sends it again, and either copy opens to the same bytes. Raises UploadClosed for a new slice of
    an upload that a deposit already names.
    """
    name_rows(connection, upload_id)
    upload = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
    if upload is None:
        connection.execute(insert(uploads).values(id=upload_id, on=today, deposit_id=None))
    place = and_(slices.c.upload_id == upload_id, slices.c.index == index)
    if connection.execute(select(slices.c.index).where(place)).first() is not None:
        return
    if upload is not None and upload.deposit_id is not None:
        raise UploadClosed("the upload belongs to a deposit")
    # Random, because rows are found in the order of their keys: one that counted would tell which
    # slice came after which.
    key = int.from_bytes(entropy(8), "big") >> 1
    row = {"upload_id": upload_id, "index": index, "envelope": envelope, "on": today, "id": key}
    connection.execute(insert(slices), row)


def discard_upload(connection: Connection, upload_id: str) -> bool:
    """Drop the slices of an upload that no deposit names, and say whether all of it is gone.

    If not, the caller goes on in another transaction. Any other upload stays.
    """
    name_rows(connection, upload_id)
    unnamed = select(uploads.c.id).where(uploads.c.id == upload_id, uploads.c.deposit_id.is_(None))
    return _remove_uploads(connection, unnamed) is not None


def expire_uploads(connection: Connection, before: datetime.date) -> int | None:
    """Drop unfinished uploads begun before a day, and say how many there were.

    None says that there is more to drop, in another transaction.
    """
    old = select(uploads.c.id).where(uploads.c.deposit_id.is_(None), uploads.c.on < before)
    return _remove_uploads(connection, old)


def _remove_uploads(connection: Connection, ids: Select[tuple[str]]) -> int | None:
    # What is deleted is overwritten, so a transaction takes as much room as it frees. All of a
    # large upload at once would use up what the disk keeps for words, and all writers would wait.
    some = select(slices.c.id).where(slices.c.upload_id.in_(ids))
    keys = connection.execute(some.limit(REMOVED_AT_ONCE)).scalars().all()
    connection.execute(delete(slices).where(slices.c.id.in_(keys)))
    if len(keys) == REMOVED_AT_ONCE:
        return None
    return connection.execute(delete(uploads).where(uploads.c.id.in_(ids))).rowcount


def remove_upload(connection: Connection, upload_id: str) -> bool:
    """Drop some slices of an upload whatever names it, and say whether all of it is gone."""
    return (
        _remove_uploads(connection, select(uploads.c.id).where(uploads.c.id == upload_id))
        is not None
    )


def name_upload(connection: Connection, upload_id: str, count: int, deposit_id: str) -> None:
    """Give the slices 0 … count-1 of an upload to a deposit; raise unless all are there."""
    there = select(func.count(), func.max(slices.c.index)).where(slices.c.upload_id == upload_id)
    found, last = connection.execute(there).one()
    if count < 1 or found != count or last != count - 1:
        raise SlicesMissing("some slices of the upload have not arrived")
    given = connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.deposit_id.is_(None))
        .values(deposit_id=deposit_id)
    )
    if given.rowcount != 1:
        raise UploadClosed("the upload belongs to a deposit")


def slice_envelopes(connection: Connection, upload_id: str) -> Iterator[tuple[int, bytes]]:
    """The slices of an upload in order, a few in memory at a time."""
    # For this statement alone: a connection's own options stay for all that it does afterwards.
    found = (
        select(slices.c.index, slices.c.envelope)
        .where(slices.c.upload_id == upload_id)
        .order_by(slices.c.index)
        .execution_options(yield_per=4)
    )
    # On a server it is a cursor, which whoever stops half way would leave open.
    with connection.execute(found) as rows:
        for row in rows:
            yield row[0], row[1]
