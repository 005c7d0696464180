"""Invitations: at most one to a person, kept as a hash, for three days, until a means is made."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from review.store.sign_in_schema import invitations

LIFE_SECONDS = 3 * 24 * 60 * 60
# 120 bits, 24 letters and digits.
_SIZE = 15
_SPELLED = re.compile(r"[A-Z2-7]{24}")

Entropy = Callable[[int], bytes]


def make(
    connection: Connection,
    person_id: str,
    by: str | None,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> str:
    """A new invitation as it is handed over, in the place of the one before."""
    connection.execute(delete(invitations).where(invitations.c.person_id == person_id))
    text = base64.b32encode(entropy(_SIZE)).decode("ascii")
    connection.execute(
        insert(invitations).values(
            person_id=person_id,
            hash=_hash(text),
            by=by,
            expires_at=int(now.timestamp()) + LIFE_SECONDS,
        )
    )
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def invited(connection: Connection, given: str, now: datetime) -> str | None:
    """The id of the person whom this invitation is for, if it still counts."""
    text = re.sub(r"[\s-]", "", given).upper()
    hashed = _hash(text if _SPELLED.fullmatch(text) else "")
    found = select(invitations.c.person_id).where(
        invitations.c.hash == hashed, invitations.c.expires_at > int(now.timestamp())
    )
    return connection.execute(found).scalar()


def waiting(connection: Connection, now: datetime) -> dict[str, int]:
    """Until when each person who was invited can come, in seconds since 1970."""
    found = select(invitations.c.person_id, invitations.c.expires_at).where(
        invitations.c.expires_at > int(now.timestamp())
    )
    return {row.person_id: row.expires_at for row in connection.execute(found)}


def withdraw(connection: Connection, person_id: str) -> None:
    """Let a person's invitation count no more; none is fine too."""
    connection.execute(delete(invitations).where(invitations.c.person_id == person_id))


def _hash(text: str) -> str:
    return hashlib.sha256(b"underrose/v1/invitation\n" + text.encode()).hexdigest()
