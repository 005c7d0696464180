"""Keys that a roster replaced: each is on the record, and nothing else is said to be replaced."""

import json

from crypto.roster import replaced_keys
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


class Rotations(Check):
    """No key is replaced but by a roster."""

    name = "rotations"
    holds = "every key that was replaced was replaced by a roster, and the ledger says so"
    tests = ("RA-15",)
    types = frozenset({b"key.rotated"})

    def begin(self) -> None:
        """Which roster replaced which keys."""
        self._replaced: dict[tuple[str, str, str | None], tuple[int, bytes]] = {}
        rosters = self.known.rosters
        for before, after in zip(rosters, rosters[1:], strict=False):
            for key in replaced_keys(before, after):
                issued = after.issued_on.isoformat().encode()
                self._replaced.setdefault(key, (after.epoch, issued))
        self._told: set[tuple[str, str, str | None]] = set()

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A key that is said to be replaced."""
        data = json.loads(row[2])
        key = (data["key"], data["fingerprint"], row[0].decode() if row[0] else None)
        found = self._replaced.get(key)
        if found is None:
            self.tell(
                f"{place} replaces a key ({data['key']}) by one that no roster brought", place
            )
        elif row[5] < found[1]:
            self.tell(f"{place} is of before roster {found[0]}, which replaced the key", place)
        elif key in self._told:
            self.tell(f"{place} replaces a key ({data['key']}) that was replaced before", place)
        self._told.add(key)

    def end(self) -> None:
        """What no entry tells: those of rosters that were published by an earlier version."""
        missing = {epoch for key, (epoch, _on) in self._replaced.items() if key not in self._told}
        for epoch in sorted(missing):
            self.leave(f"when the keys that roster {epoch} replaced were, because no entry says so")
