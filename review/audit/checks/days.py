"""Cut-off: what happened on a day is in the batch of that day or of the next."""

from collections.abc import Sequence
from datetime import date, timedelta

from review.audit.check import Check
from review.audit.entries import COVER, Row
from review.audit.known import Walked
from review.audit.place import Place

_LATE = timedelta(days=1)


def before(on: bytes, by: timedelta) -> bytes:
    """The day so long before another, or the first or last one that a calendar has."""
    day = date.fromisoformat(on.decode())
    try:
        day -= by
    except OverflowError:
        day = date.min if by > timedelta() else date.max
    return day.isoformat().encode()


class Days(Check):
    """The ledger tells of every day at once, and of no day twice."""

    name = "days"
    holds = "batches come daily and in order, and every entry is in a batch of its own time"
    tests = ("RA-17",)

    def begin(self) -> None:
        """No entry has been read."""
        self._days: dict[bytes, Place] = {}
        self._covers: dict[bytes, Place] = {}
        self._on = b""

    def rows(self, first: Place | None, rows: Sequence[Row | None]) -> None:
        """Remember each day once."""
        if first is None:
            return
        covers = {row[5] for row in rows if row and row[8] == COVER}
        days = {row[5] for row in rows if row}
        new = days - self._days.keys() | covers - self._covers.keys()
        if not new:
            return
        for at, row in enumerate(rows, first.at):
            if row is not None and row[5] in new:
                self._days.setdefault(row[5], Place(first.ledger, at))
                if row[8] == COVER:
                    self._covers.setdefault(row[5], Place(first.ledger, at))

    def batch(self, walked: Walked) -> None:
        """Compare the days of the batch with its own and with that of the batch before."""
        days, covers, self._days, self._covers = self._days, self._covers, {}, {}
        on, last = walked.on, walked.before_on
        where = f"the batch of {on.decode()} of ledger {walked.ledger}"
        end = Place(walked.ledger, walked.size - 1)
        if last:
            self._check_order(on, last, where, end)
        for day, place in sorted(days.items()):
            if day > on:
                self.tell(f"{place} is of {day.decode()}, after {where}", place)
            elif last and day < before(last, _LATE):
                self.tell(
                    f"{place} is of {day.decode()} and came only with {where}, after the batch of "
                    f"{last.decode()}: it is late, or was backdated",
                    place,
                )
        for day, place in sorted(covers.items()):
            if day != on:
                self.tell(f"{place} fills up {where} and is of {day.decode()}", place)

    def end(self) -> None:
        """What waits has happened since the newest batch."""
        if not self.known.today:
            return
        made_on = self.known.bundle.manifest.made_on
        self._check_made_on(made_on.isoformat().encode())
        for case, record in self.known.cases.waiting:
            for act in record.waiting:
                if act.on > made_on:
                    self.tell(
                        f"a {act.type} of {act.on} of {case.name} waits, and is of after the day "
                        f"on which the bundle was made, {made_on}",
                        case.last,
                    )
                elif act.on.isoformat().encode() < before(self.known.today, _LATE):
                    self.tell(
                        f"a {act.type} of {act.on} of {case.name} waits still, and is kept out of "
                        "the ledger",
                        case.last,
                    )

    def _check_made_on(self, made_on: bytes) -> None:
        """Return if the ledger still went on when the bundle was made: it is judged as of then."""
        newest = self.known.today
        if made_on < newest:
            self.tell(
                f"the bundle says that it was made on {made_on.decode()}, before its newest batch, "
                f"of {newest.decode()}"
            )
        elif before(made_on, _LATE) > newest and not self.known.is_demo:
            self.tell(
                f"the newest batch is of {newest.decode()}, and the bundle was made on "
                f"{made_on.decode()}: the ledger has stopped, and what came since is not in it"
            )

    def _check_order(self, on: bytes, last: bytes, where: str, end: Place) -> None:
        if on < last:
            self.tell(f"{where} comes after that of {last.decode()}: a clock was set back", end)
        elif before(on, _LATE) > last and self.known.is_demo:
            self.leave("whether batches came daily, because a demonstration may leave days out")
        elif before(on, _LATE) > last:
            self.tell(f"{where} is the first since that of {last.decode()}: days are missing", end)
