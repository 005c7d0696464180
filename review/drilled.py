"""Drills of the line: recorded when they are over, told to the ledger and then to the charter.

A drill has passed when its submission came in by the front door, a reader saw by its mark what it
is and signed so, and a reply of the committee was read in its mailbox. The operator's command says
the first and the last; what the reader signed is in the book.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from review import charter_desk
from review.casework.course import Step
from review.casework.signed import code
from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter_desk import Draft
from review.errors import DrillRefused
from review.store import acts, drills, entries
from review.store.drills import FAILED, PASSED, Drill

TYPE = "channel_tested"
CHANNEL = "front door"
# How long the line may go without a drill that passed, in days.
MOST_DAYS = 90
# So far back a drill can still be taken over into the charter's book.
_OFFERED = datetime.timedelta(days=366)
_RESULTS = {PASSED: "PASSED", FAILED: "FAILED"}


@dataclass(frozen=True)
class Reminder:
    """It is time for a drill: the day of the last that passed, or None if there was none."""

    last: datetime.date | None


def marked(connection: Connection, case_id: str) -> str | None:
    """The act by which a reader called the case a drill, if one has."""
    wanted = code(Step.MARK_DRILL)
    found = [each.act.hash for each in acts.done(connection, case_id) if each.act.act == wanted]
    return found[0] if found else None


def record(
    connection: Connection, case_id: str, sent: datetime.date, answered: datetime.date | None,
    today: datetime.date,
) -> Drill:  # fmt: skip
    """Keep how a drill went, and tell the ledger. Without a reply it has failed.

    Raises DrillRefused for one that was answered and is not marked yet, or that has counted.
    """
    act = None if answered is None else marked(connection, case_id)
    if answered is not None and act is None:
        raise DrillRefused(
            "the committee has replied, and nobody has signed yet that it is a drill"
        )
    if act is not None and drills.has_counted(connection, act):
        raise DrillRefused("this drill is on the record already")
    outcome = PASSED if act is not None else FAILED
    found = Drill(outcome=outcome, sent=sent, answered=answered, marked=act, on=today)
    drills.add(connection, found)
    data = {
        "outcome": outcome,
        "sent": sent.isoformat(),
        "answered": None if answered is None else answered.isoformat(),
        "marked": act,
    }
    entries.record(connection, entries.Entry(type="drill.run", on=today, data=data))
    return found


def reminder(connection: Connection, today: datetime.date, *, has_key: bool) -> Reminder | None:
    """That it is time for a drill, or None.

    Where no drill key is set nobody is reminded of a drill that was never begun.
    """
    last = drills.last_passed(connection)
    if last is None:
        return Reminder(None) if has_key else None
    return Reminder(last) if (today - last).days > MOST_DAYS else None


def untold(connection: Connection, book: Book, today: datetime.date) -> tuple[Drill, ...]:
    """The drills of the last year that the charter's book does not have yet, the newest first.

    Of one day the book has as many as were recorded on it, whatever it calls them.
    """
    told = [event.day_of for event in book.events if event.type == TYPE]
    left = []
    for each in drills.newest(connection, today - _OFFERED):
        if each.on in told:
            told.remove(each.on)
        else:
            left.append(each)
    return tuple(left)


def tell(connection: Connection, charter: Charter, on: str, by: str, today: datetime.date) -> str:
    """Record a drill of a day in the charter's book, and return the record's id.

    Raises DrillRefused where none of that day is left to record, and NoBook.
    """
    book = charter_desk.read_book(connection, charter)
    found = next(
        (each for each in untold(connection, book, today) if each.on.isoformat() == on), None
    )
    if found is None:
        raise DrillRefused("no drill of that day is left to record")
    draft = Draft(TYPE, found.on, {"channel": CHANNEL, "result": _RESULTS[found.outcome]})
    (made,) = charter_desk.record(connection, charter, [draft], by, today)
    return made
