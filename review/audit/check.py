"""What every check of a bundle is: a name, a sentence for when it holds, and the hooks it needs."""

from collections.abc import Sequence
from typing import ClassVar

from review.audit.cases import Case
from review.audit.entries import Row
from review.audit.found import MAX_PLACES, MAX_TOLD, Found, Told
from review.audit.known import Known, Walked
from review.audit.place import Place

# How a check, and each of the auditor's tests, ends.
HOLDS, IN_PART, NOT_MADE, EXCEPTION = "holds", "in part", "not checked", "exception"


class Check:
    """One check of a bundle. A subclass overrides the hooks that it needs.

    name is what reports call it, holds the sentence for when there is no exception, tests the
    auditor's tests that it answers. types are those of the entries whose act() it wants: the
    entries of a case come in the order of the case, all others in that of the ledger.
    """

    name: ClassVar[str]
    holds: ClassVar[str]
    tests: ClassVar[tuple[str, ...]]
    types: ClassVar[frozenset[bytes]] = frozenset()

    def __init__(self, known: Known) -> None:
        self.known = known
        self.told = Told()
        # Whether the check could be made at all: False leaves what holds unsaid.
        self.made = True

    def tell(self, says: str, *places: Place | None, code: str = "") -> None:
        """Note an exception. A place that is None, as for what waits still, is left out.

        code is that of the catalogue of the charter's findings, where it has one for this.
        """
        if len(self.told.exceptions) >= MAX_TOLD:
            self.told.more += 1
            return
        self.told.exceptions.append(_found(says, places, code))

    def warn(self, says: str, *places: Place | None, code: str = "") -> None:
        """Note what is no exception yet, and is to be looked at."""
        if len(self.told.warnings) >= MAX_TOLD:
            self.told.more_warnings += 1
            return
        self.told.warnings.append(_found(says, places, code))

    def leave(self, says: str) -> None:
        """Note what this check could not look at, and why."""
        if says not in self.told.unchecked:
            self.told.unchecked.append(says)

    @property
    def outcome(self) -> str:
        """How it ended: what was left out keeps a check from holding as a whole."""
        if self.told.count:
            return EXCEPTION
        if not self.made:
            return NOT_MADE
        return IN_PART if self.told.unchecked else HOLDS

    def begin(self) -> None:
        """Before any entry is read; rosters and records are known."""

    def rows(self, first: Place | None, rows: Sequence[Row | None]) -> None:
        """Some entries of the batch that is being read, in their order; None for no entry.

        first is where the first of them is, or None for acts that wait.
        """

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """One entry of the types; of its case if it has one. place is None while it waits."""

    def batch(self, walked: Walked) -> None:
        """The end of a batch: all its entries have been handed out."""

    def end(self) -> None:
        """After the last entry and all that waits."""


def _found(says: str, places: Sequence[Place | None], code: str) -> Found:
    named = tuple(place for place in places if place is not None)
    return Found(says, named[:MAX_PLACES], code)
