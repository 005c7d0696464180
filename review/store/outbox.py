"""Letters on their way to a mailbox: written with the act, posted by the collector."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from review.store.schema import outbox
from review.store.shred import RowKey

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Outgoing:
    """A letter that the drop may not have yet, still under the case's row key."""

    id: str
    case_id: str
    mailbox_id: str
    n: int
    sealed: bytes = field(repr=False)

    def letter(self, key: RowKey) -> bytes:
        """The age file to post."""
        return key.open(self.sealed, "outbox", self.id)


def add(
    connection: Connection,
    key: RowKey,
    case_id: str,
    mailbox_id: str,
    n: int,
    letter: bytes,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Put a letter at place n of a mailbox on its way."""
    letter_id = entropy(16).hex()
    connection.execute(
        insert(outbox).values(
            id=letter_id,
            case_id=case_id,
            mailbox_id=mailbox_id,
            n=n,
            sealed=key.seal(letter, "outbox", letter_id),
            posted=False,
        )
    )


def waiting(connection: Connection) -> list[Outgoing]:
    """Every letter not known to be posted, each mailbox's in order."""
    rows = connection.execute(
        select(outbox).where(outbox.c.posted.is_(False)).order_by(outbox.c.mailbox_id, outbox.c.n)
    )
    return [Outgoing(row.id, row.case_id, row.mailbox_id, row.n, row.sealed) for row in rows]


def mark_posted(connection: Connection, letter_id: str) -> None:
    """Remember that the drop has a letter; again changes nothing."""
    connection.execute(update(outbox).where(outbox.c.id == letter_id).values(posted=True))
