"""Proofs for submitters: that what they sent is in the ledger, each sealed to their mailbox.

They are in the drop as letters are, so that whoever reads it learns neither what a proof says nor
how long it is, only that there is one at this place of a thread. A later proof of the same entry
takes the place of the one before.
"""

import datetime

from sqlalchemy import Connection, delete, insert, select

from crypto import age
from crypto.errors import MalformedPadding
from crypto.recipient import Recipient
from intake.deposits import SentReceipt
from intake.errors import UnknownMailbox
from intake.schema import deposits, mailboxes, proofs

# A proof by the keeper alone and one with three cosigners have the same size.
STEP = 16384
# So many are opened and so much room is made for every code, whether it has a mailbox or not.
USUAL = 4
_LENGTH_SIZE = 4


def pad_proof(proof: bytes) -> bytes:
    """A proof with its length before it and zeros after it, to the next multiple of STEP."""
    size = -(-(_LENGTH_SIZE + len(proof)) // STEP) * STEP
    return (len(proof).to_bytes(_LENGTH_SIZE, "big") + proof).ljust(size, b"\0")


def unpad_proof(padded: bytes) -> bytes:
    """What pad_proof was given. Raises MalformedPadding for any other form."""
    end = _LENGTH_SIZE + int.from_bytes(padded[:_LENGTH_SIZE], "big")
    proof = padded[_LENGTH_SIZE:end]
    if pad_proof(proof) != padded:
        raise MalformedPadding("not a proof in the size of its length")
    return proof


def seal_proof(proof: bytes, recipient: str) -> bytes:
    """The envelope of a proof file for a mailbox with this recipient."""
    return age.seal(pad_proof(proof), [Recipient.parse(recipient)])


def mailbox_recipient(connection: Connection, mailbox_id: str) -> str | None:
    """What is sealed to the holder of a mailbox's code, or None if there is no such mailbox."""
    found = select(mailboxes.c.recipient).where(mailboxes.c.id == mailbox_id)
    return connection.execute(found).scalar()


def post_proof(
    connection: Connection, mailbox_id: str, n: int, envelope: bytes, today: datetime.date
) -> None:
    """Put the sealed proof of a submitter's n-th message into the mailbox, in place of any before.

    Raises UnknownMailbox.
    """
    if mailbox_recipient(connection, mailbox_id) is None:
        raise UnknownMailbox("no mailbox has this id")
    place = (proofs.c.mailbox_id == mailbox_id) & (proofs.c.n == n)
    connection.execute(delete(proofs).where(place))
    connection.execute(
        insert(proofs).values(mailbox_id=mailbox_id, n=n, envelope=envelope, on=today)
    )


def receipts(connection: Connection, mailbox_id: str, head_n: int) -> tuple[SentReceipt, ...]:
    """What there is to keep for the first message of a submitter and the newest, in order.

    They are USUAL at most, so that nobody can make the answer for a mailbox of their own grow.

    The statement is there only while the deposit is, the proof only once one was posted.
    """
    listed = [1, *range(max(2, head_n - USUAL + 2), head_n + 1)]
    stated = connection.execute(
        select(deposits.c.n, deposits.c.on, deposits.c.statement).where(
            deposits.c.mailbox_id == mailbox_id, deposits.c.n.in_(listed)
        )
    )
    proved = connection.execute(
        select(proofs.c.n, proofs.c.envelope, proofs.c.on).where(
            proofs.c.mailbox_id == mailbox_id, proofs.c.n.in_(listed)
        )
    )
    deposit, proof = {row.n: row for row in stated}, {row.n: row for row in proved}
    return tuple(
        SentReceipt(
            n=n,
            on=deposit[n].on if n in deposit else None,
            statement=deposit[n].statement if n in deposit else None,
            proof=proof[n].envelope if n in proof else None,
            proved_on=proof[n].on if n in proof else None,
        )
        for n in listed
    )
