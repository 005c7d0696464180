"""Takes out of the drop what the book has and a verified backup of the book has as well.

Not before the second day after it came: whoever lost the answer and sends the same form again is
still told that it arrived, and a mailbox still counts the messages of its day. A death between two
steps leaves a collected deposit that the next run takes out.
"""

import datetime

from intake import drop as door
from review.collector import Collected, Collector
from review.store import backups
from review.store.database import reading

_PAGE = 100
_STAYS = datetime.timedelta(days=1)


def leave(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Take every deposit out of the drop that need not be there any more."""
    after = ""
    while True:
        with door.reading(collector.drop) as drop:
            page = door.leaving(drop, today - _STAYS, _PAGE, after)
        with reading(collector.book) as book:
            safe = backups.safe(book, page)
        for deposit_id in safe:
            gone = False
            while not gone:
                with door.writing(collector.drop) as drop:
                    gone = door.remove_collected(drop, deposit_id)
            done.left += 1
        if len(page) < _PAGE:
            return
        after = page[-1]
