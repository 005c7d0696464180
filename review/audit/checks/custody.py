"""What was noted of holds: by one who may, of a hold that was placed, and in an order that can be.

Whom a code stands for, and whether they were really told, no bundle says; a hold's reason is in
none either.
"""

import json
from collections.abc import Sequence
from datetime import date

from review.audit.acts import SignedAct
from review.audit.cases import Case
from review.audit.checks.held import _Signed
from review.audit.entries import Row
from review.audit.place import Place
from review.errors import MalformedForm
from review.retention import custody, holding
from review.retention.custody import Due, Note
from review.retention.holds import Hold

_PLACED = b"hold.placed"
_KINDS = {name.encode(): kind for kind, name in custody.ENTRIES.items()}


class Custody(_Signed):
    """What is noted of a hold is of one that was placed, and follows what was noted before."""

    name = "custody"
    holds = "each notice of a hold, acknowledgement and review was signed by one who may"
    tests = ("RA-11",)
    types = frozenset({_PLACED, *_KINDS})

    def begin(self) -> None:
        """No hold is placed and nothing noted."""
        super().begin()
        self._placed: set[str] = set()
        self._noted: list[tuple[Place | None, str, str]] = []
        self._told: dict[str, Place | None] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A hold that is placed, or something noted of one."""
        data = json.loads(row[2])
        if row[8] == _PLACED:
            self._placed.add(data["hold"])
            return
        found, named = self._act(row), f"a {row[8].decode()}" if place is None else str(place)
        if found is None:
            return
        # Entries of a batch come in no order: what an act follows is looked for at the end.
        self._noted.append((place, named, data["hold"]))
        self._told[found.act.hash] = place
        if custody.hold_of(found.act.subject) != data["hold"]:
            self.tell(f"{named} names an act of another hold", place)
        elif found.act.act != _KINDS[row[8]]:
            self.tell(f"{named} names an act of another kind", place)
        elif not self._signers(found, holding.PLACING):
            self.tell(f"{named} was signed by nobody who may place a hold", place)

    def end(self) -> None:
        """What was noted is of a hold that was placed, and follows what was noted before."""
        for place, named, hold in self._noted:
            if hold not in self._placed:
                self.tell(f"{named} is of a hold that was never placed", place)
        lines: dict[str, list[Note]] = {}
        for each in self._acts.values():
            if each.act.hash in self._told:
                self._follow(each, lines.setdefault(each.act.subject, []))
        if self.known.today:
            today = date.fromisoformat(self.known.today.decode())
            for there in self.known.retained.holds.values():
                if there.stands_on(today):
                    self._late(there, lines.get(custody.subject(there.name), []), today)

    def _late(self, hold: Hold, notes: Sequence[Note], today: date) -> None:
        """Warnings of what had to be done by now for a hold that stands."""
        # Who has to be told at all is nothing that a bundle says.
        for each in custody.awaited(hold.placed, "", "", notes):
            if each.by >= today:
                continue
            if each.what is Due.REVIEW:
                self.warn(f"the hold {hold.name} had to be looked at again by {each.by}")
            else:
                self.warn(
                    f"{each.custodian} was told of the hold {hold.name} on {each.by} and has not "
                    "acknowledged it"
                )

    def _follow(self, each: SignedAct, before: list[Note]) -> None:
        """The acts of a subject stand in the bundle in their order."""
        place = self._told[each.act.hash]
        try:
            note = custody.read(each.act.act, each.act.subject, each.act.data, each.act.on)
        except MalformedForm:
            self.tell("an act that notes something of a hold cannot be read", place)
            return
        for wrong in custody.refusals(note, before):
            self.tell(f"a note of a hold was made against the rules: {wrong}", place)
        before.append(note)
