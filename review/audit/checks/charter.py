"""Every record of the charter has its entry, and every entry its record or the stub of one.

Nobody here can read a record. What is compared is the salted hash of each as it stands in the book
now, so a record that was changed is two exceptions: one that no entry tells of, and an entry whose
record is gone.
"""

import json
from dataclasses import dataclass

from review.audit.cases import Case
from review.audit.charter import ENDED, RECORDED, Kept
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


@dataclass(frozen=True)
class _Told:
    """What an entry says of a record."""

    place: Place
    on: str
    by: str
    record_class: str


class Charter(Check):
    """No record of the charter was changed, taken away or put in behind the ledger."""

    name = "charter"
    holds = "every record of the charter is as it was recorded, or has ended and left a stub"
    tests = ("RA-05",)
    types = frozenset({b"evidence.recorded", b"evidence.ended"})

    def begin(self) -> None:
        """No entry has been met; the book's own lines are read, so that a damaged file shows."""
        self._kept = list(self.known.bundle.charter())
        self._recorded: dict[str, _Told] = {}
        self._ended: dict[str, _Told] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A record that came, or one that ended."""
        data = json.loads(row[2])
        if place is None or data.get("duty", "charter") != "charter":
            return
        told = _Told(place, row[5].decode(), row[0].decode(), data.get("record_class", ""))
        known = self._recorded if row[8] == b"evidence.recorded" else self._ended
        if known.setdefault(data["document"], told) is not told:
            first = known[data["document"]].place
            self.tell(f"{place} tells of a record of the charter that {first} told of", place)

    def end(self) -> None:
        """Compare every record and stub with what the entries say."""
        recorded, ended = dict(self._recorded), dict(self._ended)
        seen: set[str] = set()
        for kept in self._kept:
            if kept.digest in seen:
                self.tell(f"the book has the record {kept.digest} of the charter twice")
            seen.add(kept.digest)
            self._compare(kept, recorded.pop(kept.digest, None))
            if kept.ended is not None:
                self._compare_ended(kept, ended.pop(kept.digest, None))
        for told in sorted(recorded.values(), key=lambda each: each.place):
            self.tell(
                f"{told.place} tells of a record of the charter that the book lacks: "
                "it was changed, or taken away",
                told.place,
            )
        for told in sorted(ended.values(), key=lambda each: each.place):
            self.tell(f"{told.place} ends a record of the charter that left no stub", told.place)

    def _compare(self, kept: Kept, told: _Told | None) -> None:
        if told is None:
            self._check_waiting(kept, RECORDED, kept.on.isoformat(), "has no entry")
        elif kept.ended is None and (told.on, told.by) != (kept.on.isoformat(), kept.by):
            self.tell(
                f"the book says that the record {kept.digest} of the charter is of {kept.by} and "
                f"{kept.on}, and {told.place} that it is of {told.by} and {told.on}",
                told.place,
            )

    def _compare_ended(self, kept: Kept, told: _Told | None) -> None:
        ended = kept.ended
        if ended is None:
            return
        if told is None:
            self._check_waiting(kept, ENDED, ended.on.isoformat(), "has ended without an entry")
        elif (told.on, told.record_class) != (ended.on.isoformat(), ended.record_class):
            self.tell(
                f"the stub {kept.digest} of the charter is of another day or class than "
                f"{told.place}",
                told.place,
            )

    def _check_waiting(self, kept: Kept, what: str, on: str, wrong: str) -> None:
        """Only what came after the newest batch, or on its day, can wait for the next."""
        if what != kept.waiting or on.encode() < self.known.today:
            self.tell(
                f"the record {kept.digest} of the charter {wrong}: it was changed, or put in "
                "behind the ledger"
            )
