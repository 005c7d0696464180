"""What a bundle cannot show, checked on the host: that the book still holds what the ledger tells.

Of the cases that the retention auditor picks, every envelope and slice is taken out of its row seal
and hashed, and each hash compared with the entry that was made when it came. Nothing is opened that
a reader's key would be needed for, and the report has hashes, counts and codes only.
"""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from crypto import attestation, merkle, strict
from crypto import entry as entry_format
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.document import VERSION
from crypto.errors import CryptoError, InvalidProof, PayloadTampered
from review import oversight
from review.errors import KeyDestroyed
from review.ledger import prove
from review.store import cases, entries, envelopes, ledger
from review.store.by_type import raw_entry
from review.store.database import reading
from review.store.envelopes import Envelope
from review.store.ledger import CaseEntry
from review.store.shred import Locksmith, RowKey

# Which entry tells of which kind of envelope.
_TOLD_BY: Mapping[str, frozenset[str]] = {
    "submission": frozenset({"submission.received", "concern.recorded"}),
    "follow-up": frozenset({"follow-up.received"}),
    "reply": frozenset({"reply.left"}),
    "state": frozenset({"case.moved", "case.closed", "case.moved-earlier", "case.closed-earlier"}),
    "note": frozenset({"note.left"}),
}
_WITH_ENVELOPE = frozenset().union(*_TOLD_BY.values())

# A row that was changed; TypeError where SQLite was given a text for its bytes.
_DAMAGED = (PayloadTampered, TypeError)

# What can be wrong, as a code for the report and a clause for the terminal.
PROBLEMS: Mapping[str, str] = {
    "gone": "the book holds no such case",
    "no-key": "its shred key is gone or damaged, so that nothing of it opens",
    "other-case": "an entry that the book lists for it is about something else",
    "no-leaf": "an entry that the book lists for it is not in the signed ledger",
    "damaged": "the row does not open: it was changed, or moved from another place",
    "differs": "the bytes are not those that the ledger was told of",
    "missing": "the ledger tells of it, and the book does not hold it",
    "slice-damaged": "the row of a slice does not open",
    "slice-missing": "there are fewer or more slices than the ledger tells of",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a case, or with one envelope of it."""

    code: str
    kind: str | None = None
    n: int | None = None

    @property
    def sentence(self) -> str:
        """The problem as a clause for a terminal."""
        named = " ".join(str(part) for part in (self.kind, self.n) if part is not None)
        return f"{named}: {PROBLEMS[self.code]}" if named else PROBLEMS[self.code]


@dataclass
class CaseCheck:
    """What was found of one case."""

    case: str
    digests: list[str] = field(default_factory=list)
    slices: int = 0
    problems: list[Problem] = field(default_factory=list)

    def fields(self) -> dict[str, object]:
        """The case as the report has it."""
        return {
            "case": self.case,
            "digests": sorted(self.digests),
            "slices": self.slices,
            "exceptions": [
                {"what": each.code, "kind": each.kind, "n": each.n} for each in self.problems
            ],
        }


@dataclass(frozen=True)
class Checked:
    """What a check of the store found, case by case, and the report on it."""

    cases: Sequence[CaseCheck]
    report: bytes = field(repr=False)

    @property
    def exceptions(self) -> int:
        """How many things are wrong."""
        return sum(len(each.problems) for each in self.cases)

    @property
    def envelopes(self) -> int:
        """How many envelopes were opened and hashed."""
        return sum(len(each.digests) for each in self.cases)

    @property
    def slices(self) -> int:
        """How many slices were opened."""
        return sum(each.slices for each in self.cases)


@dataclass(frozen=True)
class _Told:
    """What one entry says of an envelope."""

    type: str
    digest: str
    slices: int


def check_store(
    book: Engine,
    shred: Engine,
    locksmith: Locksmith,
    wanted: Sequence[str] | None,
    today: datetime.date,
    signer: Signer | None,
) -> Checked:
    """Check the wanted cases, or all, and report; signed if there is a signer."""
    with reading(book) as connection, reading(shred) as keys:
        known = cases.all_case_ids(connection)
        found = [
            _Looking(connection, keys, locksmith, CaseCheck(case_id)).look(there=case_id in known)
            for case_id in (known if wanted is None else wanted)
        ]
        head = oversight.head(connection)
    fields: dict[str, object] = {
        "v": VERSION,
        "installation": locksmith.installation,
        "made_on": today.isoformat(),
        "everything": wanted is None,
        "checkpoint": None if head is None else _checkpoint(head.checkpoint),
        "cases": [each.fields() for each in found],
    }
    if signer is None:
        return Checked(found, strict.canonical(fields))
    return Checked(found, attestation.sign(attestation.STORE_CHECK, fields, signer))


def _checkpoint(signed: Checkpoint) -> dict[str, object]:
    return {"origin": signed.origin, "size": signed.size, "root": signed.root.hex()}


@dataclass
class _Looking:
    """One look at one case."""

    connection: Connection
    keys: Connection
    locksmith: Locksmith
    found: CaseCheck

    def look(self, *, there: bool) -> CaseCheck:
        """What the case's rows and entries say of each other."""
        if not there:
            self._wrong("gone")
            return self.found
        told = self._told()
        try:
            key = self.locksmith.key_of(self.keys, self.found.case)
        except (KeyDestroyed, CryptoError):
            self._wrong("no-key")
            return self.found
        unmatched = []
        for envelope in envelopes.of_case(self.connection, self.found.case):
            digest = self._envelope(key, envelope)
            entry = next((e for e in told if _is_told(envelope, digest, e)), None)
            if entry is None:
                self._wrong("damaged" if digest is None else "differs", envelope.kind, envelope.n)
                unmatched.append(envelope)
                continue
            told.remove(entry)
            self._slices(key, envelope, entry.slices)
        for envelope in unmatched:
            # Its entry is one of those that are left: the same exception, told of once.
            fitting = [each for each in told if each.type in _TOLD_BY[envelope.kind]]
            if fitting:
                told.remove(fitting[0])
        for entry in told:
            self._wrong("missing", entry.type)
        return self.found

    def _told(self) -> list[_Told]:
        """What the ledger tells of the case's envelopes, and what it will be told."""
        case_id, told = self.found.case, []
        for place in ledger.case_chain(self.connection, case_id):
            data = self._proven(place)
            if data is None:
                self._wrong("no-leaf")
                continue
            leaf = entry_format.parse(data)
            if leaf.subject != entry_format.subject(case_id, leaf.nonce):
                self._wrong("other-case")
            else:
                told += _envelope_of(leaf)
        for waiting in entries.of_case(self.connection, case_id):
            told += _envelope_of(waiting)
        return told

    def _proven(self, place: CaseEntry) -> bytes | None:
        """The entry's bytes, if they are under the newest checkpoint of their ledger."""
        row = next(r for r in ledger.all_ledgers(self.connection) if r.number == place.ledger)
        newest = ledger.newest_checkpoint(self.connection, row.number)
        document = raw_entry(self.connection, place.ledger, place.index)
        if merkle.leaf_hash(document) != place.leaf_hash:
            return None
        # What was appended a moment ago has no proof yet.
        if newest is not None and place.index < newest.size:
            try:
                prove(self.connection, row, place.index, newest.note)
            except (InvalidProof, LookupError):
                return None
        return document

    def _envelope(self, key: RowKey, envelope: Envelope) -> str | None:
        """The hash of an envelope as it came, or None if its row does not open."""
        try:
            content = envelopes.content(self.connection, key, self.found.case, envelope.id)
        except _DAMAGED:
            return None
        if content is None:
            return None
        digest = hashlib.sha256(content).hexdigest()
        self.found.digests.append(digest)
        return digest

    def _slices(self, key: RowKey, envelope: Envelope, told: int) -> None:
        case_id, upload = self.found.case, envelope.upload_id
        there = (
            []
            if upload is None
            else sorted(envelopes.slice_indexes(self.connection, case_id, upload))
        )
        if there != list(range(told)) or told != envelope.slices:
            self._wrong("slice-missing", envelope.kind, envelope.n)
        for index in there:
            try:
                envelopes.slice_content(self.connection, key, case_id, str(upload), index)
            except _DAMAGED:
                self._wrong("slice-damaged", envelope.kind, envelope.n)
            else:
                self.found.slices += 1

    def _wrong(self, code: str, kind: str | None = None, n: int | None = None) -> None:
        self.found.problems.append(Problem(code, kind, n))


def _envelope_of(entry: entry_format.Entry | entries.Entry) -> list[_Told]:
    if entry.type not in _WITH_ENVELOPE or entry.digest is None:
        return []
    return [_Told(entry.type, entry.digest, int(entry.data.get("slices") or 0))]


def _is_told(envelope: Envelope, digest: str | None, entry: _Told) -> bool:
    return entry.digest == digest and entry.type in _TOLD_BY[envelope.kind]
