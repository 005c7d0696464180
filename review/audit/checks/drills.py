"""Only drills are called drills, and a drill that is said to have passed was one.

What a reader calls a drill is in no count. So whoever wanted a case forgotten would call it one:
the act has to repeat the mark of a drill key for that very case. Whether the mark is inside the
sealed submission, only those who open it can see; how many there are, under which key, is said.
"""

import json

from crypto import drill, strict
from crypto.act import Act
from crypto.drill import Mark
from crypto.errors import CryptoError
from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework.course import Step, Term
from review.casework.signed import code

_ACT = code(Step.MARK_DRILL)
_PASSED = "passed"


class Drills(Check):
    """Nobody hides a case by calling it a drill."""

    name = "drills"
    holds = "every case that is called a drill has the mark of one, and every drill was one"
    tests = ("RA-07",)
    types = frozenset({b"drill.run"})

    def begin(self) -> None:
        """Hold every mark against its case."""
        self._marks: dict[str, Mark] = {}
        self._used: dict[str, Place | None] = {}
        for each in self.known.bundle.acts():
            if each.act.act == _ACT:
                self._look_at(each.act)
        for key in sorted({mark.key for mark in self._marks.values()}):
            count = sum(mark.key == key for mark in self._marks.values())
            self.leave(
                f"{count} {'case is' if count == 1 else 'cases are'} called a drill, with marks of "
                f"the drill key {strict.to_b64(key)}: ask the operator whether it is theirs and "
                "how many were sent; whether a mark was inside the submission, its readers see"
            )

    def _look_at(self, act: Act) -> None:
        try:
            mark = drill.read_words(act.words(Term.MARK.value))
            drill.check(mark, act.installation, act.subject)
        except CryptoError as refused:
            self.tell(
                f"the act {act.hash} calls case {act.subject} a drill without its mark: {refused}"
            )
            return
        self._marks[act.hash] = mark

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A drill that was run."""
        data = json.loads(row[2])
        named = "a drill that waits" if place is None else str(place)
        days = [data["sent"], *filter(None, [data["answered"]]), row[5].decode()]
        if days != sorted(days):
            self.tell(f"{named} tells of a drill whose days are not in order", place)
        if data["outcome"] != _PASSED:
            return
        mark = self._marks.get(data["marked"] or "")
        if mark is None or data["answered"] is None:
            self.tell(f"{named} says that a drill passed, of which no case has the mark", place)
        elif data["marked"] in self._used:
            self.tell(f"{named} says that a drill passed once more", place)
        elif mark.on.isoformat() != data["sent"]:
            self.tell(f"{named} says that a drill was sent on another day than its mark", place)
        self._used.setdefault(data["marked"] or "", place)

    def end(self) -> None:
        """A drill that nobody answered is said by the entry that tells of it."""
