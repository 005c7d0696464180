"""Concerns that members have recorded and that no collection has taken in yet.

A row comes once, never changes, and goes when the book has its case and the drop its mailbox.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, select

from review.store.casework_schema import recorded_concerns


@dataclass(frozen=True, kw_only=True)
class Concern:
    """A concern as the member's browser has sealed it; act and signature are theirs.

    id is 32 hexadecimal digits that the browser drew.
    """

    id: str
    by: str
    act: bytes
    signature: bytes = field(repr=False)
    mailbox_id: str
    mailbox: str
    case_recipient: str
    case_signature: str
    envelope: bytes = field(repr=False)
    grant: bytes = field(repr=False)
    routing: bytes = field(repr=False)


_COLUMNS = tuple(column.name for column in recorded_concerns.columns)


def add(connection: Connection, concern: Concern) -> None:
    """Keep a concern that is not there yet."""
    values = {name: getattr(concern, name) for name in _COLUMNS}
    connection.execute(insert(recorded_concerns).values(**values))


def is_waiting(connection: Connection, concern_id: str) -> bool:
    """Whether the concern of this id waits to be taken in."""
    found = select(recorded_concerns.c.id).where(recorded_concerns.c.id == concern_id)
    return connection.execute(found).first() is not None


def waiting_of(connection: Connection, person_id: str) -> int:
    """How many concerns this person has recorded that wait to be taken in."""
    found = select(func.count(recorded_concerns.c.id)).where(recorded_concerns.c.by == person_id)
    return int(connection.execute(found).scalar_one())


def waiting(connection: Connection, limit: int, after: str = "") -> list[Concern]:
    """So many concerns that wait, by their ids, past the one named."""
    rows = connection.execute(
        select(recorded_concerns)
        .where(recorded_concerns.c.id > after)
        .order_by(recorded_concerns.c.id)
        .limit(limit)
    )
    return [Concern(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows]


def remove(connection: Connection, concern_id: str) -> None:
    """Let go of a concern that has become a case."""
    connection.execute(delete(recorded_concerns).where(recorded_concerns.c.id == concern_id))
