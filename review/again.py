"""Brings back what the drop still has and a restored book has lost."""

from intake import drop as door
from review.collector import Collector
from review.store import envelopes, ledger
from review.store.database import reading


def uncollect(collector: Collector) -> None:
    """Let deposits and closed days wait again that were collected and are not in the book.

    Again changes nothing: a collection takes in nothing that the book has.
    """
    with door.reading(collector.drop) as drop:
        ids, days = door.collected(drop), door.collected_days(drop)
    with reading(collector.book) as book:
        lost = [each for each in ids if not envelopes.has_deposit(book, each)]
        lost_days = [each for each in days if ledger.tally_day(book, each) is None]
    with door.writing(collector.drop) as drop:
        door.wait_again(drop, lost)
        for day in lost_days:
            door.day_waits_again(drop, day)
