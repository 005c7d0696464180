"""The numbers of each quarter were told once, and when it was over.

Nobody here counts: what may be told of cases is the console's rule. But numbers that were told
twice give away by their difference what came in between, and a quarter that was told before its end
could be told again in other words.
"""

import datetime
import json
import re

from review.audit.cases import Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework.numbers import SETTLED, Quarter

_NAME = re.compile(r"([0-9]{4})-Q([1-4])")


class Quarters(Check):
    """A quarter's numbers are told once and for all."""

    name = "quarters"
    holds = "the numbers of each quarter were told once, after it was over"
    tests = ("RA-16",)
    types = frozenset({b"statistics.published"})

    def begin(self) -> None:
        """Nothing was told."""
        self._told: dict[str, Place] = {}

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A quarter was told."""
        if place is None:
            return
        name = json.loads(row[2])["quarter"]
        found = _NAME.fullmatch(name)
        if found is None or int(found[1]) < datetime.MINYEAR:
            self.tell(f"{place} tells the numbers of {name}, which is no quarter", place)
            return
        first = self._told.setdefault(name, place)
        if first is not place:
            self.tell(f"{place} tells the numbers of {name} again, after {first}", first, place)
        over = Quarter(int(found[1]), int(found[2])).next.first_day + SETTLED
        if row[5].decode() < over.isoformat():
            self.tell(f"{place} tells the numbers of {name} before it was over", place)

    def end(self) -> None:
        """There is nothing to compare: what was told stands in the entries alone."""
