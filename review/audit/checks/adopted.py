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
        # What each ledger adopted last; every ledger says it for itself.
        self._adopted: dict[int, tuple[int, str, Place]] = {}
        # Versions by which cases may have gone, and which this program does not know.
        self._strange: set[int] = set()

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Other rules from here on."""
        if place is None:
            return
        data = json.loads(row[2])
        last = self._adopted.get(place.ledger)
        if last is not None and last[0] >= data["version"]:
            told = f"{place} adopts version {data['version']} of the rules after version {last[0]}"
            self.tell(told, last[2], place)
        if data["rules"] != rules.HASH:
            self._strange.add(data["version"])
        self._adopted[place.ledger] = (data["version"], data["rules"], place)

    def end(self) -> None:
        """Compare with the document in the bundle, and with what this program goes by."""
        told = hashlib.sha256(self._exported).hexdigest()
        for number in sorted(self.known.newest.keys() - self._adopted.keys()):
            self.tell(f"no entry of ledger {number} says which rules cases go by")
        newest = max(self.known.newest, default=0)
        if newest not in self._adopted:
            return
        _version, adopted, place = self._adopted[newest]
        if told != adopted:
            self.tell("the rules in the bundle are not those that the ledger adopted", place)
        for version in sorted(self._strange):
            self.leave(
                f"whether cases went by version {version} of the rules, because this program has "
                f"version {rules.VERSION} and judged by that"
            )
