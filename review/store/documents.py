"""Documents of the charter's book: slices that come in, documents that are whole, and their bytes.

What is not whole is in no list. A document comes once and never changes; the same file kept in
another way is another document.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select

from review.store.charter_schema import document_slices, document_uploads, documents
from review.store.columns import draw_number

SECRETARIAT, MEMBERS, PLAIN = "SECRETARIAT", "MEMBERS", "PLAIN"
KEPT = (SECRETARIAT, MEMBERS, PLAIN)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A document that comes in; size in bytes of the file, roster where it is sealed."""

    id: str
    by: str
    on: datetime.date
    name: str
    mime: str
    size: int
    slices: int
    kept: str
    roster: str | None


@dataclass(frozen=True, kw_only=True)
class Document(Upload):
    """A document that is whole; sha256 is that of the file, whatever was sealed."""

    sha256: str

    @property
    def stored(self) -> str:
        """How the book's evidence says it is stored."""
        return "PLAIN" if self.kept == PLAIN else "SEALED"


def begin(connection: Connection, upload: Upload) -> None:
    """Let slices of this upload come."""
    connection.execute(insert(document_uploads).values(**vars(upload)))


def upload(connection: Connection, upload_id: str, by: str) -> Upload | None:
    """The unfinished upload of this person, or None."""
    mine = and_(document_uploads.c.id == upload_id, document_uploads.c.by == by)
    found = connection.execute(select(document_uploads).where(mine)).first()
    return None if found is None else Upload(**found._mapping)


def unfinished(connection: Connection, by: str) -> int:
    """How many uploads of this person are not finished."""
    mine = select(func.count()).where(document_uploads.c.by == by)
    return int(connection.execute(mine).scalar_one())


def add_slice(connection: Connection, document_id: str, index: int, content: bytes) -> None:
    """Keep a slice, unless it is there: a browser whose answer was lost sends it again."""
    place = _slice(document_id, index)
    if connection.execute(select(document_slices.c.index).where(place)).first() is None:
        row = {"document_id": document_id, "index": index, "content": content}
        connection.execute(insert(document_slices).values(id=draw_number(), **row))


def present(connection: Connection, document_id: str) -> int:
    """How many slices of a document there are."""
    of_it = select(func.count()).where(document_slices.c.document_id == document_id)
    return int(connection.execute(of_it).scalar_one())


def slice_of(connection: Connection, document_id: str, index: int) -> bytes | None:
    """The bytes of a slice, sealed or not as the document is, or None."""
    found = select(document_slices.c.content).where(_slice(document_id, index))
    content = connection.execute(found).scalar()
    return None if content is None else bytes(content)


def slices(connection: Connection, document_id: str, count: int) -> Iterator[bytes]:
    """The slices of a document one after the other; what is gone is missing."""
    for index in range(count):
        content = slice_of(connection, document_id, index)
        if content is not None:
            yield content


def finish(connection: Connection, upload: Upload, sha256: str, today: datetime.date) -> None:
    """Make an upload a document, or drop it if the very same is kept already."""
    same = (
        documents.c.sha256 == sha256,
        documents.c.kept == upload.kept,
        documents.c.roster.is_(None)
        if upload.roster is None
        else documents.c.roster == upload.roster,
    )
    if connection.execute(select(documents.c.id).where(*same)).first() is not None:
        abandon(connection, upload.id)
        return
    values = {**vars(upload), "sha256": sha256, "on": today}
    connection.execute(insert(documents).values(**values))
    connection.execute(delete(document_uploads).where(document_uploads.c.id == upload.id))


def abandon(connection: Connection, upload_id: str) -> None:
    """Drop an upload that was not finished, with its slices."""
    connection.execute(delete(document_slices).where(document_slices.c.document_id == upload_id))
    connection.execute(delete(document_uploads).where(document_uploads.c.id == upload_id))


def expire(connection: Connection, before: datetime.date) -> int:
    """Drop every upload that began before a day and was not finished; return how many."""
    old = select(document_uploads.c.id).where(document_uploads.c.on < before)
    found = list(connection.execute(old).scalars())
    for each in found:
        abandon(connection, each)
    return len(found)


def listed(connection: Connection) -> list[Document]:
    """Every document that is whole, the newest day first."""
    ordered = select(documents).order_by(documents.c.on.desc(), documents.c.name, documents.c.id)
    return [Document(**row._mapping) for row in connection.execute(ordered)]


def by_id(connection: Connection, document_id: str) -> Document | None:
    """The document with this id, if it is whole."""
    found = connection.execute(select(documents).where(documents.c.id == document_id)).first()
    return None if found is None else Document(**found._mapping)


def remove(connection: Connection, document_id: str) -> None:
    """Remove a document that nothing in the book speaks of any more."""
    connection.execute(delete(document_slices).where(document_slices.c.document_id == document_id))
    connection.execute(delete(documents).where(documents.c.id == document_id))


def _slice(document_id: str, index: int) -> ColumnElement[bool]:
    return and_(document_slices.c.document_id == document_id, document_slices.c.index == index)
