"""What the administrator does with sign-ins: attach, invite, end logins, take away.

None of it reads anything of a case. Who reads cases and has had a way in gets a new one only when
two others of the committee have said so; the last administrator stays.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.roster import Roster
from review import people
from review.errors import PersonRefused
from review.own_means import has_means
from review.people import Enrolment
from review.roles import READERS, Role
from review.store import invitations, logins, passkeys, recoveries
from review.store import people as people_store
from review.store.people import Person


@dataclass(frozen=True)
class SignIn:
    """One person's line on the administrator's page: how many of each, and of secrets nothing."""

    person: Person
    role: Role | None
    passkeys: int
    used_on: datetime.date | None
    invited_until: int | None
    logins: int
    recovery: str | None


def lines(connection: Connection, roster: Roster, now: datetime.datetime) -> list[SignIn]:
    """Everybody with an account, by name."""
    counted, invited = passkeys.counts(connection), invitations.waiting(connection, now)
    lost = recoveries.all_open(connection)
    return [
        SignIn(
            person,
            people.standing(person, roster),
            *counted.get(person.id, (0, None)),
            invited.get(person.id),
            len(logins.of_person(connection, person.id, now)),
            _recovery(lost, person.id),
        )
        for person in people_store.everybody(connection)
    ]


def without_one(connection: Connection, roster: Roster) -> list[tuple[str, str, bool]]:
    """Who is on the roster and has no account: id, name, whether they hold a key."""
    known = {person.id for person in people_store.everybody(connection)}
    found = [(each.id, each.name, True) for each in roster.readers]
    found += [(each.id, each.name, False) for each in roster.listed]
    return [each for each in found if each[0] not in known]


def attach(
    connection: Connection,
    roster: Roster,
    given: tuple[str, str, str],
    today: datetime.date,
) -> Person:
    """Give a person of the roster an account without any way in; given is id, user name, role.

    Raises PersonRefused.
    """
    person_id, username, role = given
    try:
        wanted = Role(role) if role else None
    except ValueError:
        raise PersonRefused("there is no such role") from None
    return people.enrol(
        connection,
        roster,
        Enrolment(person_id=person_id, username=username, role=wanted),
        today,
    )


def invite(
    connection: Connection,
    roster: Roster,
    person_id: str,
    by: str | None,
    now: datetime.datetime,
) -> str:
    """An invitation, to be handed over and never shown again. Raises PersonRefused.

    by is the administrator, or nobody on the host.
    """
    person = people_store.by_id(connection, person_id)
    role = None if person is None else people.standing(person, roster)
    if person is None or role is None:
        raise PersonRefused("nobody on the roster has this sign-in")
    if role in READERS and has_means(connection, person):
        if not recoveries.is_agreed(connection, person_id):
            raise PersonRefused(
                "two others of the committee must agree first that a reader of cases gets a new "
                "way in"
            )
        recoveries.close(connection, person_id)
    return invitations.make(connection, person_id, by, now)


def ask(connection: Connection, roster: Roster, person_id: str, today: datetime.date) -> None:
    """Ask two others about a reader who lost every way in. Raises PersonRefused."""
    person = people_store.by_id(connection, person_id)
    if person is None or people.standing(person, roster) not in READERS:
        raise PersonRefused("only a reader of cases needs the others for a new way in")
    recoveries.ask(connection, person_id, today)


def take_away(connection: Connection, roster: Roster, person_id: str, today: datetime.date) -> None:
    """Let somebody sign in no more. Raises PersonRefused."""
    person = people_store.by_id(connection, person_id)
    if person is None or not person.active:
        raise PersonRefused("nobody has this sign-in")
    people.remove(connection, roster, person.username, today)


def end_logins(connection: Connection, person_id: str) -> None:
    """End every login of somebody."""
    logins.end_all(connection, person_id)


def _recovery(lost: dict[str, str | None], person_id: str) -> str | None:
    if person_id not in lost:
        return None
    return "agreed" if lost[person_id] else "asked"
