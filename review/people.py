"""Who may have an account, who is still who they were, and whether a password is theirs.

Chair, member, alternate and counsel exist by the roster alone: an account for one of them only
attaches a sign-in to a roster id. Everybody else with an account must be listed there too, because
otherwise a submitter could not name them as involved; but for a candidate, who is to come on the
roster, and until then makes a key and sees nothing.
"""

import datetime
import io
import re
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto.document import is_id
from crypto.errors import CryptoError, WrongPassphrase
from crypto.passwords import check_password
from crypto.roster import MAX_NAME, Roster
from crypto.stanza import SCRYPT, read_header
from review.errors import PersonRefused, WrongSignIn
from review.roles import READERS, Role
from review.store import entries, invitations, logins, notices
from review.store import people as store
from review.store.people import Person

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
SHORTEST_PASSWORD = 12
# Who may have an identity file: the readers have their own, the secretary the secretariat's.
HOLDERS = READERS | {Role.SECRETARY}

# What a listed person's id says of their role, where it is one of the usual ones.
_USUAL_ROLES = {
    "investigator": Role.INVESTIGATOR,
    "secretary": Role.SECRETARY,
    "auditor": Role.RETENTION_AUDITOR,
    "retention-auditor": Role.RETENTION_AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What the operator gives for a new account; role only for somebody without a key."""

    person_id: str
    username: str
    role: Role | None = None
    password_hash: str | None = field(default=None, repr=False)
    identity: bytes | None = field(default=None, repr=False)
    # Of a candidate, whom no roster names yet.
    name: str | None = None


def enrol(
    connection: Connection, roster: Roster, enrolment: Enrolment, today: datetime.date
) -> Person:
    """Attach a sign-in to a person of the roster. Raises PersonRefused with the reason."""
    role, name = _role_and_name(roster, enrolment)
    _check(connection, enrolment, role)
    person = Person(
        id=enrolment.person_id,
        role=role,
        name=name,
        username=enrolment.username,
        password_hash=enrolment.password_hash,
        has_identity=enrolment.identity is not None,
        active=True,
    )
    store.add(connection, person, enrolment.identity)
    entries.record(
        connection,
        entries.Entry(type="person.enrolled", on=today, by=person.id, data={"role": role.value}),
    )
    return person


def change_password(connection: Connection, username: str, password_hash: str) -> None:
    """Give a person another password and end all their logins. Raises PersonRefused."""
    person = known(connection, username)
    store.set_password_hash(connection, person.id, password_hash)
    logins.end_all(connection, person.id)


def replace_identity(
    connection: Connection,
    roster: Roster,
    username: str,
    identity: bytes,
    today: datetime.date,
) -> None:
    """Keep another identity file for a person, as after a lost passphrase. Raises PersonRefused.

    It is the same identity under a new passphrase: whether it is can be seen by nobody here.
    """
    person = known(connection, username)
    if standing(person, roster) not in HOLDERS:
        raise PersonRefused("only a reader of the roster, or the secretary, holds an identity")
    _check_identity(identity)
    store.set_identity(connection, person.id, identity)
    logins.end_all(connection, person.id)
    data = {"person": person.id}
    entries.record(connection, entries.Entry(type="identity.recovered", on=today, data=data))


def remove(connection: Connection, roster: Roster, username: str, today: datetime.date) -> None:
    """Let a person sign in no more and end all their logins. Raises PersonRefused.

    The last administrator stays: nobody could attach a sign-in to another.
    """
    person = known(connection, username)
    if standing(person, roster) is Role.ADMINISTRATOR and not _others(connection, roster, person):
        raise PersonRefused("the last administrator cannot be taken away: attach another first")
    invitations.withdraw(connection, person.id)
    store.deactivate(connection, person.id)
    logins.end_all(connection, person.id)
    notices.set_address(connection, person.id, None)
    entries.record(
        connection,
        entries.Entry(type="person.left", on=today, by=person.id, data={"role": person.role.value}),
    )


def standing(person: Person, roster: Roster) -> Role | None:
    """What the person is to the committee today, or None if their account no longer counts."""
    if not person.active:
        return None
    reader = roster.reader(person.id)
    if reader is not None:
        return Role(reader.role)
    if person.role is Role.CANDIDATE:
        return Role.CANDIDATE
    if person.role in READERS or person.id not in roster.ids:
        return None
    return person.role


def check_sign_in(person: Person | None, password: str, other_hash: str) -> Person:
    """The person, if this is their password. Raises WrongSignIn, and says nothing more.

    Without a person or a password of theirs the other hash is checked instead, so that the time
    taken does not tell which names exist.
    """
    kept = person.password_hash if person is not None and person.active else None
    try:
        check_password(kept or other_hash, password)
    except WrongPassphrase:
        kept = None
    if person is None or kept is None:
        raise WrongSignIn("the name or the password is not right")
    return person


def _others(connection: Connection, roster: Roster, person: Person) -> bool:
    everybody = store.everybody(connection)
    return any(
        each.id != person.id and standing(each, roster) is Role.ADMINISTRATOR for each in everybody
    )


def _role_and_name(roster: Roster, enrolment: Enrolment) -> tuple[Role, str]:
    reader = roster.reader(enrolment.person_id)
    if enrolment.role is Role.CANDIDATE:
        return Role.CANDIDATE, _candidate_name(roster, enrolment)
    if reader is not None:
        if enrolment.role not in (None, Role(reader.role)):
            raise PersonRefused(f"the roster says that {reader.id} is {reader.role}")
        return Role(reader.role), reader.name
    listed = next((each for each in roster.listed if each.id == enrolment.person_id), None)
    if listed is None:
        raise PersonRefused(
            f"{enrolment.person_id} is not on the roster, so no submitter could name them"
        )
    role = enrolment.role or _USUAL_ROLES.get(listed.id)
    if role is None or role in READERS:
        raise PersonRefused(f"{listed.id} holds no key: give a role that needs none with --role")
    return role, listed.name


def _candidate_name(roster: Roster, enrolment: Enrolment) -> str:
    if roster.reader(enrolment.person_id) is not None:
        raise PersonRefused(f"{enrolment.person_id} has a seat already")
    if not is_id(enrolment.person_id):
        raise PersonRefused("a roster id is of 1 to 16 of a-z, 0-9 and -")
    listed = {each.id: each.name for each in roster.listed}
    name = enrolment.name or listed.get(enrolment.person_id)
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise PersonRefused(f"say who {enrolment.person_id} is with --name")
    return name


def _check(connection: Connection, enrolment: Enrolment, role: Role) -> None:
    if not USERNAME.fullmatch(enrolment.username):
        raise PersonRefused("a user name is of lower-case letters, digits, dots and dashes")
    if store.by_id(connection, enrolment.person_id) is not None:
        raise PersonRefused(f"{enrolment.person_id} has an account already")
    if store.by_username(connection, enrolment.username) is not None:
        raise PersonRefused("the user name is taken")
    if enrolment.identity is not None:
        if role not in HOLDERS:
            raise PersonRefused(f"a {role} holds no identity")
        _check_identity(enrolment.identity)


def _check_identity(identity: bytes) -> None:
    # An identity in clear, given by mistake, must not end up on the server.
    try:
        kinds = [stanza.kind for stanza in read_header(io.BytesIO(identity)).stanzas]
    except CryptoError:
        kinds = []
    if kinds != [SCRYPT]:
        raise PersonRefused("the identity file is not sealed with a passphrase")


def known(connection: Connection, username: str) -> Person:
    """The person with this user name. Raises PersonRefused."""
    person = store.by_username(connection, username)
    if person is None:
        raise PersonRefused("nobody has this user name")
    return person
