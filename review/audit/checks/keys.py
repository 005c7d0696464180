"""Who is out of a case, and which key it has: whoever is out does nothing in it any more."""

import json
from collections.abc import Mapping
from typing import Any

from crypto.errors import Malformed
from crypto.keying import LEAST_SIGNERS, change_in
from crypto.sharing import share_in
from review.audit.acts import SignedAct
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework import parties

_RECUSED, _KEYED, _SHARED = b"case.recused", b"case.keyed", b"case.shared"
# What somebody does in a case, by name.
_DONE = frozenset(
    {
        *(b"case.opened", b"case.read", b"case.moved", b"case.closed", b"case.released"),
        *(b"reply.left", b"note.left", b"act.proposed"),
    }
)


class Keys(Check):
    """Recusals hold, keys follow one another, and a case is shared only as two readers signed."""

    name = "keys"
    holds = (
        "whoever is out of a case did nothing in it since, nor anybody it was not shared with, and "
        "its keys have every number once"
    )
    tests = ("RA-07", "RA-14")
    types = _DONE | {_RECUSED, _KEYED, _SHARED}

    def begin(self) -> None:
        """Every case has its first key, and nobody is out of it."""
        self._out: dict[Case, set[str]] = {}
        self._generations: dict[Case, int] = {}
        # With whom each case is shared now; a new key ends that.
        self._shared: dict[Case, set[str]] = {}
        self._readers = {one.id for each in self.known.rosters for one in each.readers}
        # Whether their signatures hold is looked at where all acts are.
        self._acts = {each.act.hash: each for each in self.known.bundle.acts()}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Take one entry of a case."""
        if case is None:
            return
        by, named = row[0].decode(), _named(place)
        if by in self._out.get(case, ()):
            what = row[8].decode()
            self.tell(f"{named} is a {what} by {by}, who is out of {case.name}", place)
        if row[8] in _DONE:
            if by and by not in self._readers | self._shared.get(case, set()):
                what = row[8].decode()
                says = f"{named} is a {what} by {by}, with whom {case.name} was not shared"
                self.tell(says, place)
            return
        data = json.loads(row[2])
        if row[8] == _RECUSED:
            self._recuse(named, place, case, data)
        elif row[8] == _KEYED:
            self._key(named, place, case, data)
        else:
            self._share(named, place, case, data)

    def _recuse(self, named: str, place: Place | None, case: Case, data: Mapping[str, Any]) -> None:
        out, person = self._out.setdefault(case, set()), data["person"]
        found = self._acts.get(data["act"])
        if found and not parties.may_force_recusal(_signers(found), person, out):
            self.tell(f"{named} was not signed by {person} or by two others", place)
        if person in out:
            self.tell(f"{named} takes {person} out of {case.name} a second time", place)
        out.add(person)

    def _key(self, named: str, place: Place | None, case: Case, data: Mapping[str, Any]) -> None:
        generation = data["generation"]
        self._check_act(named, place, case, data)
        expected = self._generations.get(case, 1) + 1
        if generation != expected:
            says = f"{named} is key {generation} of {case.name}, where key {expected} comes next"
            self.tell(says, place)
        self._generations[case] = max(generation, expected)
        self._shared.pop(case, None)

    def _check_act(
        self, named: str, place: Place | None, case: Case, data: Mapping[str, Any]
    ) -> None:
        """Whether the act says the same as its entry, and two signed it who will read."""
        found = self._acts.get(data["act"])
        if found is None:
            return
        try:
            change = change_in(found.act)
        except Malformed:
            self.tell(f"{named} names an act that gives no key", place)
            return
        if (change.generation, change.recipient) != (data["generation"], data["recipient"]):
            self.tell(f"{named} tells of another key than its act", place)
        signers = _signers(found)
        if len(signers) < LEAST_SIGNERS or not signers <= set(change.readers):
            self.tell(f"{named} was not signed by two who will read", place)
        for person in sorted(set(change.readers) & self._out.get(case, set())):
            self.tell(f"{named} is granted to {person}, who is out of {case.name}", place)

    def _share(self, named: str, place: Place | None, case: Case, data: Mapping[str, Any]) -> None:
        person, generation = data["person"], data["generation"]
        self._check_share(named, place, data)
        self._shared.setdefault(case, set()).add(person)
        if generation != self._generations.get(case, 1):
            self.tell(
                f"{named} shares key {generation} of {case.name}, which is not its key", place
            )
        if person in self._out.get(case, ()):
            self.tell(f"{named} shares {case.name} with {person}, who is out of it", place)

    def _check_share(self, named: str, place: Place | None, data: Mapping[str, Any]) -> None:
        """Whether the act says the same as its entry, and two readers signed it."""
        found = self._acts.get(data["act"])
        if found is None:
            return
        try:
            share = share_in(found.act)
        except Malformed:
            self.tell(f"{named} names an act that shares nothing", place)
            return
        if (share.person, share.generation) != (data["person"], data["generation"]):
            self.tell(f"{named} tells of another share than its act", place)
        if share.person in self._readers:
            self.tell(f"{named} is with {share.person}, who is a reader of the roster", place)
        if len(_signers(found) & self._readers) < LEAST_SIGNERS:
            self.tell(f"{named} was not signed by two readers", place)


def _signers(found: SignedAct) -> frozenset[str]:
    return frozenset(each.by for each in found.signatures)


def _named(place: Place | None) -> str:
    return "an act that waits" if place is None else str(place)
