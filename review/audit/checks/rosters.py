"""Rosters follow one another, and the ledger names each on the day of its publication."""

import json

from crypto import roots
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.known import Walked
from review.audit.place import Place


class Rosters(Check):
    """Who may read is what was published, each change on the record."""

    name = "rosters"
    holds = "every roster names the one before it and was published on the record"
    tests = ("RA-15", "RA-18")
    types = frozenset({b"roster.published"})

    def begin(self) -> None:
        """Check the line of the rosters themselves."""
        self._published: dict[str, Place] = {}
        self._began = b""
        rosters = self.known.rosters
        for each in rosters:
            if each.installation != self.known.bundle.manifest.installation:
                self.tell(f"roster {each.epoch} is another installation's than the bundle")
        for each, last in zip(rosters[1:], rosters, strict=False):
            if each.previous != last.hash:
                self.tell(f"roster {each.epoch} does not name roster {last.epoch} before it")
            if not roots.continues(last.roots, each.roots, each.epoch):
                self.tell(
                    f"roster {each.epoch} has another line of root keys than roster {last.epoch}: "
                    "a key that was replaced, or one that nobody replaced, has signed it"
                )
        if rosters[0].previous is not None:
            self.tell(f"the rosters before roster {rosters[0].epoch} are not in the bundle")
        self._check_ledger_keys()
        if self.known.asked.root_key is None:
            self.leave(
                "the signatures of the rosters, because that takes --root-key: whoever made the "
                "bundle could have made them, and with them the keys of ledger and intake"
            )

    def _check_ledger_keys(self) -> None:
        policy = self.known.asked.policy
        listed = {} if policy is None else {each.name: each.public for each in policy.ledgers}
        for each in self.known.rosters:
            key = each.ledger_key
            if key is not None and listed.get(key.name, key.public) != key.public:
                self.tell(f"roster {each.epoch} has another key of the ledger than the policy")

    def batch(self, walked: Walked) -> None:
        """Rosters of before the ledger have no entry."""
        self._began = self._began or walked.on

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A publication."""
        data = json.loads(row[2])
        known = {each.hash: each for each in self.known.rosters}
        found = known.get(data["roster"])
        if found is None:
            self.tell(f"{place} publishes a roster that is not in the bundle", place)
        elif found.epoch != data["epoch"]:
            self.tell(f"{place} publishes roster {found.epoch} under another number", place)
        elif place is not None:
            self._published.setdefault(found.hash, place)

    def end(self) -> None:
        """Which were never published: the newest may wait, the oldest be older than the ledger."""
        rosters = self.known.rosters
        began = False
        for each in rosters[:-1]:
            published = each.hash in self._published
            old = each.issued_on.isoformat().encode() <= self._began
            if not published and (began or not old):
                self.tell(f"no entry says that roster {each.epoch} was published")
            began = began or published
        if rosters[-1].hash not in self._published:
            self.leave(
                f"when roster {rosters[-1].epoch} was published, because no entry says so yet"
            )
