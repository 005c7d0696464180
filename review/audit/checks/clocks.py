"""Submitters heard of their submissions in time: the clocks that the console shows."""

import json
from datetime import date

from review.audit import earlier
from review.audit.cases import BEGINNINGS, RECORDED, Case
from review.audit.check import Check
from review.audit.entries import Row
from review.audit.place import Place
from review.casework.clocks import acknowledge_by, feedback_by

_HEARD = earlier.TYPES | {b"reply.left", b"case.moved", b"case.closed"}
# What tells a submitter what was done: a second reply, the end, or a step of that name.
_FEEDBACK = frozenset({b"reply.left", b"case.closed", earlier.CLOSED})
# Whoever sent a drill was told that it is over; its reply is what was tried.
_DRILLED = b'"step":"mark-a-drill"'
_FED_BACK, _ACKNOWLEDGED = b'"step":"give-feedback"', b'"step":"acknowledge"'


class Clocks(Check):
    """Acknowledgement within seven days, feedback within three months of it."""

    name = "clocks"
    holds = "every submission was acknowledged in time, and its submitter heard what was done"
    tests = ("RA-09",)
    types = BEGINNINGS | _HEARD

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """Remember the first of each."""
        if case is None:
            return
        if row[8] in BEGINNINGS:
            # What a member recorded has come on the day that they say, which is no later.
            came = json.loads(row[2])["came"].encode() if row[8] == RECORDED else row[5]
            case.received_on = case.received_on or came
        elif _DRILLED in row[2]:
            case.acknowledged_on = case.acknowledged_on or row[5]
            case.heard_on = case.heard_on or row[5]
        elif not case.acknowledged_on:
            # A step of which the submitter is told nothing is none to them.
            if row[3] or _ACKNOWLEDGED in row[2]:
                case.acknowledged_on = row[5]
        elif (row[8] in _FEEDBACK or _FED_BACK in row[2]) and not case.heard_on:
            case.heard_on = row[5]

    def end(self) -> None:
        """Judge every case as of the day of the newest batch."""
        if not self.known.today:
            return
        today = _day(self.known.today)
        for case in self.known.cases.all:
            if not case.received_on:
                continue
            try:
                self._judge(case, today)
            except (OverflowError, ValueError):
                told = case.received_on.decode()
                self.tell(f"{case.name} was received on {told}, past all calendars", case.last)

    def _judge(self, case: Case, today: date) -> None:
        received = _day(case.received_on)
        acknowledged = _day(case.acknowledged_on) if case.acknowledged_on else None
        last = acknowledge_by(received)
        if (acknowledged or today) > last:
            told = f"on {acknowledged}" if acknowledged else f"not yet on {today}"
            self.tell(
                f"{case.name} was to be acknowledged by {last}, and was {told}"
                if acknowledged
                else f"{case.name} was to be acknowledged by {last}, and is not on {today}",
                case.last,
            )
        last = feedback_by(received, acknowledged)
        heard = _day(case.heard_on) if case.heard_on else None
        if (heard or today) > last:
            told = f"heard on {heard}" if heard else f"have not heard on {today}"
            self.tell(
                f"the submitter of {case.name} was to hear what was done by {last}, and {told}",
                case.last,
            )


def _day(spelled: bytes) -> date:
    return date.fromisoformat(spelled.decode())
