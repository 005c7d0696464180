"""Investigators: people who come on no roster, make a key in their browser, and are shared a case.

The console keeps what an investigator's browser made and believes none of it. Two readers of a case
hear the fingerprint from the investigator and sign the public halves of the key into the share.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import enrolment as format_
from crypto.enrolment import Request
from crypto.errors import CryptoError
from crypto.roster import Roster, key_hash
from review import people
from review.roles import Role
from review.store import keys
from review.store import people as people_store
from review.store.people import Person


@dataclass(frozen=True)
class Key:
    """The key that an investigator has: the signed request with its public halves."""

    person: str
    name: str
    request: bytes = field(repr=False)
    recipient_hash: str
    verify_key: bytes = field(repr=False)


def is_one(person: Person, roster: Roster) -> bool:
    """Whether somebody is an investigator today."""
    return people.standing(person, roster) is Role.INVESTIGATOR


def has_account(connection: Connection, roster: Roster, person_id: str) -> bool:
    """Whether the person with this id is an investigator today."""
    person = people_store.by_id(connection, person_id)
    return person is not None and is_one(person, roster)


def key_of(connection: Connection, roster: Roster, person_id: str) -> Key | None:
    """The key of an investigator; None for anybody else, and for one who has made none."""
    person = people_store.by_id(connection, person_id)
    if person is None or not is_one(person, roster):
        return None
    made = keys.of_person(connection, person_id)
    request = None if made is None else _request(made.request)
    if request is None or (request.seat, request.installation) != (person_id, roster.installation):
        return None
    recipient = key_hash(request.recipient.text)
    return Key(person_id, person.name, request.document, recipient, request.verify_key)


def with_keys(connection: Connection, roster: Roster) -> tuple[Key, ...]:
    """Every investigator who has a key, by id."""
    waiting = (each.person_id for each in keys.all_waiting(connection))
    found = (key_of(connection, roster, person_id) for person_id in waiting)
    return tuple(each for each in found if each is not None)


def _request(data: bytes) -> Request | None:
    try:
        return format_.verify(data)
    except CryptoError:
        return None
