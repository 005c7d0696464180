"""Brings the closed days of the tally from the drop into the book, for the auditor."""

import datetime
import hashlib

from crypto import tally
from crypto.errors import MalformedTally
from intake import drop as door
from review.collector import Collected, Collector
from review.store import entries, ledger
from review.store.database import writing


def take_days(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Copy every closed day of the tally into the book, and let the ledger tell its hash."""
    with door.reading(collector.drop) as drop:
        closed = door.closed_days(drop)
    for on, document in closed:
        if not _is_of(on, document):
            done.problems.append(f"the tally of {on} is not one that intake makes")
            continue
        with writing(collector.book) as book:
            known = ledger.tally_day(book, on)
            if known is None:
                ledger.keep_tally_day(book, on, document)
                data = {"day": on.isoformat(), "tally": hashlib.sha256(document).hexdigest()}
                entry = entries.Entry(type="tally.closed", on=today, data=data)
                entries.record(book, entry, collector.entropy)
        if known not in (None, document):
            done.problems.append(f"the tally of {on} is another one than the book has")
            continue
        with door.writing(collector.drop) as drop:
            door.mark_day_collected(drop, on)
        done.days += 1


def _is_of(on: datetime.date, document: bytes) -> bool:
    """Whether this is the tally of that day; who signed it is for the auditor to see."""
    try:
        return tally.parse(document).on == on
    except MalformedTally:
        return False
