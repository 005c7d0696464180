"""Brings the closed days of the tally from the drop into the book, for the auditor."""

import datetime
import hashlib

from crypto import tally
from crypto.errors import CryptoError
from intake import drop as door
from review.collector import Collected, Collector
from review.errors import RosterUnusable
from review.store import entries, ledger, rosters
from review.store.database import reading, writing


def take_days(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Copy every closed day of the tally into the book, and let the ledger tell its hash."""
    with door.reading(collector.drop) as drop:
        closed, odd = door.closed_days(drop), door.odd_days(drop)
    if odd:
        done.problems.append(f"rows that intake does not write are among the closed days: {odd}")
    keys = _keys(collector) if closed else frozenset()
    for on, document in closed:
        if on > today or not _is_of(collector, on, document, keys):
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


def _keys(collector: Collector) -> frozenset[bytes]:
    """The keys of intake in the rosters that the book knows."""
    with reading(collector.book) as book:
        try:
            return rosters.statement_keys(book, collector.root_key, demo=collector.demo)
        except RosterUnusable:
            return frozenset()


def _is_of(
    collector: Collector, on: datetime.date, document: bytes, keys: frozenset[bytes]
) -> bool:
    """Whether intake signed this as the tally of that day here.

    The book keeps a day for ever, so whoever was first with another would have it.
    """
    try:
        found = tally.verify(document, keys)
    except CryptoError:
        return False
    return found.on == on and found.installation == collector.locksmith.installation
