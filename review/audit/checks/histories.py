"""Every case has gone from state to state as the rules of treatment say."""

import json

from review.audit.cases import RECEIPTS, Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework import states
from review.casework.states import Event, State
from review.errors import IllegalMove

_MOVES = frozenset({b"case.opened", b"reply.left", b"case.moved", b"case.closed"})
_UNMOVED = frozenset({b"follow-up.received", b"case.read", b"note.left", b"exported"})
# What the console of this version cannot do to a case.
_TO_COME = frozenset(
    {
        *(b"case.shared", b"case.keyed", b"case.recused", b"hold.placed", b"hold.released"),
        *(b"disposition.executed",),
    }
)
# The state after, and what is wrong with getting there, if anything.
_Step = tuple[State, str]


class Histories(Check):
    """What happened to cases is what may happen to them."""

    name = "histories"
    holds = "every case began with its submission and moved only as the rules allow"
    tests = ("RA-07",)
    types = frozenset({b"submission.received"}) | _MOVES | _UNMOVED | _TO_COME

    def begin(self) -> None:
        """No step is known."""
        # The step of each act in each state, told from the rules once.
        self._steps: dict[tuple[State, bytes, bytes], _Step] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Take the case one step further."""
        if case is None:
            if row[8] in _TO_COME:
                self._tell_to_come(place, row)
            return
        if (row[8] == b"submission.received") != (not case.count):
            wrong = "is a second submission" if case.count else "comes before the submission"
            self.tell(f"{_named(place)} {wrong}, in {case.name}", case.last, place)
        key = (case.state, row[8], row[2])
        step = self._steps.get(key)
        if step is None:
            step = self._steps[key] = _step(*key)
        after, wrong = step
        if wrong:
            self.tell(f"{_named(place)} {wrong}, in {case.name}", case.last, place)
        if row[8] in _TO_COME:
            self._tell_to_come(place, row)
        case.state = after
        if row[8] not in RECEIPTS:
            self._check_day(place, row, case)

    def _check_day(self, place: Place | None, row: Row, case: Case) -> None:
        # Receipts have the day of the deposit, which may be before what happened meanwhile.
        if row[5] < case.last_on:
            self.tell(
                f"{_named(place)} is of {row[5].decode()} and follows one of "
                f"{case.last_on.decode()}, in {case.name}: a clock was set back, or it was "
                "backdated",
                case.last,
                place,
            )
        else:
            case.last_on = row[5]

    def _tell_to_come(self, place: Place | None, row: Row) -> None:
        self.tell(
            f"{_named(place)} is a {row[8].decode()}, which nobody can do in this version", place
        )


def _named(place: Place | None) -> str:
    return "an act that waits" if place is None else str(place)


def _step(state: State, kind: bytes, data: bytes) -> _Step:
    if kind == b"case.read" and state is State.RECEIVED:
        return state, "reads a case that nobody has opened"
    return _moved(state, kind, data) if kind in _MOVES else (state, "")


def _moved(state: State, kind: bytes, data: bytes) -> _Step:
    told = json.loads(data)
    try:
        after = State(told["to"])
    except ValueError:
        return state, "moves to a state that does not exist"
    if told["from"] != state.value:
        return after, f"says that it moves from {told['from']}, and the case is {state.value}"
    wrong = f"moves from {state.value} to {after.value}, to which the rules have no step"
    try:
        if kind == b"case.opened":
            right = states.move(state, Event.READ) is after
        elif kind == b"reply.left":
            right = states.move(state, Event.REPLIED) is after
        else:
            right = states.choose(state, after) is after
            right = right and (kind == b"case.closed") == (after is State.CLOSED)
    except IllegalMove:
        right = False
    return after, "" if right else wrong
