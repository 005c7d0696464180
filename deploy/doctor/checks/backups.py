"""Backups: a fresh one of each store, and none kept beyond its day."""

from collections.abc import Iterator

from deploy import database
from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from review.store import backups

MOST_DAYS = 2


def look(here: Here) -> Iterator[Finding]:
    """Read the book's list of backups."""
    with here.book() as book:
        every = backups.listed(book)
        over = backups.expired(book, here.today)
    for store in database.NAMES:
        days = [each.on for each in every if each.store == store and each.removed_on is None]
        if not days:
            yield bad(f"there is no backup of {store}", "systemctl start underrose-backup@all")
        elif (here.today - max(days)).days > MOST_DAYS:
            yield bad(
                f"the newest backup of {store} is of {max(days)}",
                "systemctl status underrose-backup@all",
            )
        else:
            yield good(f"the newest backup of {store} is of {max(days)}")
    late = [each for each in over if (here.today - each.expires_on).days > MOST_DAYS]
    if late:
        yield bad(
            f"{len(late)} backups are kept beyond their day",
            "underrose backup expire /var/lib/underrose/backups; remove the copies elsewhere too",
        )
