"""What the book keeps of keys that people made: requests that wait, and the files of each key.

A key is named by the SHA-256 of its recipient.
"""

import datetime
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, select

from review.store.key_schema import enrolments, key_files

PASSKEY, RECOVERY, FORMER = "passkey", "recovery", "former"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request that waits for the ceremony, and the sealed identity that goes with it."""

    person_id: str
    on: datetime.date
    recipient: str
    request: bytes = field(repr=False)
    identity: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class KeyFile:
    """One file of a key; n counts those of its kind from 1 on."""

    person_id: str
    recipient: str
    kind: str
    n: int
    on: datetime.date
    sealed: bytes = field(repr=False)
    passkey: str | None = None


def wait(connection: Connection, waiting: Waiting) -> None:
    """Keep a request in the place of an earlier one of the same person, whose files go too."""
    earlier = of_person(connection, waiting.person_id)
    if earlier is not None:
        withdraw(connection, waiting.person_id)
        drop_files(connection, waiting.person_id, earlier.recipient)
    connection.execute(insert(enrolments).values(**vars(waiting)))


def withdraw(connection: Connection, person_id: str) -> None:
    """Let a request wait no more; the files of its key stay."""
    connection.execute(delete(enrolments).where(enrolments.c.person_id == person_id))


def of_person(connection: Connection, person_id: str) -> Waiting | None:
    """The request of a person that waits, or None."""
    found = select(enrolments).where(enrolments.c.person_id == person_id)
    row = connection.execute(found).first()
    return None if row is None else Waiting(**row._mapping)


def all_waiting(connection: Connection) -> list[Waiting]:
    """Every request that waits, by person."""
    rows = connection.execute(select(enrolments).order_by(enrolments.c.person_id))
    return [Waiting(**row._mapping) for row in rows]


def add_file(
    connection: Connection,
    person_id: str,
    recipient: str,
    kind: str,
    sealed: bytes,
    on: datetime.date,
    passkey: str | None = None,
) -> None:
    """Keep one more file of a key."""
    of_kind = (
        key_files.c.person_id == person_id,
        key_files.c.recipient == recipient,
        key_files.c.kind == kind,
    )
    last = connection.execute(select(func.max(key_files.c.n)).where(*of_kind)).scalar() or 0
    connection.execute(
        insert(key_files).values(
            person_id=person_id,
            recipient=recipient,
            kind=kind,
            n=last + 1,
            on=on,
            sealed=sealed,
            passkey=passkey,
        )
    )


def files(connection: Connection, person_id: str, recipient: str, kind: str) -> list[KeyFile]:
    """The files of this kind that a person's key has, the oldest first."""
    found = (
        select(key_files)
        .where(
            key_files.c.person_id == person_id,
            key_files.c.recipient == recipient,
            key_files.c.kind == kind,
        )
        .order_by(key_files.c.n)
    )
    return [KeyFile(**row._mapping) for row in connection.execute(found)]


def with_files(connection: Connection, kind: str) -> set[tuple[str, str]]:
    """Whose keys have a file of this kind, as person and key."""
    found = select(key_files.c.person_id, key_files.c.recipient).where(key_files.c.kind == kind)
    return {(row.person_id, row.recipient) for row in connection.execute(found)}


def own_keys(connection: Connection) -> set[tuple[str, str]]:
    """Whose keys have any file here, as person and key: those that were made in a browser."""
    found = select(key_files.c.person_id, key_files.c.recipient).distinct()
    return {(row.person_id, row.recipient) for row in connection.execute(found)}


def drop_files(connection: Connection, person_id: str, recipient: str) -> None:
    """Keep nothing more of a key that was never in force."""
    connection.execute(
        delete(key_files).where(
            key_files.c.person_id == person_id, key_files.c.recipient == recipient
        )
    )
