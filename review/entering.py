"""Coming in, and showing again that it is oneself: by a passkey, by a password, by an invitation.

Unknown, known, disabled and wrong are one refusal after the same work. What was shown counts once:
a challenge is spent and a one-time code is taken in the transaction that begins the login.
"""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from crypto import shredding
from crypto.roster import Roster
from review import challenges, one_time, passkeys, people
from review.derived import key_for
from review.errors import WrongSignIn
from review.passkeys import Party
from review.store import codes, entries, invitations, logins, spent
from review.store import passkeys as passkey_store
from review.store import people as people_store
from review.store.codes import Code
from review.store.database import reading, writing
from review.store.entries import Entry
from review.store.logins import Login
from review.store.passkeys import Passkey
from review.store.people import Person

_NO_SECRET = bytes(one_time.SECRET_SIZE)
_NOBODY = ""


@dataclass(frozen=True)
class Shown:
    """A passkey whose answer was right, not counted yet."""

    passkey: Passkey
    sign_count: int
    challenge: bytes = field(repr=False)
    end: int


@dataclass(frozen=True, kw_only=True)
class Door:
    """What people come in by, at one moment of one day."""

    book: Engine
    roster: Callable[[Connection], Roster]
    store_key: bytes = field(repr=False)
    other_hash: str = field(repr=False)
    turn: Callable[[], AbstractContextManager[None]]
    origin: str | None
    allow_code: bool
    allow_password: bool
    now: datetime.datetime
    today: datetime.date

    def party(self, roster: Roster) -> Party:
        """For whom passkeys are made. Raises WrongSignIn where none are."""
        if self.origin is None:
            raise WrongSignIn("no passkeys without the console's address")
        return Party(self.origin, roster.committee, roster.installation)

    def challenge(self, purpose: str, browser: str) -> bytes:
        """A new challenge for this browser."""
        return challenges.make(self.store_key, purpose, browser, self.now)

    def shown(self, purpose: str, browser: str, text: str) -> Shown:
        """The passkey that a browser has shown for this purpose. Raises WrongSignIn."""
        answer = passkeys.read_shown(text)
        end = challenges.check(self.store_key, purpose, browser, answer.challenge, self.now)
        with reading(self.book) as connection:
            roster = self.roster(connection)
            passkey = passkey_store.by_credential(connection, answer.credential)
            person_id = _NOBODY if passkey is None else passkey.person_id
            person = people_store.by_id(connection, person_id)
        if person is None or people.standing(person, roster) is None:
            passkey = None
        count = passkeys.check_shown(self.party(roster), answer, passkey)
        if passkey is None or passkey.doubted:
            raise WrongSignIn("the passkey signs in no more")
        if passkeys.is_copy(passkey, count):
            with writing(self.book) as connection:
                passkey_store.doubt(connection, passkey)
            raise WrongSignIn("the passkey's counter went back")
        return Shown(passkey, count, answer.challenge, end)

    def count(self, connection: Connection, shown: Shown) -> None:
        """Let what was shown count, this once. Raises WrongSignIn if it has, or is gone."""
        once = spent.spend(connection, shown.challenge, shown.end, self.now)
        if not once or not passkey_store.used(
            connection, shown.passkey, shown.sign_count, self.today
        ):
            raise WrongSignIn("this answer was given before")

    def enter_by_passkey(self, browser: str, text: str) -> str:
        """The token of a new login. Raises WrongSignIn."""
        shown = self.shown(challenges.SIGN_IN, browser, text)
        with writing(self.book) as connection:
            person = people_store.by_id(connection, shown.passkey.person_id)
            if person is None or not person.active:
                raise WrongSignIn("the account was closed meanwhile")
            self.count(connection, shown)
            return self.begin(connection, person, logins.PASSKEY, browser, shown.passkey.id)

    def enter_by_password(
        self, username: str, password: str, code: str, browser: str | None
    ) -> str:
        """The token of a new login. Raises WrongSignIn or TooManyTries."""
        with reading(self.book) as connection:
            person = people_store.by_username(connection, username)
            roster = self.roster(connection)
        if person is not None and people.standing(person, roster) is None:
            person = None
        means, person = self._checked(person, roster, password, code)
        if person is None:
            raise WrongSignIn("the name, the password or the code is not right")
        with writing(self.book) as connection:
            now = people_store.by_id(connection, person.id)
            if now is None or not now.active or now.password_hash != person.password_hash:
                raise WrongSignIn("the password was changed meanwhile")
            return self.begin(connection, person, means, browser)

    def enter_by_invitation(self, given: str, browser: str | None) -> str:
        """The token of a login in which a passkey can be made and nothing else be done.

        Raises WrongSignIn. The invitation goes on counting until a means has been made, and each
        use ends the login of the one before.
        """
        with writing(self.book) as connection:
            person_id = invitations.invited(connection, given, self.now)
            person = people_store.by_id(connection, person_id or _NOBODY)
            if person is None or people.standing(person, self.roster(connection)) is None:
                raise WrongSignIn("nobody is invited by this")
            for login in logins.of_person(connection, person.id, self.now):
                if login.means == logins.INVITATION:
                    logins.end_one(connection, login)
            return self.begin(connection, person, logins.INVITATION, browser)

    def confirm_by_passkey(self, login: Login, text: str) -> None:
        """Note that the person of a login is there. Raises WrongSignIn."""
        shown = self.shown(challenges.CONFIRM, login.token_hash, text)
        if shown.passkey.person_id != login.person_id:
            raise WrongSignIn("somebody else's passkey")
        with writing(self.book) as connection:
            self.count(connection, shown)
            logins.confirm(connection, login, self.now)

    def confirm_by_password(self, login: Login, person: Person, password: str, code: str) -> None:
        """Note that the person of a login is there. Raises WrongSignIn or TooManyTries."""
        with reading(self.book) as connection:
            roster = self.roster(connection)
        if self._checked(person, roster, password, code)[1] is None:
            raise WrongSignIn("the password or the code is not right")
        with writing(self.book) as connection:
            logins.confirm(connection, login, self.now)

    def begin(
        self,
        connection: Connection,
        person: Person,
        means: str,
        earlier: str | None,
        passkey: str | None = None,
    ) -> str:
        """A new login with a token that nobody has seen, in the place of the browser's earlier."""
        if earlier is not None:
            logins.end(connection, earlier)
        token = logins.start(connection, person.id, self.now, means=means, passkey=passkey)
        told = Entry(type="login.started", on=self.today, by=person.id, data={"means": means})
        entries.record(connection, told)
        return token

    def secret_of(self, code: Code, roster: Roster) -> bytes:
        """What a person's codes are made from."""
        return shredding.open_row(self._codes_key(), code.sealed, place(roster, code.person_id))

    def seal_secret(self, person_id: str, secret: bytes, roster: Roster) -> bytes:
        """The same as it is kept, for this person's row alone."""
        return shredding.seal_row(self._codes_key(), secret, place(roster, person_id))

    def _codes_key(self) -> bytes:
        return key_for(self.store_key, "one-time codes")

    def _checked(
        self, person: Person | None, roster: Roster, password: str, code: str
    ) -> tuple[str, Person | None]:
        """By what this is the person, or nobody. Raises TooManyTries.

        A wrong code is counted by whoever has the password alone, and the work of counting is done
        for everybody else too.
        """
        with self.turn():
            try:
                found: Person | None = people.check_sign_in(person, password, self.other_hash)
            except WrongSignIn:
                found = None
        if not self.allow_code:
            return logins.PASSWORD, found if self.allow_password else None
        person_id = _NOBODY if found is None else found.id
        with writing(self.book) as connection:
            kept = codes.of_person(connection, person_id)
            has_one = kept is not None and kept.confirmed
            if self._is_next_code(connection, kept if has_one else None, roster, code):
                return logins.CODE, found
            codes.count_wrong(connection, person_id, self.today)
        alone = self.allow_password and not has_one
        return logins.PASSWORD, found if alone else None

    def _is_next_code(
        self, connection: Connection, kept: Code | None, roster: Roster, code: str
    ) -> bool:
        secret = _NO_SECRET if kept is None else self.secret_of(kept, roster)
        counter = one_time.matching(secret, code, self.now)
        if kept is None or counter is None or not kept.is_open(self.today):
            return False
        return codes.take(connection, kept.person_id, counter)


def place(roster: Roster, person_id: str) -> shredding.RowPlace:
    """Where the secret of a person's one-time codes opens."""
    return shredding.RowPlace(roster.installation, "book", "codes", "sealed", person_id)
