"""Challenges that were answered: each once, whoever else comes with the same answer."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from review.store.sign_in_schema import spent


def spend(connection: Connection, challenge: bytes, end: int, now: datetime) -> bool:
    """Whether nobody has answered this challenge before; from now on somebody has.

    Two at once are told apart by the key of the table: the later one's transaction does not commit.
    What has ended is cleared away.
    """
    connection.execute(delete(spent).where(spent.c.expires_at <= int(now.timestamp())))
    name = hashlib.sha256(b"underrose/v1/challenge\n" + challenge).hexdigest()
    if connection.execute(select(spent.c.hash).where(spent.c.hash == name)).first() is not None:
        return False
    connection.execute(insert(spent).values(hash=name, expires_at=end))
    return True
