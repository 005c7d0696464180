"""The ledger continues what was seen of it before, and a new ledger the one before it."""

import json

from crypto import strict
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.checks.checkpoints import checkpoint_origin
from review.audit.entries import Row
from review.audit.place import Place

_CONTINUED = b"ledger.continued"


class Continued(Check):
    """Nothing that was on the record once has gone from it."""

    name = "continuity"
    holds = "the ledger continues what was seen of it before, and nothing was lost in between"
    tests = ("RA-04",)
    types = frozenset({_CONTINUED})

    def begin(self) -> None:
        """No ledger has been continued."""
        self._continued: dict[int, tuple[Place, Row]] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """The first entry of a ledger that continues another."""
        if place is None:
            return
        if place.at or place.ledger == 1:
            self.tell(f"{place} continues a ledger, and is not the first of a new one", place)
            return
        self._continued[place.ledger] = (place, row)

    def end(self) -> None:
        """Compare the ends and beginnings, and all with what the auditor has seen."""
        for number in self.known.bundle.ledgers[1:]:
            if number not in self._continued:
                self.tell(f"ledger {number} does not say which one it continues")
            else:
                self._compare(number - 1, *self._continued[number])
        if self.known.since is None:
            self.leave(
                "whether this is the ledger that was seen last time, because that takes --since"
            )
        else:
            self._compare_since()

    def _compare(self, number: int, place: Place, row: Row) -> None:
        told = json.loads(row[2])
        newest = self.known.newest.get(number)
        origin = checkpoint_origin(newest) if newest else ""
        if told["origin"] != origin:
            self.tell(f"{place} continues another ledger than ledger {number}", place)
        elif newest is None or told["size"] > newest.size:
            size = newest.size if newest else 0
            self.tell(
                f"{place} continues ledger {number} from {told['size']} entries, of which {size} "
                f"are left: {told['size'] - size} entries were lost, and what they said with them",
                place,
            )
        elif told["size"] < newest.size:
            self.tell(
                f"{place} continues ledger {number} from {told['size']} entries, and it has "
                f"{newest.size}: those after were left behind",
                place,
                Place(number, told["size"]),
            )
        elif newest.root is not None and told["root"] != newest.root.hex():
            self.tell(f"{place} continues ledger {number} with another root than it has", place)

    def _compare_since(self) -> None:
        since = self.known.since
        if since is None:
            return
        seen = f"the checkpoint seen last time, of {since.size} entries of {since.origin}"
        numbers = {
            number: newest.size
            for number, newest in self.known.newest.items()
            if checkpoint_origin(newest) == since.origin
        }
        if not since.size:
            return
        if not numbers:
            self.tell(f"{seen}, is of a ledger that is not in the bundle")
            return
        number = min(numbers)
        root = self.known.roots_at_since.get(number)
        if root is None:
            self.tell(
                f"{seen}, is newer than this bundle, in which ledger {number} has "
                f"{self.known.sizes.get(number, 0)} entries: entries were removed, or the bundle "
                "is an old one",
                Place(number, max(self.known.sizes.get(number, 1) - 1, 0)),
            )
        elif root != since.root:
            self.tell(
                f"{seen}, has the root {strict.to_b64(since.root)}, and ledger {number} had "
                f"{strict.to_b64(root)} there: the ledger was rewritten; keep "
                "both, each is signed by its keeper",
                Place(number, since.size - 1),
            )
