"""People's passkeys: the public half of each, its name, counter, and the day of its last use."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select, update

from review.store.sign_in_schema import passkeys

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """One passkey. credential is the authenticator's own name for it, in base64url."""

    id: str
    person_id: str
    credential: str = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    name: str
    added_on: date
    used_on: date | None
    doubted: bool


def add(
    connection: Connection,
    person_id: str,
    credential: str,
    public_key: bytes,
    sign_count: int,
    name: str,
    today: date,
    entropy: Entropy = secrets.token_bytes,
) -> Passkey:
    """Keep a new passkey. The caller has checked that nobody has this credential."""
    made = Passkey(
        id=entropy(16).hex(),
        person_id=person_id,
        credential=credential,
        public_key=public_key,
        sign_count=sign_count,
        name=name,
        added_on=today,
        used_on=None,
        doubted=False,
    )
    connection.execute(insert(passkeys).values(**vars(made)))
    return made


def of_person(connection: Connection, person_id: str) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    found = select(passkeys).where(passkeys.c.person_id == person_id)
    rows = [Passkey(**row._mapping) for row in connection.execute(found)]
    return sorted(rows, key=lambda each: (each.added_on, each.name, each.id))


def count_of(connection: Connection, person_id: str) -> int:
    """How many passkeys somebody has that sign in."""
    own = (passkeys.c.person_id == person_id, passkeys.c.doubted.is_(False))
    return connection.execute(select(func.count()).where(*own)).scalar_one()


def counts(connection: Connection) -> dict[str, tuple[int, date | None]]:
    """How many passkeys each person has, and the day on which one was last used."""
    found = select(
        passkeys.c.person_id, func.count().label("many"), func.max(passkeys.c.used_on).label("used")
    ).group_by(passkeys.c.person_id)
    return {row.person_id: (row.many, row.used) for row in connection.execute(found)}


def by_credential(connection: Connection, credential: str) -> Passkey | None:
    """The passkey that an authenticator names so."""
    found = select(passkeys).where(passkeys.c.credential == credential)
    row = connection.execute(found).first()
    return None if row is None else Passkey(**row._mapping)


def used(connection: Connection, passkey: Passkey, sign_count: int, today: date) -> bool:
    """Note a use, unless the passkey is gone, doubted or was used meanwhile; say whether it was."""
    done = connection.execute(
        update(passkeys)
        .where(
            passkeys.c.id == passkey.id,
            passkeys.c.sign_count == passkey.sign_count,
            passkeys.c.doubted.is_(False),
        )
        .values(sign_count=sign_count, used_on=today)
    )
    return done.rowcount == 1


def doubt(connection: Connection, passkey: Passkey) -> None:
    """Remember that there may be a copy of this passkey: it signs in no more."""
    connection.execute(update(passkeys).where(passkeys.c.id == passkey.id).values(doubted=True))


def rename(connection: Connection, person_id: str, passkey_id: str, name: str) -> bool:
    """Give a person's passkey another name; whether there is one."""
    done = connection.execute(
        update(passkeys)
        .where(passkeys.c.id == passkey_id, passkeys.c.person_id == person_id)
        .values(name=name)
    )
    return done.rowcount == 1


def remove(connection: Connection, person_id: str, passkey_id: str) -> bool:
    """Take a person's passkey away; whether there was one."""
    done = connection.execute(
        delete(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.person_id == person_id)
    )
    return done.rowcount == 1


def remove_all(connection: Connection, person_id: str) -> None:
    """Take all of a person's passkeys away."""
    connection.execute(delete(passkeys).where(passkeys.c.person_id == person_id))
