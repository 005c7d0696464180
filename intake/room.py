"""How much one mailbox takes, so that nobody can make their own cost everybody.

What one person may need is less. Who has more to say can send it under another code.
"""

import datetime

from sqlalchemy import Connection, func, select

from intake.errors import MailboxFull
from intake.schema import deposits

MOST_MESSAGES = 500
MOST_IN_A_DAY = 30


def check_room(connection: Connection, mailbox_id: str, n: int, on: datetime.date) -> None:
    """Return if the submitter's n-th message may come on this day. Raises MailboxFull."""
    if n > MOST_MESSAGES:
        raise MailboxFull("the mailbox takes no more follow-ups")
    there = (deposits.c.mailbox_id == mailbox_id) & (deposits.c.on == on)
    today = connection.execute(select(func.count()).where(there)).scalar_one()
    if today >= MOST_IN_A_DAY:
        raise MailboxFull("the mailbox takes no more follow-ups on this day")
