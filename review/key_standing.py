"""How it stands with the committee's people and keys: one picture for those who look after it."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.roster import Roster, key_hash, parse, spoken
from review import enrolment
from review.store import keys, rosters
from review.store import people as people_store

# When a roster is about to end, and a ceremony takes some weeks to arrange.
WARNED_DAYS = 60


@dataclass(frozen=True)
class Line:
    """One reader: since when with this key, and what is missing. copy is None where the console
    cannot tell: a ceremony keeps its own copies."""

    id: str
    name: str
    title: str
    role: str
    since: datetime.date
    fingerprint: str
    signs_in: bool
    has_key: bool
    copy: bool | None
    passkeys: int


@dataclass(frozen=True)
class Request:
    """A key that somebody made and that waits for the ceremony."""

    id: str
    name: str
    on: datetime.date
    fits: bool


@dataclass(frozen=True)
class Standing:
    """All of it. ends_in is how many days the roster still counts, below zero when it has ended."""

    readers: tuple[Line, ...]
    requests: tuple[Request, ...]
    ends_in: int

    @property
    def ends_soon(self) -> bool:
        """Whether it is time to arrange a ceremony."""
        return self.ends_in <= WARNED_DAYS


def of_the_committee(connection: Connection, roster: Roster, today: datetime.date) -> Standing:
    """Who reads from which day on, with which key, and whose requests wait.

    It says nothing of any request's fingerprint: that is read from its maker's screen alone.
    """
    return Standing(
        _readers(connection, roster),
        _requests(connection, roster),
        (roster.expires_on - today).days,
    )


def _readers(connection: Connection, roster: Roster) -> tuple[Line, ...]:
    since = _since(connection, roster)
    copies = keys.with_files(connection, keys.RECOVERY)
    made = keys.own_keys(connection)
    lines = []
    for each in roster.readers:
        key = key_hash(each.recipient.text)
        person = people_store.by_id(connection, each.id)
        has_copy = (each.id, key) in copies
        lines.append(
            Line(
                id=each.id,
                name=each.name,
                title=each.title,
                role=each.role,
                since=since[each.id],
                fingerprint=spoken(key),
                signs_in=person is not None and person.active,
                has_key=person is not None and person.has_identity,
                copy=has_copy if has_copy or (each.id, key) in made else None,
                passkeys=len(keys.files(connection, each.id, key, keys.PASSKEY)),
            )
        )
    return tuple(lines)


def _requests(connection: Connection, roster: Roster) -> tuple[Request, ...]:
    found = []
    for each in enrolment.waiting(connection, roster):
        person = people_store.by_id(connection, each.person_id)
        name = each.person_id if person is None else person.name
        found.append(Request(each.person_id, name, each.on, enrolment.fits(each, roster)))
    return tuple(found)


def _since(connection: Connection, roster: Roster) -> dict[str, datetime.date]:
    """From which day on each reader has read with the key they have, without a break."""
    since = {each.id: roster.issued_on for each in roster.readers}
    unbroken = dict.fromkeys(since, True)
    documents = list(rosters.all_rosters(connection).values())
    for older in map(parse, reversed(documents)):
        for each in roster.readers:
            known = older.reader(each.id)
            unbroken[each.id] &= known is not None and known.recipient == each.recipient
            if unbroken[each.id]:
                since[each.id] = older.issued_on
    return since
