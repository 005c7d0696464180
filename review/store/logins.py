"""Logins: who has signed in where. The book holds a hash of each token and never the token.

A login ends 15 minutes after it was last used and 8 hours after it began, whichever is first, and
at once when it is signed out or when what the person signs in with changes elsewhere.
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
# Who exports, shares or changes keys has shown within this time that it is them.
CONFIRMED_SECONDS = 5 * 60
# By what a login began. By an invitation nothing is reached but the person's own sign-ins.
PASSWORD, CODE, PASSKEY, INVITATION = "password", "code", "passkey", "invitation"
# The idle clock is written at most this often, so that reading pages is not writing all the time.
SEEN_STEP = 60

Entropy = Callable[[int], bytes]


@dataclass(frozen=True)
class Login:
    """A login that has not ended."""

    token_hash: str = field(repr=False)
    person_id: str
    csrf: str = field(repr=False)
    means: str
    passkey: str | None
    started_at: int
    seen_at: int
    confirmed_at: int

    @property
    def id(self) -> str:
        """What a form names it by, which no cookie can be made from."""
        said = b"underrose/v1/login-id\n" + self.token_hash.encode()
        return hashlib.sha256(said).hexdigest()[:32]

    def is_confirmed(self, now: datetime) -> bool:
        """Whether the person has shown within five minutes that it is them."""
        return 0 <= int(now.timestamp()) - self.confirmed_at < CONFIRMED_SECONDS


def start(
    connection: Connection,
    person_id: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
    *,
    means: str = PASSWORD,
    passkey: str | None = None,
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
            means=means,
            passkey=passkey,
            started_at=seconds,
            seen_at=seconds,
            confirmed_at=seconds,
        )
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Login | None:
    """The login of this token, unless it has ended."""
    seconds = int(now.timestamp())
    row = connection.execute(
        select(logins).where(logins.c.token_hash == _hash(token), ~_ended(seconds))
    ).first()
    return None if row is None else Login(**row._mapping)


def of_person(connection: Connection, person_id: str, now: datetime) -> list[Login]:
    """A person's logins that have not ended, the newest first."""
    seconds = int(now.timestamp())
    found = select(logins).where(logins.c.person_id == person_id, ~_ended(seconds))
    rows = [Login(**row._mapping) for row in connection.execute(found)]
    return sorted(rows, key=lambda each: (-each.started_at, each.id))


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


def confirm(connection: Connection, login: Login, now: datetime) -> None:
    """Note that the person of a login has just shown that it is them."""
    connection.execute(
        update(logins)
        .where(logins.c.token_hash == login.token_hash)
        .values(confirmed_at=int(now.timestamp()))
    )


def end(connection: Connection, token: str) -> None:
    """End the login of this token; none is fine too."""
    connection.execute(delete(logins).where(logins.c.token_hash == _hash(token)))


def end_all(connection: Connection, person_id: str) -> None:
    """End every login of a person."""
    connection.execute(delete(logins).where(logins.c.person_id == person_id))


def end_others(connection: Connection, login: Login) -> None:
    """End every login of a person but this one."""
    connection.execute(
        delete(logins).where(
            logins.c.person_id == login.person_id, logins.c.token_hash != login.token_hash
        )
    )


def end_one(connection: Connection, login: Login) -> None:
    """End this login; one that has ended is fine too."""
    connection.execute(delete(logins).where(logins.c.token_hash == login.token_hash))


def _ended(now: int) -> ColumnElement[bool]:
    # A clock that was set back must not bring an ended login to life: the future counts as ended.
    return (
        (logins.c.seen_at <= now - IDLE_SECONDS)
        | (logins.c.started_at <= now - LONGEST_SECONDS)
        | (logins.c.seen_at > now + SEEN_STEP)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(b"underrose/v1/login\n" + token.encode()).hexdigest()
