"""Jobs: the ledger grows every day, and every day's tally is closed."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from intake.schema import tally, tally_days
from review.store.schema import checkpoints

MOST_DAYS = 2


def look(here: Here) -> Iterator[Finding]:
    """The day of the newest checkpoint, and the oldest day that waits to be closed."""
    with here.book() as book:
        signed = book.execute(select(func.max(checkpoints.c.on))).scalar()
    if signed is None:
        yield bad("the ledger was never signed", "systemctl start underrose-ledger")
    elif (here.today - signed).days > MOST_DAYS:
        yield bad(f"the ledger was signed last on {signed}", "systemctl status underrose-ledger")
    else:
        yield good(f"the ledger was signed on {signed}")
    closed = select(tally_days.c.on)
    with here.drop() as drop:
        oldest = drop.execute(
            select(func.min(tally.c.on)).where(tally.c.on.not_in(closed))
        ).scalar()
    if oldest is not None and oldest < here.today - timedelta(days=MOST_DAYS):
        yield bad(f"the tally of {oldest} is not closed", "systemctl status underrose-close-days")
    else:
        yield good("every day's tally is closed")
