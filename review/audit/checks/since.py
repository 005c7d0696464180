"""The ledger is the one that the auditor saw last time, grown and not rewritten."""

from crypto import strict
from review.audit.check import Check
from review.audit.checks.checkpoints import checkpoint_origin
from review.audit.place import Place


class Since(Check):
    """Nothing that was on the record once has gone from it."""

    name = "since"
    holds = "the ledger continues the checkpoint that was seen last time"
    tests = ("RA-04",)

    def end(self) -> None:
        """Compare the root of then with the one that the ledger had at that size."""
        for wanted in self.known.asked.roots:
            if wanted not in self.known.roots_met:
                told = strict.to_b64(wanted)
                self.tell(f"the root {told} is of no batch: it was seen of another ledger")
        since = self.known.since
        if since is None:
            self.made = False
            self.leave("whether this is the ledger that was seen last time: that takes --since")
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
