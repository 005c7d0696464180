"""Every record that went was on a manifest, left a stub, and is on one certificate, one to one.

The ledger's entries are held against the files of each disposition: what was proposed, approved,
carried out, verified, and on which day the last backup ended. Whether enough people approved, and
whether it was time, are checks of their own.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations

from crypto import checkpoint, disposing
from crypto.certificate_parts import Head, hold_set
from crypto.certifying import Certificate
from crypto.errors import CryptoError
from review.audit.brief import NOT_KNOWN, Brief
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.disposed import Disposed, Gone
from review.audit.entries import Row
from review.audit.place import Place
from review.audit.records import THREADS
from review.audit.retained import Executed, Told
from review.casework.course import Stage
from review.retention.holds import Hold

_EXECUTED = b"disposition.executed"
PROPOSED, APPROVED, REJECTED = (
    "disposition.proposed",
    "disposition.approved",
    "disposition.rejected",
)
VERIFIED, EXPIRED = "disposition.verified", "backup.expired"
_ABOUT = frozenset({PROPOSED, APPROVED, REJECTED, VERIFIED, EXPIRED})
# So many holds that were placed or released on one day are tried in every combination.
_CHANGED = 8
# A certificate is made by the job of the next night; a day more is no exception.
_CERTIFIED_WITHIN = timedelta(days=2)


class Dispositions(Check):
    """Nothing went unseen, and nothing is said to have gone that is there."""

    name = "dispositions"
    holds = (
        "every record that went was on a manifest that was there before, left its stub, and is on "
        "one certificate"
    )
    tests = ("RA-01", "RA-13", "RA-15")
    types = frozenset({_EXECUTED, *(each.encode() for each in _ABOUT)})

    def begin(self) -> None:
        """What the files say."""
        self._there = {each.manifest.hash: each for each in self.known.dispositions}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Remember it: entries of a batch come in no order."""
        data, on = json.loads(row[2]), date.fromisoformat(row[5].decode())
        retained, manifest = self.known.retained, data["manifest"]
        if row[8] != _EXECUTED:
            told = Told(place, on, row[0].decode(), data)
            of_type = retained.told.setdefault(row[8].decode(), {})
            of_type.setdefault(manifest, []).append(told)
        elif case is not None:
            kept = (data["record_class"], data["version"])
            retained.executed.append(Executed(case, place, on, manifest, *kept))

    def end(self) -> None:
        """Hold all of it together."""
        self._check_strangers()
        gone = self._stubs()
        for each in self.known.dispositions:
            _Ended(self, each, gone.get(each.manifest.hash, [])).check()
        self._check_contents()

    @cached_property
    def heads(self) -> frozenset[Head]:
        """Every head that a ledger of the bundle had."""
        return frozenset(self._heads())

    def _heads(self) -> Iterator[Head]:
        for number in self.known.bundle.ledgers:
            for batch in self.known.bundle.batches(number):
                with suppress(CryptoError):
                    found = checkpoint.parse(batch.note.text)
                    yield Head(found.origin, found.size, found.root.hex())

    def _check_strangers(self) -> None:
        """What entries say of manifests that nobody has."""
        told = self.known.retained.told
        for kind in sorted(told):
            for manifest in sorted(told[kind].keys() - self._there.keys()):
                for each in told[kind][manifest]:
                    self.tell(f"{each} is a {kind} of a manifest that is not there", each.place)

    def _stubs(self) -> dict[str, list[Executed]]:
        """Every record that went, by manifest: each is on it, and left its stub."""
        found: dict[str, list[Executed]] = {}
        stubs = {(one.manifest.hash, gone.case): gone for one in self._there.values()
                 for gone in one.outcome.gone}  # fmt: skip
        for each in self.known.retained.executed:
            found.setdefault(each.manifest, []).append(each)
            name = "" if each.case.id is None else each.case.id.hex()
            there = self._there.get(each.manifest)
            lines = {} if there is None else {one.case: one for one in there.manifest.records}
            line = lines.get(name)
            if line is None:
                says = f"{_named(each)} disposes of {each.case.name}, which is on no such manifest"
                self.tell(says, each.place, code="T05")
                continue
            if (line.record_class, line.version) != (each.record_class, each.version):
                says = f"{_named(each)} names another class or version than the manifest"
                self.tell(says, each.place, code="T05")
            wanted = Gone(name, line.record_class, line.version, line.triggered, line.due, each.on)
            if stubs.pop((each.manifest, name), None) != wanted:
                says = f"{_named(each)} disposes of {each.case.name}, whose stub is not there or"
                self.tell(f"{says} says something else", each.place, code="T05")
        for manifest, case in sorted(stubs):
            there = self._there[manifest]
            self.tell(
                f"disposition {there.manifest.id} has a stub of case {case}, and no entry says "
                "that it went",
                code="T05",
            )
        return found

    def _check_contents(self) -> None:
        """What went is what was approved, by the hash of the messages."""
        if not self.known.retained.executed:
            return
        approved = {
            line.case: line.content
            for there in self._there.values()
            for line in there.manifest.records
            if line.case in {gone.case for gone in there.outcome.gone}
        }
        for record in self.known.bundle.records():
            if record.state is not Stage.DISPOSED or record.case not in approved:
                continue
            if disposing.content_hash(_fields(record)) != approved[record.case]:
                self.tell(
                    f"the stub of case {record.case} has other messages than those that were "
                    "approved to go",
                    code="T05",
                )


class _Ended:
    """One disposition, from its proposal to the end of its last backup."""

    def __init__(self, check: Dispositions, there: Disposed, gone: list[Executed]) -> None:
        self._check, self._there, self._gone = check, there, gone
        self._known = check.known
        self._named = f"disposition {there.manifest.id}"

    def check(self) -> None:
        """Everything about it."""
        self._check_proposal()
        self._check_outcome()
        self._check_rejection()
        told = self._of(VERIFIED)
        if self._there.certificate is None:
            for each in told:
                self._tell(f"{each} certifies {self._named}, and no certificate is there", each)
            self._check_waits()
        else:
            self._check_certificate(self._there.certificate, told)
        self._check_backup(self._there.certificate)

    def _of(self, kind: str) -> list[Told]:
        return self._known.retained.of(kind, self._there.manifest.hash)

    def _tell(self, says: str, *told: Told, code: str = "T05") -> None:
        self._check.tell(says, *(each.place for each in told), code=code)

    def _check_proposal(self) -> None:
        manifest, told = self._there.manifest, self._of(PROPOSED)
        if len(told) != 1:
            self._tell(f"{self._named} was proposed by {len(told)} entries", *told)
        for each in told:
            is_so = (each.by, each.on, each.data["records"])
            if is_so != (manifest.by, manifest.on, len(manifest.records)):
                self._tell(
                    f"{each} tells of another person, day or number than {self._named}", each
                )

    def _check_outcome(self) -> None:
        """Each record of the manifest went, stayed, or is still to go."""
        manifest, outcome = self._there.manifest, self._there.outcome
        listed = {each.case for each in manifest.records}
        ended = [*(each.case for each in outcome.gone), *(each.case for each in outcome.left_out)]
        for case in sorted(set(ended) - listed):
            self._tell(f"{self._named} ended case {case}, which is not on its manifest")
        gone = {each.case.id.hex() for each in self._gone if each.case.id is not None}
        for each in outcome.left_out:
            if each.case in gone:
                self._tell(f"{self._named} says that case {each.case} stayed, and it went")
            if each.on < manifest.on:
                self._tell(f"{self._named} left case {each.case} out before it was proposed")
        first = min((each.on for each in self._gone), default=manifest.on)
        if first < manifest.on:
            self._tell(f"{self._named} was carried out before it was proposed")

    def _check_rejection(self) -> None:
        for each in self._of(REJECTED):
            if self._gone:
                self._tell(f"{each} rejects {self._named}, of which records went", each, code="T04")

    def _check_waits(self) -> None:
        """Without a certificate, what went waits for one."""
        ended = len(self._there.outcome.gone) + len(self._there.outcome.left_out)
        for each in self._gone:
            since = each.on + _CERTIFIED_WITHIN
            if since.isoformat().encode() < self._known.today:
                says = f"{each.case.name} went on {each.on} and is on no certificate"
                self._check.tell(says, each.place, code="T05")
        if self._gone and ended < len(self._there.manifest.records):
            self._check.leave("the certificates of dispositions that are being carried out")

    def _check_certificate(self, found: Certificate, told: list[Told]) -> None:
        named = f"the certificate of {self._named}"
        if len(told) != 1:
            self._tell(f"{named} is in {len(told)} entries", *told)
        for each in told:
            if each.data["certificate"] != found.hash:
                self._tell(f"{named} is not the one that {each} names: it was changed", each)
            elif each.on < found.verified.on:
                self._tell(f"{each} is of a day before {named}", each)
        for wrong in self._differences(found):
            self._tell(f"{named} {wrong}")
        if "SAME_ACCOUNT" in found.exceptions:
            self._check.warn(
                f"{named} says that one account of the host both executed and verified it",
                code="RA-15",
            )
        self._check_heads(named, found)

    def _differences(self, found: Certificate) -> Iterator[str]:
        manifest, outcome = self._there.manifest, self._there.outcome
        if found.manifest != manifest.hash:
            yield "is of another manifest"
        if (found.by, found.proposed, found.cooling) != (
            manifest.by,
            manifest.on,
            manifest.cooling,
        ):
            yield "says that somebody else proposed it, or another day or time to cool"
        if tuple(each.line for each in found.records) != manifest.records:
            yield "lists other records than the manifest"
        if found.gone != {each.case: each.executed for each in outcome.gone}:
            yield "says of other records that they went, or of other days"
        if found.left_out != {each.case: each.reason for each in outcome.left_out}:
            yield "says of other records that they stayed, or why"
        if any(found.verified.on < each.executed for each in outcome.gone):
            yield "is of a day before a record went"
        yield from self._wrong_approval(found)
        yield from self._wrong_holds(found)

    def _wrong_approval(self, found: Certificate) -> Iterator[str]:
        told = self._of(APPROVED)
        if told and (told[0].data["act"], told[0].on) != (found.act, found.approved):
            yield "names another act than the one that approved it, or another day"
        acts = {each.act.hash: each for each in self._known.bundle.acts()}
        act = acts.get(found.act)
        signed = {} if act is None else {one.by: one.signature for one in act.signatures}
        if {each.by: each.signature for each in found.approvers} != signed:
            yield "has other people or signatures than the act that approved it"
        roster = next(
            (one for one in self._known.rosters if act and one.hash == act.act.roster), None
        )
        roles = {} if roster is None else {one.id: one.role for one in roster.readers}
        if any(roles.get(each.by) != each.role for each in found.approvers):
            yield "says of an approver that they are what the roster does not say"

    def _wrong_holds(self, found: Certificate) -> Iterator[str]:
        holds = self._known.retained.holds.values()
        for each in found.records:
            if each.executed is not None and each.holds not in _hold_sets(holds, each.executed):
                yield f"names other holds for case {each.line.case} than stood on that day"

    def _check_heads(self, named: str, found: Certificate) -> None:
        for head in (found.before, found.after):
            if head is not None and head not in self._check.heads:
                self._tell(f"{named} names a head that the ledger never had")

    def _check_backup(self, found: Certificate | None) -> None:
        """The last backup that could help is gone on its day, and the ledger says so."""
        told, last = self._of(EXPIRED), None if found is None else found.backup
        if last is None or len(told) > 1:
            for each in told:
                self._tell(f"{each} tells of the end of a backup that no certificate names", each)
            return
        for each in told:
            if date.fromisoformat(each.data["expired_on"]) < last or each.on < last:
                self._tell(f"{each} tells of the end of the last backup before {last}", each)
        late = (date.fromisoformat(self._known.today.decode()) - last).days
        if not told and late > 0:
            self._check.warn(
                f"the last backup from before {self._named} was to be gone on {last}, {late} days "
                "ago, and the ledger does not say that it is",
                code="RA-13",
            )


def _hold_sets(holds: Collection[Hold], day: date) -> Iterator[str | None]:
    """The hashes of the sets of holds that can have stood at some moment of a day."""
    whole = [one.name for one in holds if one.placed < day and one.stands_on(day)]
    part = [one.name for one in holds if one.placed == day or one.released() == day][:_CHANGED]
    for size in range(len(part) + 1):
        for some in combinations(part, size):
            yield hold_set([*whole, *some])


def _named(each: Executed) -> str:
    return "an act that waits" if each.place is None else str(each.place)


def _fields(record: Brief) -> Iterator[dict[str, object]]:
    """The messages of a record as its line has them."""
    numbers: Counter[int] = Counter()
    for each in record.messages:
        numbers[each.thread] += 1
        yield {
            "thread": THREADS[each.thread],
            "n": numbers[each.thread],
            "kind": each.kind.decode(),
            "on": each.on.decode(),
            "digest": None if each.digest == NOT_KNOWN else each.digest.decode(),
            "slices": int(each.slices),
        }
