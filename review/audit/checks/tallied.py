"""What intake counted is what the collector brought: every deposit has its entry.

Intake tallies a deposit in the deposit's own transaction and signs every day. A collector that
drops a deposit, or a console that drops a whole case, leaves a value without an entry.
"""

import hashlib
import json
from binascii import unhexlify
from datetime import timedelta
from typing import NamedTuple

from crypto import tally
from crypto.errors import CryptoError
from crypto.tally import TallyDay
from review.audit.cases import RECEIPTS, Case
from review.audit.check import Check
from review.audit.checks.days import before
from review.audit.entries import Row
from review.audit.known import Walked
from review.audit.place import Place

_CLOSED = b"tally.closed"
_SET_ASIDE = b"deposit.set-aside"
# A day is closed and collected on the next, and that one's batch has it all.
_GRACE = timedelta(days=1)
_ONE_DAY = timedelta(days=1)
# Intake closes days from its first on; a ledger that is older by more has lost some.
_BEGINNING = timedelta(days=2)
# By then a deposit that was set aside should have been put right: its submitter waits.
_PUT_RIGHT = timedelta(days=7)


class _SetAside(NamedTuple):
    """Where a deposit was set aside, on which day, and why."""

    place: Place
    on: bytes
    reason: str


class Tallied(Check):
    """No deposit was lost on the way, and none was made up."""

    name = "tally"
    holds = "every deposit that intake tallied has its entry, and every receipt was tallied"
    tests = ("RA-01", "RA-17")
    types = RECEIPTS | {_CLOSED, _SET_ASIDE}

    def begin(self) -> None:
        """Read all documents; what stays of each is its values and its hash."""
        # The day of each deposit; empty as soon as its receipt has come.
        self._expected: dict[bytes, bytes] = {}
        self._set_aside: dict[bytes, _SetAside] = {}
        self._documents: dict[bytes, str] = {}
        self._closed: dict[bytes, Place | None] = {}
        self._untallied: dict[bytes, Place] = {}
        self._began = b""
        keys = {key for each in self.known.rosters for key in each.statement_keys}
        for number, line in enumerate(self.known.bundle.tally(), 1):
            try:
                day = tally.verify(line, keys)
            except CryptoError as refused:
                self.tell(f"line {number} of the tally is not a day that intake signed: {refused}")
                continue
            self._check_key(line, day)
            self._take(day)
        self._check_days(sorted(self._documents))

    def _check_key(self, line: bytes, day: TallyDay) -> None:
        """Return if the key was one of that day: one that was replaced may have leaked."""
        keys = {key for each in self.known.in_force(day.on) for key in each.statement_keys}
        try:
            tally.verify(line, keys)
        except CryptoError:
            self.tell(f"the tally of {day.on} is signed by a key that no roster in force then has")

    def _take(self, day: TallyDay) -> None:
        on = day.on.isoformat().encode()
        if day.installation != self.known.bundle.manifest.installation:
            self.tell(f"the tally of {on.decode()} is another installation's")
        if on <= max(self._documents, default=b""):
            self.tell(f"the tally of {on.decode()} is there twice, or out of order")
        self._documents[on] = day.hash
        for value in day.deposits:
            if unhexlify(value) in self._expected:
                self.tell(f"a deposit is tallied on two days, the second being {on.decode()}")
            self._expected[unhexlify(value)] = on

    def _check_days(self, days: list[bytes]) -> None:
        for on, last in zip(days[1:], days, strict=False):
            if before(on, _ONE_DAY) != last:
                self.tell(f"there is no tally between {last.decode()} and {on.decode()}")

    def batch(self, walked: Walked) -> None:
        """The tally is as old as the ledger: what came before the first batch may lack one."""
        self._began = self._began or walked.on

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """A receipt, or the closing of a day."""
        if row[8] == _CLOSED:
            self._take_closed(place, row)
        elif place is not None:
            value = hashlib.sha256(unhexlify(row[3]) + unhexlify(row[4])).digest()
            self._take_receipt(place, row, self._expected.get(value), value)

    def _take_closed(self, place: Place | None, row: Row) -> None:
        data = json.loads(row[2])
        on = data["day"].encode()
        if on in self._closed:
            self.tell(f"{place} closes {data['day']} once more", self._closed[on], place)
        elif self._documents.get(on) is None:
            self.tell(f"{place} closed the tally of {data['day']}, which is missing", place)
        elif self._documents[on] != data["tally"]:
            self.tell(f"the tally of {data['day']} is not the one that {place} closed", place)
        self._closed[on] = place

    def _take_receipt(self, place: Place, row: Row, on: bytes | None, value: bytes) -> None:
        if row[8] == _SET_ASIDE:
            self._take_set_aside(place, row, on, value)
        elif on is None:
            self._take_untallied(place, row[5])
        elif not on:
            self.tell(f"{place} is a receipt of a deposit that has one already", place)
        else:
            self._expected[value] = b""
            self._set_aside.pop(value, None)
            if row[5] != on:
                told = f"and intake tallied its deposit on {on.decode()}"
                self.tell(f"{place} is of {row[5].decode()}, {told}", place)

    def _take_set_aside(self, place: Place, row: Row, on: bytes | None, value: bytes) -> None:
        if on == b"":
            self.tell(f"{place} sets aside a deposit that has a receipt already", place)
        elif on is None:
            # The day of the deposit is not told: what is on record before may be of before.
            self._take_untallied(place, row[5], before(self._since(row[5]), -_ONE_DAY))
        else:
            # It may still be taken in later, when what was wrong is put right.
            reason = json.loads(row[2])["reason"]
            self._set_aside.setdefault(value, _SetAside(place, row[5], reason))
            if before(row[5], _ONE_DAY) > on:
                told = f"and intake tallied that on {on.decode()}: it was dropped first"
                self.tell(f"{place} sets aside a deposit on {row[5].decode()}, {told}", place)

    def _since(self, on: bytes) -> bytes:
        """The day on which tally or ledger began; deposits of it, and of before, may lack a value.

        Before either has begun that is the day asked about.
        """
        days = sorted(self._documents)
        return min([*days[:1], *([self._began] if self._began else [])], default=on)

    def _take_untallied(self, place: Place, on: bytes, since: bytes = b"") -> None:
        days = sorted(self._documents)
        if on <= (since or self._since(on)):
            return
        if days and on <= days[-1]:
            self.tell(f"{place} is of a deposit that intake has not tallied", place)
        else:
            self._untallied.setdefault(on, place)

    def end(self) -> None:
        """Whose time has passed, and what is still to come."""
        if not self.known.today:
            return
        due = before(self.known.today, _GRACE)
        for value, on in sorted(self._expected.items(), key=lambda each: (each[1], each[0])):
            if on and on < due and value not in self._set_aside:
                self.tell(
                    f"a deposit of {on.decode()} was tallied and has no entry: it was dropped "
                    f"(its value is {value.hex()})"
                )
        self._check_end(due)
        self._check_beginning()
        for value, each in sorted(self._set_aside.items(), key=lambda item: item[1]):
            self._judge_set_aside(value, each)

    def _judge_set_aside(self, value: bytes, each: _SetAside) -> None:
        told = f"{each.place} set a deposit aside on {each.on.decode()} ({each.reason})"
        value_is = f"its value is {value.hex()}"
        if each.on < before(self.known.today, _PUT_RIGHT):
            self.tell(f"{told}, and it was never taken in: {value_is}", each.place)
        else:
            self.leave(f"whether the deposit will be taken in that {told}: {value_is}")

    def _check_beginning(self) -> None:
        """A day before the first one in the tally is a day whose deposits may all be gone."""
        first = min(self._documents, default=self.known.today)
        if before(first, _BEGINNING if not self._documents else _ONE_DAY) <= self._began:
            return
        told = f"the ledger began on {self._began.decode()}, and "
        if self._documents:
            told += f"the tally only on {first.decode()}: deposits between would not be missed"
        else:
            told += f"on {first.decode()} there is no tally: every deposit may have been dropped"
        if self.known.is_demo:
            self.leave(f"what was deposited in a demonstration, because {told}")
        else:
            self.tell(told)

    def _check_end(self, due: bytes) -> None:
        days = sorted(self._documents)
        if days and days[-1] < before(due, _ONE_DAY):
            self.tell(f"the tally ends with {days[-1].decode()}, and days have passed since")
        for on, place in sorted(self._untallied.items()):
            if not days and on < due:
                self.tell(f"{place} is of a deposit of {on.decode()}, without a tally", place)
        for on in days:
            if on not in self._closed and on < before(due, _ONE_DAY):
                self.tell(f"the tally of {on.decode()} is there, and no entry says that it closed")
        if not days:
            self.made = False
            self.leave("no day has been tallied yet, so a deposit that was dropped would not show")
