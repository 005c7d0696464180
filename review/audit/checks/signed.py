"""Every step was signed by those who had to, for this case, after the act before it, and once.

A step is judged by the same table and the same rules as the console's. What the bundle does not
hold is who was excluded from a case by its submitter; so that the chair could lead it is taken for
granted, and somebody who was recused later is known by the entry that says so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from crypto import act as act_format
from crypto import entry
from crypto.entry_types import TYPES
from crypto.errors import InvalidSignature, Malformed
from crypto.keying import LEAST_SIGNERS
from crypto.roster import Roster
from crypto.sharing import SHARE, keys_after
from review.audit import earlier
from review.audit.acts import SignedAct
from review.audit.cases import RECORDED, Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework import guards, recorded, signed, standing, watching
from review.casework.course import Stage
from review.casework.guards import Signer
from review.casework.standing import Course
from review.errors import MalformedForm, NotHere
from review.roles import Role

_MOVES = frozenset({b"case.moved", b"case.closed"})
# What tells of a signature that may still not be enough names an act that no bundle has.
_PROPOSED = frozenset({"act.proposed", "act.withdrawn"})
_NAMING = frozenset(
    kind.name.encode()
    for kind in TYPES.values()
    if "act" in kind.data and kind.name not in _PROPOSED
)
_RECUSED = b"case.recused"
_MOVED_ON = b"case.moved-on"
_BY_ITSELF = {signed.code(step): step for step in watching.BY_ITSELF}
_WENT = (
    "what people signed in cases that were disposed of: it went with them, and the ledger has its "
    "hashes"
)
_SERVING = frozenset({Role.CHAIR.value, Role.MEMBER.value})


@dataclass
class _Standing:
    """A case as its acts have it so far, and who has left it."""

    course: Course
    out: frozenset[str] = frozenset()
    # Whether anything was done in it by this version.
    is_signed: bool = False


class Signed(Check):
    """Nobody takes a step that others have to sign too, and no signature is used twice."""

    name = "signatures"
    holds = "every step was signed by whoever has to, for this case, after the one before it"
    tests = ("RA-07", "RA-15")
    types = _NAMING | earlier.TYPES | {_MOVED_ON}

    def begin(self) -> None:
        """Read the acts: each subject's are one line, each signature holds."""
        self._acts: dict[str, tuple[SignedAct, frozenset[str], Roster | None]] = {}
        self._used: dict[str, Place | None] = {}
        self._cases: dict[int, _Standing] = {}
        heads: dict[str, str] = {}
        gone = {each.id.hex() for each in self.known.cases.all if each.is_gone and each.id}
        # With whom each case is shared as its acts go on, and the keys that these sign with.
        shared: dict[str, dict[str, bytes]] = {}
        for each in self.known.bundle.acts():
            name = each.act.hash
            if name in self._acts:
                self.tell(f"the act {name} is there twice")
            # Of a case that was disposed of, only what made it a drill is still there.
            if each.act.previous != heads.get(each.act.subject) and each.act.subject not in gone:
                self.tell(f"the act {name} does not follow the one before it of its subject")
            heads[each.act.subject] = name
            before = shared.get(each.act.subject, {})
            people, roster = self._signers(each, before)
            self._acts[name] = (each, people, roster)
            # Whom one reader alone lets in signs nothing that counts.
            if each.act.act != SHARE or len(people - before.keys()) >= LEAST_SIGNERS:
                shared[each.act.subject] = keys_after(before, each.act)

    def _signers(
        self, each: SignedAct, shared: Mapping[str, bytes]
    ) -> tuple[frozenset[str], Roster | None]:
        """Who signed, and under which roster; nobody where a signature does not hold."""
        there = {one.hash: one for one in self.known.rosters}
        roster = there.get(each.act.roster)
        if roster is None or roster not in self.known.in_force(each.act.on):
            self.tell(f"the act {each.act.hash} names a roster that was not in force")
            return frozenset(), roster
        try:
            return act_format.check_all(each.act, each.signatures, roster, shared), roster
        except InvalidSignature as refused:
            self.tell(f"the act {each.act.hash} was not signed as it says: {refused}")
            return frozenset(), roster

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """An entry that names an act."""
        data = json.loads(row[2])
        if row[8] in earlier.TYPES or row[8] == _MOVED_ON:
            self._unsigned(place, row, case, data)
            return
        found = self._acts.get(data["act"])
        went = found is None and case is not None and case.is_gone
        wrong = "names an act that nobody has signed" if found is None and not went else ""
        if data["act"] in self._used:
            wrong = "uses an act once more"
        if wrong:
            self.tell(f"{_named(place)} {wrong}", self._used.get(data["act"]), place)
            return
        self._used[data["act"]] = place
        if found is None:
            self.leave(_WENT)
            return
        self._check(place, row, case, data, *found)

    def _check(
        self, place: Place | None, row: Row, case: Case | None, data: Mapping[str, str],
        each: SignedAct, people: frozenset[str], roster: Roster | None,
    ) -> None:  # fmt: skip
        """An entry beside the act that it names."""
        wrong = _wrong(row, each, people)
        if wrong:
            self.tell(f"{_named(place)} {wrong}", place)
        elif case is not None and roster is not None and row[8] in _MOVES:
            self._step(place, case, each, _in_roles(roster, people), data)
        elif row[8] == RECORDED and not _tells_how_it_came(each, data):
            self.tell(f"{_named(place)} tells of another channel or day than its act", place)
        elif case is not None and row[8] == _RECUSED:
            self._standing(case).out |= {data["person"]}
            self._standing(case).is_signed = True

    def _unsigned(
        self, place: Place | None, row: Row, case: Case | None, data: Mapping[str, str]
    ) -> None:
        """What nobody signs: the steps of before the ledger, and those that a case takes itself."""
        if case is None or not {data["from"], data["to"]} <= set(Stage):
            return
        known, on = self._standing(case), date.fromisoformat(row[5].decode())
        if row[8] == _MOVED_ON and case.is_gone and data["step"] in _BY_ITSELF:
            # Whether all had been done that it takes, the acts would say.
            self.leave(_WENT)
            return
        if row[8] == _MOVED_ON:
            self._move_on(place, known, data, on)
            return
        if not self._is_of_before(place) or known.is_signed:
            self.tell(
                f"{_named(place)} is a {row[8].decode()} of {case.name}, of which only the first "
                "batch of a ledger that continues a book of 0.1.0 can tell: a step that nobody "
                "signed",
                place,
            )
        self.leave(
            "who took the steps of before the ledger, because nobody signed them; they were "
            "judged by the rules of then"
        )
        closed = on if data["to"] == Stage.CLOSED else None
        known.course = replace(known.course, stage=Stage(data["to"]), closed_on=closed)

    def _is_of_before(self, place: Place | None) -> bool:
        """Whether 0.1.0 can have written this down: its rosters could name no ledger's key."""
        is_first = place is not None and place.ledger == 1 and self.known.batches == 0
        return is_first and self.known.rosters[0].ledger_key is None

    def _move_on(
        self, place: Place | None, known: _Standing, data: Mapping[str, str], on: date
    ) -> None:
        step = _BY_ITSELF.get(data["step"])
        if step is None:
            self.tell(f"{_named(place)} takes a step by itself that people sign", place)
            return
        known.is_signed = True
        course = replace(known.course, stage=Stage(data["from"]))
        wanted = guards.Act(step, on)
        over = watching.is_over(course, on)
        current = standing.case_now(
            course, frozenset(), known.out, chair_is_out=True, checks_complete=over
        )
        for reason in guards.hindrances(current, wanted):
            self.tell(f"{_named(place)} was taken against the rules: {reason}", place)
        known.course = standing.after(course, wanted, Stage(data["to"]))

    def _standing(self, case: Case) -> _Standing:
        received = case.received_on.decode() or self.known.today.decode()
        first = _Standing(Course(received_on=date.fromisoformat(received)))
        return self._cases.setdefault(id(case), first)

    def _step(
        self, place: Place | None, case: Case, each: SignedAct, by: tuple[Signer, ...],
        data: Mapping[str, str],
    ) -> None:  # fmt: skip
        told = (data["step"], data["from"], data["to"])
        act, known = each.act, self._standing(case)
        known.is_signed = True
        if told != (act.act, act.data.get("from"), act.data.get("to")):
            self.tell(f"{_named(place)} tells of another step than its act", place)
            return
        step = signed.STEPS.get(act.act)
        if step is None or not {data["from"], data["to"]} <= set(Stage):
            return
        course = replace(known.course, stage=Stage(data["from"]))
        try:
            wanted = signed.as_step(step, act.on, act.data, by)
        except MalformedForm:
            self.tell(f"{_named(place)} has an act with a field that there is none of", place)
            return
        for reason in self._reasons(course, known, wanted, each):
            self.tell(f"{_named(place)} was taken against the rules: {reason}", place)
        known.course = standing.after(course, wanted, Stage(data["to"]))

    def _reasons(
        self, course: Course, known: _Standing, wanted: guards.Act, each: SignedAct
    ) -> tuple[str, ...]:
        roster = next(one for one in self.known.rosters if one.hash == each.act.roster)
        serving = [one.id for one in roster.readers if one.role in _SERVING]
        people = wanted.people
        judged = replace(
            wanted,
            decision=signed.decision(each.act.data, serving, people),
            # Whose note it was is not in a bundle.
            author=min(people, default=""),
        )
        current = standing.case_now(course, roster.ids, known.out, chair_is_out=True)
        try:
            return guards.refusals(current, judged)
        except NotHere:
            return ("somebody signed who had left the case.",)

    def end(self) -> None:
        """Nothing is signed of which the ledger does not tell."""
        for name in sorted(set(self._acts) - set(self._used)):
            self.tell(f"the act {name} has no entry")


def _wrong(row: Row, each: SignedAct, people: frozenset[str]) -> str:
    """What is wrong with an entry beside its act, if anything; people are who signed it."""
    if row[7] and not _is_about(each.act.subject, bytes.fromhex(row[4].decode()), row[7].decode()):
        return "names an act that was signed for another case"
    if people and row[0].decode() not in people:
        return "is by somebody who did not sign its act"
    if row[5].decode() < each.act.on.isoformat():
        return "is of a day before its act"
    return ""


def _tells_how_it_came(each: SignedAct, data: Mapping[str, str]) -> bool:
    try:
        act = each.act
        found = recorded.read(act.act, act.data, act.on, act.previous)
    except MalformedForm:
        return False
    return (found.channel.value, found.came.isoformat()) == (data["channel"], data["came"])


def _is_about(subject: str, nonce: bytes, told: str) -> bool:
    try:
        return entry.subject(subject, nonce) == told
    except Malformed:
        return False


def _in_roles(roster: Roster, people: frozenset[str]) -> tuple[Signer, ...]:
    readers = tuple(
        Signer(each.id, Role(each.role)) for each in roster.readers if each.id in people
    )
    others = sorted(people - {each.person for each in readers})
    return (*readers, *(Signer(each, Role.INVESTIGATOR) for each in others))


def _named(place: Place | None) -> str:
    return "an act that waits" if place is None else str(place)
