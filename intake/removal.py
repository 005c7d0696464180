"""Takes a mailbox out of the drop, so that its code is one that nobody was ever given."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from intake.schema import answered, deposits, keyings, letters, mailboxes, proofs
from intake.waiting import mark_collected, remove_collected


def waiting_of(connection: Connection, mailbox_id: str) -> frozenset[str]:
    """The ids of what the submitter has sent and nobody has collected."""
    found = select(deposits.c.id).where(
        deposits.c.mailbox_id == mailbox_id, deposits.c.collected.is_(False)
    )
    return frozenset(connection.execute(found).scalars())


def close_mailbox(connection: Connection, mailbox_id: str, aside: Collection[str] = ()) -> None:
    """Make the code of a mailbox one that nobody was given; again changes nothing.

    Forms that were sent with it are answered as if they had never come. Deposits stay where they
    are. A form that has come once more since has made the mailbox anew, for another case, and it
    stays; aside are deposits that the collector could not take in.
    """
    again = select(deposits.c.id).where(
        deposits.c.mailbox_id == mailbox_id,
        deposits.c.kind == "submission",
        deposits.c.collected.is_(False),
        deposits.c.id.not_in(aside),
    )
    if connection.execute(again).first() is not None:
        return
    for table in (letters, keyings, proofs, answered):
        connection.execute(delete(table).where(table.c.mailbox_id == mailbox_id))
    connection.execute(delete(mailboxes).where(mailboxes.c.id == mailbox_id))


def remove_mailbox(connection: Connection, mailbox_id: str, aside: Collection[str] = ()) -> bool:
    """Remove a mailbox with all that was left in it, and say whether it is gone.

    If not, the caller goes on in another transaction: a deposit has files, which go a few at a
    time. aside are deposits that the collector could not take in, of which the ledger tells. What
    else nobody has collected stays until it has seen it. Again changes nothing.
    """
    ended = select(deposits.c.id).where(_ended(mailbox_id, aside)).order_by(deposits.c.id)
    ids = connection.execute(ended).scalars().all()
    mark_collected(connection, ids)
    gone = all(remove_collected(connection, each) for each in ids)
    close_mailbox(connection, mailbox_id, aside)
    return gone


def _ended(mailbox_id: str, aside: Collection[str]) -> ColumnElement[bool]:
    over = or_(deposits.c.collected, deposits.c.id.in_(aside))
    return and_(deposits.c.mailbox_id == mailbox_id, over)


def is_gone(connection: Connection, mailbox_id: str, aside: Collection[str] = ()) -> bool:
    """Whether nothing of a mailbox is there but deposits that nobody has seen yet.

    aside are those that the collector has seen and could not take in.
    """
    asked = [
        select(table.c.mailbox_id).where(table.c.mailbox_id == mailbox_id)
        for table in (letters, keyings, proofs, answered)
    ]
    asked.append(select(mailboxes.c.id).where(mailboxes.c.id == mailbox_id))
    asked.append(select(deposits.c.id).where(_ended(mailbox_id, aside)))
    return all(connection.execute(each.limit(1)).first() is None for each in asked)
