"""The mailbox of a concern that did not come through the form: a member recorded it.

Its case is in the book already, and there is no deposit: what is made here is the place where the
committee's letters wait for whoever was handed the code, and where that person can write again.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select

from intake.errors import MailboxTaken
from intake.schema import mailboxes


@dataclass(frozen=True, kw_only=True)
class NewMailbox:
    """What a mailbox begins with; digest is that of the first message, which the book has."""

    id: str
    recipient: str
    case_recipient: str
    case_signature: str
    digest: str


def make_mailbox(connection: Connection, made: NewMailbox, on: datetime.date) -> None:
    """Make the mailbox; the same again changes nothing, whatever it holds by then.

    Raises MailboxTaken if its id or its case belongs to another one.
    """
    found = connection.execute(
        select(mailboxes).where(
            or_(mailboxes.c.id == made.id, mailboxes.c.case_recipient == made.case_recipient)
        )
    ).all()
    wanted = (made.id, made.recipient, made.case_recipient, made.case_signature)
    there = [(row.id, row.recipient, row.case_recipient, row.case_signature) for row in found]
    if there == [wanted]:
        return
    if there:
        raise MailboxTaken("the mailbox or the case key exists already")
    connection.execute(
        insert(mailboxes).values(
            id=made.id,
            recipient=made.recipient,
            case_recipient=made.case_recipient,
            generation=1,
            case_signature=made.case_signature,
            head_n=1,
            head_digest=made.digest,
            on=on,
        )
    )
