"""Acts are of people of the roster, whose role may do them, while they are there.

Which people the roster has is known by the day: on the day on which a roster is published both it
and the one before count. Roles of people without a key are those they were enrolled in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from crypto.roster import Roster
from review.audit import earlier
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.known import Walked
from review.audit.place import Place
from review.roles import READERS, Act, Role, may

# An export of the charter's book, which another role makes than one for the auditor.
_CHARTER_EXPORTED = b"exported charter"
_READER = b'"reader":"charter"'
# A redacted copy of one message, which its readers make.
_COPIED = b"exported redacted"
_COPY = b'"reader":"redacted"'
# A case as a whole, still sealed, which its readers take away.
_TAKEN = b"exported case"
_CASE = b'"reader":"case"'

# What each type of entry takes of whoever did it. None: having an account is enough.
_ACTS: Mapping[bytes, Act | None] = MappingProxyType(
    {
        b"concern.recorded": Act.RECORD_CONCERN,
        b"case.opened": Act.OPEN_CASE,
        b"case.read": Act.OPEN_CASE,
        b"reply.left": Act.REPLY,
        b"note.left": Act.NOTE,
        b"case.moved": Act.TAKE_STEP,
        b"case.closed": Act.TAKE_STEP,
        earlier.MOVED: Act.TAKE_STEP,
        earlier.CLOSED: Act.TAKE_STEP,
        b"case.recused": Act.RECUSE,
        b"case.keyed": Act.GIVE_CASE_KEY,
        b"case.shared": Act.SHARE_CASE,
        b"case.released": Act.RELEASE_CASE,
        # Whatever a proposal is about, its signatures are looked at when it is done.
        b"act.proposed": None,
        b"act.withdrawn": None,
        b"login.started": None,
        b"sign-in.renewed": Act.AGREE_RECOVERY,
        b"text.changed": Act.CHANGE_TEXTS,
        b"hold.placed": Act.PLACE_HOLD,
        b"hold.released": Act.RELEASE_HOLD,
        b"hold.notified": Act.PLACE_HOLD,
        b"hold.acknowledged": Act.PLACE_HOLD,
        b"hold.reviewed": Act.PLACE_HOLD,
        b"schedule.changed": Act.CHANGE_SCHEDULE,
        b"disposition.proposed": Act.PROPOSE_DISPOSITION,
        b"disposition.approved": Act.APPROVE_DISPOSITION,
        b"disposition.rejected": Act.REJECT_DISPOSITION,
        b"auditor.checked": Act.HAND_IN_CHECK,
        b"exported": Act.EXPORT_LEDGER,
        _CHARTER_EXPORTED: Act.RECORD_CHARTER,
        _COPIED: Act.TAKE_COPY,
        _TAKEN: Act.EXPORT_CASE,
        b"evidence.recorded": Act.RECORD_CHARTER,
    }
)
_COMING = frozenset({b"person.enrolled", b"person.left", b"identity.recovered"})
_PUBLISHED = b"roster.published"
# A waiting act is judged as if it were in a batch of this day.
_NEVER = b"9999-12-31"


@dataclass
class _Account:
    """Since when somebody has had a sign-in, in which role, and until when."""

    role: str
    since: bytes
    until: bytes = _NEVER
    # Since when they were to come on the roster, and could make a key.
    candidate: bytes = _NEVER


class People(Check):
    """Nobody acts who may not."""

    name = "people"
    holds = "every act is of somebody on the roster, with a sign-in, whose role may do it"
    tests = ("RA-07", "RA-15")
    types = _COMING | {_PUBLISHED}

    def begin(self) -> None:
        """Nobody has done anything."""
        self._accounts: dict[str, _Account] = {}
        self._published: dict[str, bytes] = {}
        # Where somebody first did something on a day: all that day have the same answer.
        self._asked: dict[tuple[bytes, bytes, bytes], Place | None] = {}

    def rows(self, first: Place | None, rows: Sequence[Row | None]) -> None:
        """Remember who did what on which day, each once until the batch is whole."""
        acts = [row and (_kind(row), row[0], row[5]) for row in rows]
        for each in set(acts) - self._asked.keys():
            if each and each[1] and each[0] in _ACTS:
                self._asked[each] = first and Place(first.ledger, first.at + acts.index(each))

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """What says who there is."""
        if row[8] == _PUBLISHED:
            self._published.setdefault(json.loads(row[2])["roster"], row[5])
        else:
            self._take_account(place, row)

    def _take_account(self, place: Place | None, row: Row) -> None:
        data, who = json.loads(row[2]), row[0].decode()
        if row[8] == b"person.left":
            if who in self._accounts:
                self._accounts[who].until = row[5]
            else:
                self.tell(f"{place} lets {who} leave, who was never enrolled", place)
        elif row[8] == b"person.enrolled":
            before = self._accounts.get(who)
            if before is not None and before.role != Role.CANDIDATE:
                self.tell(f"{place} enrols {who}, who was enrolled before", place)
            candidate = _NEVER if before is None else before.candidate
            if data["role"] == Role.CANDIDATE:
                candidate = row[5]
            self._accounts[who] = _Account(data["role"], row[5], candidate=candidate)
            self._check_enrolment(place, row[5], who, data["role"])
        elif not self._rosters_with(data["person"], row[5]):
            self.tell(f"{place} recovers an identity of {data['person']}, of no roster", place)

    def _check_enrolment(self, place: Place | None, on: bytes, who: str, role: str) -> None:
        if role == Role.CANDIDATE:
            return
        # The roster may be published by an entry of the same batch that comes later.
        known = [each for each in self.known.rosters if who in each.ids]
        readers = {found.role for each in known if (found := each.reader(who))}
        if not known:
            self.tell(f"{place} enrols {who}, who is on no roster", place)
        elif readers and role not in readers or not readers and role in READERS:
            self.tell(f"{place} enrols {who} as {role}, which the rosters do not say", place)
        elif role not in set(Role):
            self.tell(f"{place} enrols {who} as {role}, which is no role", place)

    def batch(self, walked: Walked) -> None:
        """Now it is known who was who on the days of this batch."""
        self._answer()

    def end(self) -> None:
        """What waits was handed out last."""
        self._answer()

    def _answer(self) -> None:
        asked, self._asked = self._asked, {}
        for (kind, by, on), place in sorted(asked.items(), key=lambda each: each[0]):
            wrong = self._wrong(kind, by.decode(), on)
            if wrong:
                named = "an act that waits" if place is None else str(place)
                self.tell(f"{named} is a {kind.decode()} by {by.decode()}, {wrong}", place)

    def _wrong(self, kind: bytes, who: str, on: bytes) -> str:
        account = self._accounts.get(who)
        if account and _ACTS[kind] is None and account.candidate <= on <= account.until:
            return ""
        if account is None or on < account.since:
            return f"who was not enrolled on {on.decode()}"
        if on > account.until:
            return f"who had left on {account.until.decode()}"
        rosters = self._rosters_with(who, on)
        if not rosters:
            return f"who was not on the roster on {on.decode()}"
        wanted = _ACTS[kind]
        if wanted is None or any(may(role, wanted) for role in _roles(rosters, who, account.role)):
            return ""
        return f"whose role may not do that ({wanted.value})"

    def _rosters_with(self, who: str, on: bytes) -> list[Roster]:
        return [each for each in self._in_force(on) if who in each.ids]

    def _in_force(self, on: bytes) -> list[Roster]:
        """The rosters that counted on a day: one, or two where it changed."""
        rosters = self.known.rosters
        begins = [self._begin_of(at) for at in range(len(rosters))]
        found = [at for at, begin in enumerate(begins) if begin <= on]
        newest = found[-1] if found else 0
        changed = newest > 0 and begins[newest] == on
        return list(rosters[newest - changed : newest + 1])

    def _begin_of(self, at: int) -> bytes:
        """From when a roster counts: its publication, or for the first of all ever."""
        each = self.known.rosters[at]
        if at == 0:
            return b""
        return self._published.get(each.hash, each.issued_on.isoformat().encode())


def _kind(row: Row) -> bytes:
    if row[8] != b"exported":
        return row[8]
    told = {_READER: _CHARTER_EXPORTED, _COPY: _COPIED, _CASE: _TAKEN}
    return next((kind for mark, kind in told.items() if mark in row[2]), row[8])


def _roles(rosters: list[Roster], who: str, enrolled: str) -> set[Role]:
    """What somebody may have been on a day: by the roster, or else as they were enrolled."""
    roles = set()
    for roster in rosters:
        reader = roster.reader(who)
        if reader is not None:
            roles.add(Role(reader.role))
        elif enrolled in set(Role) - READERS:
            roles.add(Role(enrolled))
    return roles
