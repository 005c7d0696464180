"""Takes out of the drop what the book has and what is safe elsewhere too.

That is what verified backups of the book and of the shred keys have, or, if a setting names a
replica, what the replica has confirmed. Not before the second day after it came: a mailbox counts
the messages of its day. A death between two steps leaves a collected deposit that the next run
takes out.
"""

import datetime
from collections.abc import Collection

from intake import drop as door
from review.collector import Collected, Collector
from review.replicas import have_everything
from review.store import backups, envelopes
from review.store.database import reading

_PAGE = 100
_STAYS = datetime.timedelta(days=1)


def leave(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Take every deposit out of the drop that need not be there any more."""
    after = ""
    while True:
        with door.reading(collector.drop) as drop:
            page = door.leaving(drop, today - _STAYS, _PAGE, after)
        for deposit_id in _safe(collector, page):
            gone = False
            while not gone:
                with door.writing(collector.drop) as drop:
                    gone = door.remove_collected(drop, deposit_id)
            done.left += 1
        if len(page) < _PAGE:
            return
        after = page[-1]


def _safe(collector: Collector, page: Collection[str]) -> list[str]:
    with reading(collector.book) as book:
        safe = backups.safe(book, page)
        kept = [each for each in page if envelopes.has_deposit(book, each)]
    if collector.replica is None or len(safe) == len(kept):
        return safe
    # Asked after the book was: what was seen there had been committed before.
    both = (collector.book, collector.shred)
    return kept if have_everything(both, collector.replica) else safe
