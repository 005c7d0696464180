"""Who is to get the weekly notice: everybody who may sign in and has an address, and nobody else.

Nothing of any case is looked at here. The notice goes to everybody in the same words whether
anything has come in or not, so that neither its coming nor its staying away tells anything. What
sends it is in deploy/mail.py: nothing that serves pages can reach a mail server.
"""

import datetime
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto.roster import Roster
from review.errors import PersonRefused
from review.people import standing
from review.setting_values import ADDRESS
from review.store import notices as store
from review.store import people


@dataclass(frozen=True)
class Addressee:
    """A person and where they get mail."""

    person_id: str
    address: str = field(repr=False)


def week_of(day: datetime.date) -> datetime.date:
    """The Monday of a day's week, by which notices are told apart."""
    return day - datetime.timedelta(days=day.weekday())


def due(connection: Connection, roster: Roster, week: datetime.date) -> tuple[Addressee, ...]:
    """Who has not been sent the notice of the week yet, by id."""
    addresses = store.addresses(connection)
    sent = store.sent_in(connection, week)
    return tuple(
        Addressee(person.id, addresses[person.id])
        for person in people.everybody(connection)
        if person.id in addresses and person.id not in sent and standing(person, roster)
    )


def set_address(connection: Connection, username: str, address: str | None) -> None:
    """Send a person's notices there from now on, or nowhere. Raises PersonRefused."""
    person = people.by_username(connection, username)
    if person is None:
        raise PersonRefused("nobody has this user name")
    if address is not None and not ADDRESS.fullmatch(address):
        raise PersonRefused("this is not a mail address in plain letters")
    store.set_address(connection, person.id, address)
