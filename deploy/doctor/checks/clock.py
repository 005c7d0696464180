"""The clock: days are written on everything, and a day that lies cannot be taken back."""

from collections.abc import Iterator

from sqlalchemy import func, select

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from review.store.schema import checkpoints


def look(here: Here) -> Iterator[Finding]:
    """Whether somebody keeps the clock, and whether it has gone back behind the ledger."""
    if here.is_synchronised:
        yield good("a time service keeps the clock")
    else:
        yield bad(
            "no time service keeps the clock",
            "apt-get install systemd-timesyncd, then: timedatectl set-ntp true",
        )
    with here.book() as book:
        newest = book.execute(select(func.max(checkpoints.c.on))).scalar()
    if newest is not None and newest > here.today:
        yield bad(
            f"the ledger was signed on {newest}, and today is {here.today}",
            "set the clock right; if that day was wrong, tell the retention auditor",
        )
