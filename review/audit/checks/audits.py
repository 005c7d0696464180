"""Every check that the ledger tells of was of a tree that this ledger had."""

import json

from crypto import checkpoint
from crypto.errors import CryptoError
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


class Audits(Check):
    """Auditors before this one were shown this ledger, and no other."""

    name = "audits"
    holds = "every check on the record was of a tree that this ledger had"
    tests = ("RA-04", "RA-14")
    types = frozenset({b"auditor.checked"})

    def begin(self) -> None:
        """No check has been met."""
        self._claims: dict[tuple[int, str], Place | None] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A check, and the tree that it was of."""
        data = json.loads(row[2])
        self._claims.setdefault((data["size"], data["root"]), place)

    def end(self) -> None:
        """Read the checkpoints once more, if there is anything to look for."""
        if not self._claims:
            return
        had = set()
        for number in self.known.bundle.ledgers:
            for batch in self.known.bundle.batches(number):
                try:
                    head = checkpoint.parse(batch.note.text)
                except CryptoError:
                    continue
                if (head.size, head.root.hex()) in self._claims:
                    had.add((head.size, head.root.hex()))
        for claim, place in sorted(self._claims.items()):
            if claim not in had:
                self.tell(
                    f"{place} tells of a check of {claim[0]} entries with a root that the ledger "
                    "never had: the auditor was shown another one",
                    place,
                )
