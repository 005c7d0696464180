"""Nobody who lost every way in was let in again but by two others of the committee."""

import json

from review.audit.acts import SignedAct
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework import renewed
from review.roles import Role


class Renewed(Check):
    """Two others signed for each new way in; that their signatures hold is for another check."""

    name = "renewed"
    holds = "whoever was let in again without a sign-in was let in by two others of the committee"
    tests = ("RA-07",)
    types = frozenset({b"sign-in.renewed"})

    def begin(self) -> None:
        """The acts by their hashes."""
        self._acts = {each.act.hash: each for each in self.known.bundle.acts()}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Somebody who was let in again."""
        data = json.loads(row[2])
        found = self._acts.get(data["act"])
        named = "an act that waits" if place is None else str(place)
        if found is None:
            self.tell(f"{named} lets {data['person']} in by an act that nobody has signed", place)
        elif not renewed.is_about(data["person"], found.act.subject, found.act.act, found.act.data):
            self.tell(f"{named} lets {data['person']} in by an act about something else", place)
        elif len(self._others(found, data["person"])) < renewed.ENOUGH:
            self.tell(f"{named} lets {data['person']} in, for whom no two others signed", place)

    def _others(self, found: SignedAct, person: str) -> set[str]:
        """Those of the signers who may sign for the person, by the act's roster."""
        roster = next((one for one in self.known.rosters if one.hash == found.act.roster), None)
        readers = () if roster is None else roster.readers
        able = {one.id for one in readers if renewed.may_agree(person, one.id, Role(one.role))}
        return able & {each.by for each in found.signatures}
