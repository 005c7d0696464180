"""Takes a mailbox out of the drop, so that its code is one that nobody was ever given."""

from sqlalchemy import Connection, delete, select

from intake.schema import deposits, keyings, letters, mailboxes, proofs
from intake.waiting import remove_collected


def has_waiting(connection: Connection, mailbox_id: str) -> bool:
    """Whether the submitter has sent something that nobody has collected."""
    found = select(deposits.c.id).where(
        deposits.c.mailbox_id == mailbox_id, deposits.c.collected.is_(False)
    )
    return connection.execute(found.limit(1)).first() is not None


def remove_mailbox(connection: Connection, mailbox_id: str) -> bool:
    """Remove a mailbox with all that was left in it, and say whether it is gone.

    If not, the caller goes on in another transaction: a deposit has files, which go a few at a
    time. What nobody has collected stays for the collector, who sets it aside and says so in the
    ledger; it is sealed for a case that nobody can open any more. Again changes nothing.
    """
    here = deposits.c.mailbox_id == mailbox_id
    collected = select(deposits.c.id).where(here, deposits.c.collected).order_by(deposits.c.id)
    for deposit_id in connection.execute(collected).scalars().all():
        if not remove_collected(connection, deposit_id):
            return False
    for table in (letters, keyings, proofs):
        connection.execute(delete(table).where(table.c.mailbox_id == mailbox_id))
    connection.execute(delete(mailboxes).where(mailboxes.c.id == mailbox_id))
    return True


def is_gone(connection: Connection, mailbox_id: str) -> bool:
    """Whether nothing of a mailbox is there but what nobody has collected."""
    asked = [
        select(table.c.mailbox_id).where(table.c.mailbox_id == mailbox_id)
        for table in (letters, keyings, proofs)
    ]
    asked.append(select(mailboxes.c.id).where(mailboxes.c.id == mailbox_id))
    asked.append(
        select(deposits.c.id).where(deposits.c.mailbox_id == mailbox_id, deposits.c.collected)
    )
    return all(connection.execute(each.limit(1)).first() is None for each in asked)
