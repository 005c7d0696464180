"""What the views work with, put together once by create_app, and who is asking this time."""

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine

from crypto.passwords import Strength
from crypto.policy import Policy
from crypto.roster import Roster
from review.entering import Door
from review.errors import NotSignedIn
from review.roles import INVITED, Act, Role, may
from review.settings import Settings
from review.store import rosters, shred
from review.store.database import reading
from review.store.logins import INVITATION, Login
from review.store.people import Person
from review.store.shred import Locksmith, RowKey
from review.web.limits import Turns

EXTENSION = "review"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The collaborators of every view."""

    settings: Settings
    book: Engine
    shred: Engine
    store_key: bytes = field(repr=False)
    # A hash of no password, checked when there is no hash to check.
    other_hash: str = field(repr=False)
    turns: Turns
    strength: Strength
    # An export reads the whole ledger, so one is made at a time.
    exports: Turns
    # Whose cosignatures and reports are taken in; None for nobody's.
    policy: Policy | None = field(repr=False)
    now: Callable[[], datetime.datetime]

    @property
    def today(self) -> datetime.date:
        """The installation's civil day."""
        return self.settings.day(self.now())

    def roster(self, connection: Connection) -> Roster:
        """The current roster of the book. Raises RosterUnusable."""
        settings = self.settings
        return rosters.current_roster(connection, settings.root_key, demo=settings.demo)

    def door(self) -> Door:
        """What people come in by, now."""
        settings, now = self.settings, self.now()
        return Door(
            book=self.book,
            roster=self.roster,
            store_key=self.store_key,
            other_hash=self.other_hash,
            turn=self.turns.take,
            origin=settings.origin,
            allow_code=settings.allow_code,
            allow_password=settings.allow_password,
            now=now,
            today=settings.day(now),
        )

    def kept_among(self, case_ids: Collection[str]) -> frozenset[str]:
        """Those of these cases whose shred key has not been destroyed."""
        with reading(self.shred) as connection:
            return shred.kept_among(connection, case_ids)

    def row_key(self, case_id: str) -> RowKey:
        """What opens and seals the rows of a case. Raises KeyDestroyed."""
        locksmith = Locksmith(visitor().roster.installation, self.store_key)
        with reading(self.shred) as connection:
            return locksmith.key_of(connection, case_id)


@dataclass(frozen=True)
class Visitor:
    """Who is asking: a person who has signed in and still is what the roster says."""

    person: Person
    role: Role
    login: Login = field(repr=False)
    roster: Roster = field(repr=False)
    passkeys: int = 0

    def may(self, act: Act) -> bool:
        """Whether the table of roles lets this person do this at all, as they came in."""
        return may(self.role, act) and (act in INVITED or not self.is_invited)

    @property
    def is_invited(self) -> bool:
        """Whether this person came by an invitation and has only a passkey to make."""
        return self.login.means == INVITATION

    def is_confirmed(self, now: datetime.datetime) -> bool:
        """Whether this person has shown of late that it is them. An invitation does so itself."""
        return self.is_invited or self.login.is_confirmed(now)

    @property
    def confirms_by_password(self) -> bool:
        """Whether a password shows here that it is this person."""
        settings = parts().settings
        allowed = settings.allow_password or settings.allow_code
        return allowed and self.person.password_hash is not None

    @property
    def confirms_by_code(self) -> bool:
        """Whether one-time codes are in use here."""
        return parts().settings.allow_code

    @property
    def needs_code(self) -> bool:
        """Whether a password alone shows nothing."""
        return not parts().settings.allow_password

    @property
    def sees_sign_ins(self) -> bool:
        """Whether this person attaches sign-ins."""
        return self.may(Act.SEE_SIGN_INS)

    @property
    def may_list_cases(self) -> bool:
        """Whether this person has an inbox."""
        return self.may(Act.LIST_CASES)

    @property
    def records_concerns(self) -> bool:
        """Whether this person records what came by letter, by telephone or in person."""
        return self.may(Act.RECORD_CONCERN)

    @property
    def ledger_page(self) -> str | None:
        """Where this person sees as much of the ledger as they may."""
        if self.may(Act.SEE_LEDGER):
            return "/ledger"
        return "/ledger/root" if self.may(Act.SEE_ROOT) else None

    @property
    def sees_charter(self) -> bool:
        """Whether the charter's book is for this person."""
        return self.may(Act.SEE_CHARTER)

    @property
    def records_charter(self) -> bool:
        """Whether this person writes the charter's book."""
        return self.may(Act.RECORD_CHARTER)

    @property
    def keeps_documents(self) -> bool:
        """Whether this person brings documents of the charter."""
        return self.may(Act.KEEP_DOCUMENT)

    @property
    def has_keyring(self) -> bool:
        """Whether this person can unlock something in the browser."""
        return self.may(Act.FETCH_IDENTITY) and self.person.has_identity


def attach(app: Flask, parts: Parts) -> None:
    """Give an application its parts."""
    app.extensions[EXTENSION] = parts


def parts() -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = current_app.extensions[EXTENSION]
    return found


def visitor() -> Visitor:
    """Who is asking. Raises NotSignedIn on the pages that are open to everybody."""
    found: Visitor | None = g.get("visitor")
    if found is None:
        raise NotSignedIn("nobody is signed in")
    return found
