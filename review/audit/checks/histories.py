"""Every case has gone from state to state as the rules of treatment say."""

import json

from review.audit import earlier
from review.audit.cases import BEGINNINGS, RECEIPTS, Case, Step, Steps
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework import signed
from review.casework.course import Stage, line
from review.casework.course import Step as CaseStep
from review.casework.watching import BY_ITSELF

_MOVED_ON = b"case.moved-on"
_MOVES = earlier.TYPES | {
    *(b"case.opened", b"reply.left", b"case.moved", b"case.closed", _MOVED_ON),
}
_UNMOVED = frozenset(
    {
        *(b"follow-up.received", b"case.read", b"note.left", b"exported"),
        *(b"act.proposed", b"act.withdrawn"),
        *(b"case.shared", b"case.keyed", b"case.recused", b"case.released"),
    }
)
_EXECUTED = b"disposition.executed"
_ACT = b'"act":'
_NAMED = {signed.code(step): step for step in CaseStep}


class Histories(Check):
    """What happened to cases is what may happen to them."""

    name = "histories"
    holds = "every case began with its submission and moved only as the rules allow"
    tests = ("RA-07",)
    types = BEGINNINGS | _MOVES | _UNMOVED | {_EXECUTED}

    def begin(self) -> None:
        """No step is known."""
        # What each act leads to from each state, told from the rules once.
        self._steps: dict[Stage, Steps] = {state: {} for state in Stage}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Take the case one step further."""
        kind, key = row[8], (row[8], row[2])
        if case is None:
            return
        if (kind in BEGINNINGS) == bool(case.count):
            self._tell_beginning(place, case)
        steps = self._steps[case.state] if case.steps is None else case.steps
        step = steps.get(key)
        if step is None:
            step = self._new_step(case.state, *key)
            # What names an act comes once, and is not remembered.
            if _ACT not in row[2]:
                steps[key] = step
        case.state, case.steps, wrong = step
        if wrong:
            self.tell(f"{_named(place)} {wrong}, in {case.name}", case.last, place)
        # Receipts have the day of the deposit, which may be before what happened meanwhile.
        if kind in RECEIPTS:
            return
        if row[5] < case.last_on:
            self._tell_day(place, row, case)
        case.last_on = max(row[5], case.last_on)

    def _new_step(self, state: Stage, kind: bytes, data: bytes) -> Step:
        after, wrong = _step(state, kind, data)
        return after, self._steps[after], wrong

    def _tell_beginning(self, place: Place | None, case: Case) -> None:
        wrong = "is a second submission" if case.count else "comes before the submission"
        self.tell(f"{_named(place)} {wrong}, in {case.name}", case.last, place)

    def _tell_day(self, place: Place | None, row: Row, case: Case) -> None:
        self.tell(
            f"{_named(place)} is of {row[5].decode()} and follows one of "
            f"{case.last_on.decode()}, in {case.name}: a clock was set back, or it was backdated",
            case.last,
            place,
        )


def _named(place: Place | None) -> str:
    return "an act that waits" if place is None else str(place)


def _step(state: Stage, kind: bytes, data: bytes) -> tuple[Stage, str]:
    """The state after, and what is wrong with getting there, if anything."""
    if state is Stage.DISPOSED:
        return state, "comes after the case was disposed of"
    if kind == _EXECUTED:
        wrong = "" if state is Stage.RETENTION else f"disposes of a case that is {state.value}"
        return Stage.DISPOSED, wrong
    if kind == b"case.read" and state is Stage.RECEIVED:
        return state, "reads a case that nobody has opened"
    return _moved(state, kind, data) if kind in _MOVES else (state, "")


def _moved(state: Stage, kind: bytes, data: bytes) -> tuple[Stage, str]:
    told = json.loads(data)
    try:
        after = Stage(told["to"])
    except ValueError:
        return state, "moves to a state that does not exist"
    if told["from"] != state.value:
        return after, f"says that it moves from {told['from']}, and the case is {state.value}"
    wrong = f"moves from {state.value} to {after.value}, to which the rules have no step"
    return after, "" if _is_right(state, kind, told.get("step"), after) else wrong


def _is_right(state: Stage, kind: bytes, name: str | None, after: Stage) -> bool:
    """Whether the rules have what an entry of this type says, with the step that it names."""
    if kind in earlier.TYPES:
        return earlier.leads(state, kind, after)
    if kind == b"case.opened":
        return _leads(state, CaseStep.OPEN, after)
    if kind == b"reply.left":
        # A reply acknowledges; later it leaves the case where it stands.
        stays = state is after and line(state, CaseStep.ACKNOWLEDGE) is None
        return stays or _leads(state, CaseStep.ACKNOWLEDGE, after)
    step = _NAMED.get(name or "")
    if step is None or (kind == _MOVED_ON) != (step in BY_ITSELF):
        return False
    return _leads(state, step, after) and (kind == b"case.closed") == (step is CaseStep.CLOSE)


def _leads(state: Stage, step: CaseStep, after: Stage) -> bool:
    """Whether the table has this step from one stage to the other."""
    found = line(state, step)
    return found is not None and (found.after or state) is after
