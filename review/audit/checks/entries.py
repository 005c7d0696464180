"""Every line of a ledger is an entry, in its one spelling and of a type that is known here."""

from collections.abc import Sequence

from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place


class Entries(Check):
    """Nothing is in a ledger that cannot be read."""

    name = "entries"
    holds = "every line of a ledger is an entry in its one spelling"
    tests = ("RA-01",)

    def rows(self, first: Place | None, rows: Sequence[Row | None]) -> None:
        """Name the lines that are no entries."""
        if first is None or None not in rows:
            return
        for at, row in enumerate(rows, first.at):
            if row is None:
                place = Place(first.ledger, at)
                self.tell(f"{place} is not an entry in its one spelling", place)
