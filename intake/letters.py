"""Letters to submitters: sealed replies and states, each at its place in a mailbox."""

import datetime
import secrets
from collections.abc import Callable

from sqlalchemy import Connection, and_, insert, select

from intake.errors import LetterDiffers, UnknownMailbox
from intake.schema import letters, mailboxes

Entropy = Callable[[int], bytes]


def post_letter(
    connection: Connection,
    mailbox_id: str,
    n: int,
    envelope: bytes,
    today: datetime.date,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Put a reply or a state at place n of a mailbox; the same letter again changes nothing.

    Raises UnknownMailbox, or LetterDiffers if another letter stands there.
    """
    known = select(mailboxes.c.id).where(mailboxes.c.id == mailbox_id)
    if connection.execute(known).first() is None:
        raise UnknownMailbox("no mailbox has this id")
    place = and_(letters.c.mailbox_id == mailbox_id, letters.c.n == n)
    there = connection.execute(select(letters.c.envelope).where(place)).scalar()
    if there is not None:
        if there != envelope:
            raise LetterDiffers("another letter stands at this place")
        return
    connection.execute(
        insert(letters).values(
            id=entropy(16).hex(), mailbox_id=mailbox_id, n=n, envelope=envelope, on=today
        )
    )
