"""A new ledger continues the one before it from its very end, and restored books are named."""

import json

from review.audit.cases import Case
from review.audit.check import Check
from review.audit.checks.checkpoints import checkpoint_origin
from review.audit.entries import Row
from review.audit.place import Place

_CONTINUED = b"ledger.continued"
_RESTORED = b"book.restored"


class Continued(Check):
    """Nothing is lost between one ledger and the next."""

    name = "ledgers"
    holds = "every ledger but the first continues the one before it, and nothing was lost"
    tests = ("RA-04",)
    types = frozenset({_CONTINUED, _RESTORED})

    def begin(self) -> None:
        """No ledger has been continued."""
        self._continued: dict[int, tuple[Place, Row]] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """The first entry of a ledger that continues another, or that a book was restored."""
        if row[8] == _RESTORED:
            self.leave(
                f"what was done after {json.loads(row[2])['made_on']} and had not come into the "
                f"ledger before {row[5].decode()}: the book was then restored from a backup"
            )
            return
        if place is None:
            return
        if place.at or place.ledger == 1:
            self.tell(f"{place} continues a ledger, and is not the first of a new one", place)
            return
        self._continued[place.ledger] = (place, row)

    def end(self) -> None:
        """Compare the ends and beginnings."""
        for number in self.known.bundle.ledgers[1:]:
            if number not in self._continued:
                self.tell(f"ledger {number} does not say which one it continues")
            else:
                self._compare(number - 1, *self._continued[number])

    def _compare(self, number: int, place: Place, row: Row) -> None:
        told = json.loads(row[2])
        newest = self.known.newest.get(number)
        origin = checkpoint_origin(newest) if newest else ""
        if newest is None and told["size"] == 0:
            return
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
