"""Cases go by the rules that the ledger names, and those are the rules that judge them here."""

import hashlib
import json

from review.audit import bundle, rules
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


class Adopted(Check):
    """Which rules there were is on the record too."""

    name = "rules"
    holds = "the rules that cases go by are those that the ledger names and this program knows"
    tests = ("RA-18",)
    types = frozenset({b"rules.adopted"})

    def begin(self) -> None:
        """No rules have been adopted."""
        self._exported = self.known.bundle.small(bundle.RULES) or b""
        self._adopted: list[tuple[str, int, Place | None]] = []

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Other rules from here on."""
        data = json.loads(row[2])
        if self._adopted and self._adopted[-1][0] == data["rules"]:
            self.tell(f"{place} adopts the rules that hold already", place)
        self._adopted.append((data["rules"], data["version"], place))
        # Batches are shuffled, so that the last one to come is not always the last adopted.
        self._adopted = sorted(self._adopted, key=lambda each: each[1])[-2:]

    def end(self) -> None:
        """Compare with the document in the bundle, and with what this program goes by."""
        told = hashlib.sha256(self._exported).hexdigest()
        if not self._adopted:
            self.tell("no entry says which rules cases go by")
            return
        adopted, version, place = self._adopted[-1]
        if told != adopted:
            self.tell("the rules in the bundle are not those that the ledger adopted", place)
        if adopted != rules.HASH:
            self.leave(
                f"whether cases went by version {version} of the rules, because this program has "
                f"version {rules.VERSION} and judged by that"
            )
