"""Later keys of cases, for their submitters: who signed them only the holder of the code can read.

They are in the drop as letters are. A host that keeps one back, swaps or repeats one changes
nothing that a submitter would not notice, but for the newest: docs/threats.md says what is left.
"""

import datetime

from sqlalchemy import Connection, insert, select

from crypto.recipient import Recipient
from intake.deposits import Keyed
from intake.errors import UnknownMailbox
from intake.proofs import mailbox_recipient
from intake.schema import keyings


def post_keying(
    connection: Connection, mailbox_id: str, generation: int, envelope: bytes, today: datetime.date
) -> None:
    """Put a later key into the mailbox; a second time for one generation changes nothing.

    Raises UnknownMailbox.
    """
    if mailbox_recipient(connection, mailbox_id) is None:
        raise UnknownMailbox("no mailbox has this id")
    place = (keyings.c.mailbox_id == mailbox_id) & (keyings.c.generation == generation)
    if connection.execute(select(keyings.c.generation).where(place)).first() is None:
        connection.execute(
            insert(keyings).values(
                mailbox_id=mailbox_id, generation=generation, envelope=envelope, on=today
            )
        )


def recipient_of(connection: Connection, mailbox_id: str) -> Recipient:
    """What is sealed to the holder of a mailbox's code. Raises UnknownMailbox or Malformed."""
    found = mailbox_recipient(connection, mailbox_id)
    if found is None:
        raise UnknownMailbox("no mailbox has this id")
    return Recipient.parse(found)


def keyings_of(connection: Connection, mailbox_id: str) -> tuple[Keyed, ...]:
    """The later keys of a mailbox's case, in their order."""
    rows = connection.execute(
        select(keyings.c.generation, keyings.c.envelope, keyings.c.on)
        .where(keyings.c.mailbox_id == mailbox_id)
        .order_by(keyings.c.generation)
    )
    return tuple(Keyed(row.generation, row.envelope, row.on) for row in rows)
