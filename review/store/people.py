"""The people with an account: who they are in the book, and their sealed identity file.

An account makes nobody a reader. Whether somebody is chair, member, alternate or counsel is the
roster's word, which review/people.py compares at every request.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from review.roles import Role
from review.store.schema import people


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account. has_identity says whether an identity file is kept for them."""

    id: str
    role: Role
    name: str
    username: str
    password_hash: str | None = field(repr=False)
    has_identity: bool
    active: bool


_COLUMNS = (
    *(people.c[each.name] for each in fields(Person) if each.name != "has_identity"),
    people.c.identity.is_not(None).label("has_identity"),
)


def add(connection: Connection, person: Person, identity: bytes | None) -> None:
    """Keep a new person. The caller has checked that id and user name are free."""
    connection.execute(
        insert(people).values(
            id=person.id,
            role=person.role.value,
            name=person.name,
            username=person.username,
            password_hash=person.password_hash,
            identity=identity,
            active=person.active,
        )
    )


def by_id(connection: Connection, person_id: str) -> Person | None:
    """The person with this id, active or not."""
    return _person(connection.execute(select(*_COLUMNS).where(people.c.id == person_id)).first())


def by_username(connection: Connection, username: str) -> Person | None:
    """The person with this user name, active or not."""
    found = select(*_COLUMNS).where(people.c.username == username)
    return _person(connection.execute(found).first())


def everybody(connection: Connection) -> list[Person]:
    """Everybody with an account, active or not, by id."""
    rows = connection.execute(select(*_COLUMNS).order_by(people.c.id))
    return [person for person in map(_person, rows) if person is not None]


def identity_file(connection: Connection, person_id: str) -> bytes | None:
    """The sealed identity file of a person, or None."""
    return connection.execute(select(people.c.identity).where(people.c.id == person_id)).scalar()


def set_password_hash(connection: Connection, person_id: str, password_hash: str | None) -> None:
    """Replace a person's password hash. The caller ends their logins in the same transaction."""
    connection.execute(
        update(people).where(people.c.id == person_id).values(password_hash=password_hash)
    )


def set_identity(connection: Connection, person_id: str, identity: bytes) -> None:
    """Replace a person's identity file, still sealed."""
    connection.execute(update(people).where(people.c.id == person_id).values(identity=identity))


def candidates(connection: Connection) -> list[Person]:
    """Who is to come on the roster and can sign in to make a key."""
    found = select(*_COLUMNS).where(people.c.role == Role.CANDIDATE.value, people.c.active)
    rows = connection.execute(found.order_by(people.c.id))
    return [person for row in rows if (person := _person(row)) is not None]


def seat(connection: Connection, person_id: str, role: Role, name: str) -> None:
    """Make a candidate what the roster says they are from now on."""
    changed = update(people).where(people.c.id == person_id)
    connection.execute(changed.values(role=role.value, name=name))


def deactivate(connection: Connection, person_id: str) -> None:
    """Let a person sign in no more; what they did stays under their id."""
    connection.execute(update(people).where(people.c.id == person_id).values(active=False))


def _person(row: Row[Any] | None) -> Person | None:
    if row is None:
        return None
    values = dict(row._mapping)
    return Person(**{**values, "role": Role(values["role"])})
