"""What somebody changes of their own ways to sign in.

Whatever changes, every other login of theirs ends with it. The last way in is never taken away.
"""

import re

from sqlalchemy import Connection

from crypto.passwords import Strength, hash_password
from crypto.roster import Roster
from review import challenges, one_time, passkeys
from review.entering import Door
from review.errors import MeansRefused, WrongSignIn
from review.guessable import is_guessable
from review.people import SHORTEST_PASSWORD
from review.store import codes, invitations, logins, spent
from review.store import passkeys as passkey_store
from review.store import people as people_store
from review.store.database import reading, writing
from review.store.logins import Login
from review.store.people import Person

MOST_PASSKEYS = 10
LONGEST_NAME = 64
LONGEST_PASSWORD = 1024


def add_passkey(
    door: Door, roster: Roster, person: Person, login: Login, given: tuple[str, str]
) -> str | None:
    """Keep the passkey that a browser made; given is its name and the browser's answer.

    The token of a new login for who came by an invitation, which is used up: their earlier means
    are gone, as somebody else may have them. Raises WrongSignIn or MeansRefused.
    """
    name = _name(given[0])
    answer = passkeys.read_new(given[1])
    browser = login.token_hash
    end = challenges.check(door.store_key, challenges.ADD, browser, answer.challenge, door.now)
    made = passkeys.check_new(door.party(roster), answer)
    with writing(door.book) as connection:
        if not spent.spend(connection, answer.challenge, end, door.now):
            raise WrongSignIn("this answer was given before")
        if passkey_store.by_credential(connection, made.credential) is not None:
            raise MeansRefused("known")
        is_first = login.means == logins.INVITATION
        if is_first:
            _forget(connection, person)
        if len(passkey_store.of_person(connection, person.id)) >= MOST_PASSKEYS:
            raise MeansRefused("many")
        kept = passkey_store.add(
            connection,
            person.id,
            made.credential,
            made.public_key,
            made.sign_count,
            name,
            door.today,
        )
        if not is_first:
            logins.end_others(connection, login)
            return None
        logins.end_all(connection, person.id)
        return door.begin(connection, person, logins.PASSKEY, None, kept.id)


def rename_passkey(connection: Connection, person: Person, passkey_id: str, name: str) -> None:
    """Give a passkey another name. Raises MeansRefused."""
    if not passkey_store.rename(connection, person.id, passkey_id, _name(name)):
        raise MeansRefused("gone")


def remove_passkey(door: Door, person: Person, login: Login, passkey_id: str) -> None:
    """Take a passkey away, unless it is the last way in. Raises MeansRefused."""
    with writing(door.book) as connection:
        if not passkey_store.remove(connection, person.id, passkey_id):
            raise MeansRefused("gone")
        _check_way_in(door, connection, person)
        logins.end_others(connection, login)


def draw_secret(door: Door, roster: Roster, person: Person, login: Login) -> bytes:
    """What a person's one-time codes will be made from, once a code of it has been given.

    Raises MeansRefused. It is told this once and never again.
    """
    if not door.allow_code:
        raise MeansRefused("off")
    secret = one_time.new_secret()
    with writing(door.book) as connection:
        kept = codes.of_person(connection, person.id)
        if kept is not None and kept.confirmed and login.means != logins.INVITATION:
            raise MeansRefused("known")
        codes.put(connection, person.id, door.seal_secret(person.id, secret, roster))
    return secret


def confirm_code(door: Door, roster: Roster, person: Person, login: Login, code: str) -> None:
    """Let one-time codes count from now on. Raises MeansRefused."""
    with writing(door.book) as connection:
        kept = codes.of_person(connection, person.id)
        if kept is None or kept.confirmed or not door.allow_code:
            raise MeansRefused("gone")
        counter = one_time.matching(door.secret_of(kept, roster), code, door.now)
        if counter is None or not codes.take(connection, person.id, counter):
            raise MeansRefused("code")
        if login.means == logins.INVITATION and _has_password(connection, person):
            _used_up(connection, person)
        logins.end_others(connection, login)


def remove_code(door: Door, person: Person, login: Login) -> None:
    """Take the one-time codes away, unless they are the last way in. Raises MeansRefused."""
    with writing(door.book) as connection:
        codes.remove(connection, person.id)
        _check_way_in(door, connection, person)
        logins.end_others(connection, login)


def set_password(
    door: Door, person: Person, login: Login, given: tuple[str, str], strength: Strength
) -> None:
    """Give oneself another password, typed twice. Raises MeansRefused or TooManyTries."""
    first, second = given
    if not (door.allow_code or door.allow_password):
        raise MeansRefused("off")
    if first != second:
        raise MeansRefused("differs")
    if not SHORTEST_PASSWORD <= len(first) <= LONGEST_PASSWORD // 4:
        raise MeansRefused("short")
    if is_guessable(first, _known(door, person)):
        raise MeansRefused("guessable")
    with door.turn():
        hashed = hash_password(first, strength)
    with writing(door.book) as connection:
        people_store.set_password_hash(connection, person.id, hashed)
        kept = codes.of_person(connection, person.id)
        if login.means == logins.INVITATION and kept is not None and kept.confirmed:
            _used_up(connection, person)
        logins.end_others(connection, login)


def _known(door: Door, person: Person) -> list[str]:
    """What everybody knows of a person and of the place."""
    with reading(door.book) as connection:
        roster = door.roster(connection)
    return [person.username, person.name, roster.committee, door.origin or ""]


def has_means(connection: Connection, person: Person) -> bool:
    """Whether somebody has ever been given anything to sign in with, and still has it."""
    kept = codes.of_person(connection, person.id)
    has_code = kept is not None and kept.confirmed
    has_passkey = passkey_store.of_person(connection, person.id) != []
    return has_passkey or has_code or person.password_hash is not None


def _check_way_in(door: Door, connection: Connection, person: Person) -> None:
    """Return if a way in is left. Raises MeansRefused, which undoes the transaction."""
    if any(not each.doubted for each in passkey_store.of_person(connection, person.id)):
        return
    kept = codes.of_person(connection, person.id)
    has_code = door.allow_code and kept is not None and kept.confirmed
    if not (_has_password(connection, person) and (has_code or door.allow_password)):
        raise MeansRefused("last")


def _has_password(connection: Connection, person: Person) -> bool:
    now = people_store.by_id(connection, person.id)
    return now is not None and now.password_hash is not None


def _forget(connection: Connection, person: Person) -> None:
    codes.remove(connection, person.id)
    people_store.set_password_hash(connection, person.id, None)
    _used_up(connection, person)


def _used_up(connection: Connection, person: Person) -> None:
    # Whoever needs an invitation has lost what was before, and somebody else may have found it.
    passkey_store.remove_all(connection, person.id)
    invitations.withdraw(connection, person.id)


def _name(text: str) -> str:
    name = re.sub(r"\s+", " ", text).strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise MeansRefused("name")
    return name
