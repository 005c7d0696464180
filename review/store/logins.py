"""Logins: who has signed in where. The book holds a hash of each token and never the token.

A login ends 15 minutes after it was last used and 8 hours after it began, whichever is first, and
at once when it is signed out or when the person's password changes.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from review.store.schema import logins

IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 8 * 60 * 60
# The idle clock is written at most this often, so that reading pages is not writing all the time.
SEEN_STEP = 60

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Login:
    """A login that has not ended."""

    token_hash: str = field(repr=False)
    person_id: str
    csrf: str = field(repr=False)
    seen_at: int


def start(
    connection: Connection,
    person_id: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> str:
    """A new token for this person, to be put into their cookie; ended logins are cleared away."""
    token = entropy(32).hex()
    seconds = int(now.timestamp())
    connection.execute(delete(logins).where(_ended(seconds)))
    connection.execute(
        insert(logins).values(
            token_hash=_hash(token),
            person_id=person_id,
            csrf=entropy(32).hex(),
            started_at=seconds,
            seen_at=seconds,
        )
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Login | None:
    """The login of this token, unless it has ended."""
    seconds = int(now.timestamp())
    row = connection.execute(
        select(logins).where(logins.c.token_hash == _hash(token), ~_ended(seconds))
    ).first()
    return None if row is None else Login(row.token_hash, row.person_id, row.csrf, row.seen_at)


def is_due(login: Login, now: datetime) -> bool:
    """Whether seen() would move the idle clock by enough to be worth a write."""
    return int(now.timestamp()) - login.seen_at >= SEEN_STEP


def seen(connection: Connection, login: Login, now: datetime) -> None:
    """Set the idle clock of a login back to its beginning."""
    connection.execute(
        update(logins)
        .where(logins.c.token_hash == login.token_hash)
        .values(seen_at=int(now.timestamp()))
    )


def end(connection: Connection, token: str) -> None:
    """End the login of this token; none is fine too."""
    connection.execute(delete(logins).where(logins.c.token_hash == _hash(token)))


def end_all(connection: Connection, person_id: str) -> None:
    """End every login of a person."""
    connection.execute(delete(logins).where(logins.c.person_id == person_id))


def _ended(now: int) -> ColumnElement[bool]:
    # A clock that was set back must not bring an ended login to life: the future counts as ended.
    return (
        (logins.c.seen_at <= now - IDLE_SECONDS)
        | (logins.c.started_at <= now - LONGEST_SECONDS)
        | (logins.c.seen_at > now + SEEN_STEP)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(b"underrose/v1/login\n" + token.encode()).hexdigest()
