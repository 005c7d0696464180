"""Holds are placed by one who may and released by two, and the schedule is changed by two, ahead.

The acts say what was signed and the rosters by whom; signatures themselves are the check of
signatures. The reason of a hold is in no bundle. A release does not count for a case that concerns
one of those who signed it, which the bundle knows of those who were recused.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from crypto import act as act_format
from crypto.act import Act
from crypto.errors import InvalidSignature
from review.audit.acts import SignedAct
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.errors import MalformedForm
from review.retention import changing, holding
from review.retention.changing import Line
from review.retention.holding import Terms
from review.retention.holds import Hold, Release

_PLACED, _RELEASED, _CHANGED = b"hold.placed", b"hold.released", b"schedule.changed"


class _Signed(Check):
    """What both checks need: the acts by their hashes, and who signed each in which role."""

    def begin(self) -> None:
        """Read the acts."""
        self._acts = {each.act.hash: each for each in self.known.bundle.acts()}
        self._rosters = {each.hash: each for each in self.known.rosters}

    def _signers(self, each: SignedAct, roles: Collection[str]) -> frozenset[str]:
        """The people of these roles who signed; none where a signature does not hold."""
        roster = self._rosters.get(each.act.roster)
        if roster is None:
            return frozenset()
        try:
            people = act_format.check_all(each.act, each.signatures, roster)
        except InvalidSignature:
            return frozenset()
        return frozenset(one.id for one in roster.readers if one.id in people and one.role in roles)

    def _act(self, row: Row) -> SignedAct | None:
        # An entry whose act is not there is told by the check of signatures.
        return self._acts.get(json.loads(row[2])["act"])


class Holds(_Signed):
    """No hold is placed by who may not, or released by fewer than two."""

    name = "holds"
    holds = "every hold was placed by one who may, and each release signed by two who may"
    tests = ("RA-11",)
    types = frozenset({_PLACED, _RELEASED})

    def begin(self) -> None:
        """No hold is placed."""
        super().begin()
        self._placed: set[str] = set()
        self._acts_of: dict[str, str] = {}
        self._waiting: list[tuple[Place | None, str, Act]] = []
        self._releases: dict[str, list[Release]] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A hold that is placed or released."""
        found = self._act(row)
        if found is None:
            return
        hold, named = json.loads(row[2])["hold"], _named(place, row)
        if holding.hold_of(found.act.subject) != hold:
            self.tell(f"{named} names an act of another hold", place)
        elif row[8] == _PLACED:
            self._place(place, named, found, row)
        else:
            # Entries of a batch come in no order: what a release ends is looked for at the end.
            self._waiting.append((place, hold, found.act))
            people = self._signers(found, holding.RELEASING)
            self._releases.setdefault(hold, []).append(Release(_day(row), people))
            if found.act.act != holding.RELEASE:
                self.tell(f"{named} names an act that releases nothing", place)
            elif len(people) < holding.SIGNERS:
                self.tell(f"{named} was signed by fewer than two who may release a hold", place)

    def _place(self, place: Place | None, named: str, found: SignedAct, row: Row) -> None:
        hold, terms = json.loads(row[2])["hold"], _terms(found.act)
        if hold in self._placed:
            self.tell(f"{named} places a hold once more", place)
        self._placed.add(hold)
        self._acts_of.setdefault(hold, found.act.hash)
        if found.act.act != holding.PLACE or terms is None:
            self.tell(f"{named} names an act that places nothing", place)
            return
        if terms.is_mixed:
            self.warn(
                f"{named} names a case and says more, which shows that the case exists", place
            )
        # Whoever placed it: a hold that should not be there keeps what it covers all the same.
        self.known.retained.holds.setdefault(hold, Hold(hold, terms.scope, _day(row)))
        if not self._signers(found, holding.PLACING):
            self.tell(f"{named} was signed by nobody who may place a hold", place)

    def end(self) -> None:
        """A release is of a hold that was placed."""
        for place, hold, act in self._waiting:
            named = "a hold.released that waits" if place is None else str(place)
            if hold in self._placed and act.words("placed") != (self._acts_of[hold],):
                self.tell(f"{named} releases a hold on other terms than it was placed on", place)
            if hold not in self._placed:
                self.tell(f"{named} releases a hold that was never placed", place)
        holds = self.known.retained.holds
        for name, releases in self._releases.items():
            if name in holds:
                holds[name] = replace(holds[name], releases=tuple(releases))


class Scheduled(_Signed):
    """The schedule is what the committee resolved, by two, and moves no day that runs already."""

    name = "schedule"
    holds = "every change of the schedule has a resolution and two signatures, and is prospective"
    tests = ("RA-18",)
    types = frozenset({_CHANGED})

    def begin(self) -> None:
        """Nothing was changed."""
        super().begin()
        self._changes: list[tuple[Line, Place | None, str, date]] = []

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A change of a class."""
        found = self._act(row)
        if found is None:
            return
        named, on = _named(place, row), date.fromisoformat(row[5].decode())
        try:
            line = changing.read(found.act.subject, found.act.data)
        except MalformedForm:
            self.tell(f"{named} names an act that is no line of the schedule", place)
            return
        if json.loads(row[2]) != changing.told(found.act.hash, line):
            self.tell(f"{named} tells of another line than its act", place)
        if (
            found.act.act != changing.ACT
            or len(self._signers(found, changing.SIGNING)) < changing.SIGNERS
        ):
            # Days are counted as if there were no such line.
            self.tell(f"{named} was signed by fewer than two of the committee", place, code="RA-18")
            return
        self._changes.append((line, place, named, on))

    def end(self) -> None:
        """Each line follows the one before it of its class."""
        agreed: list[Line] = []
        for line, place, named, on in sorted(self._changes, key=lambda each: each[0].terms.version):
            before = changing.newest(line.terms.code, agreed)
            refused = changing.refusals(line, before, on)
            for wrong in refused:
                self.tell(f"{named} was made against the rules: {wrong}", place, code="RA-18")
            agreed.append(line)
            if not refused:
                self.known.retained.lines.append(line)


def _terms(act: Act) -> Terms | None:
    try:
        return holding.read(act.subject, act.data)
    except MalformedForm:
        return None


def _day(row: Row) -> date:
    return date.fromisoformat(row[5].decode())


def _named(place: Place | None, row: Row) -> str:
    return f"a {row[8].decode()} that waits" if place is None else str(place)
