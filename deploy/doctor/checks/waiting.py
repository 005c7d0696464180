"""The drop: nothing stays there longer than it takes to be collected and backed up."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from intake.schema import deposits
from review.store.schema import set_aside

MOST_DAYS = 3


def look(here: Here) -> Iterator[Finding]:
    """Count what is too old, by whether it was collected."""
    old = deposits.c.on < here.today - timedelta(days=MOST_DAYS)
    counted = select(deposits.c.collected, func.count()).where(old).group_by(deposits.c.collected)
    with here.drop() as drop:
        found = {bool(collected): number for collected, number in drop.execute(counted)}
    with here.book() as book:
        aside = book.execute(select(func.count()).select_from(set_aside)).scalar_one()
    if found.get(False):
        yield bad(
            f"{found[False]} deposits have waited for more than {MOST_DAYS} days to be collected",
            "systemctl status underrose-collect; underrose set-aside list",
        )
    if found.get(True):
        yield bad(
            f"{found[True]} deposits are in the drop for more than {MOST_DAYS} days after they "
            "were collected",
            "no backup of book and shred keys has them: systemctl status underrose-backup@all",
        )
    if not found:
        yield good(f"nothing is in the drop for more than {MOST_DAYS} days")
    if aside:
        yield bad(
            f"{aside} deposits could not be taken in",
            "underrose set-aside list says why; tell the committee that there are such",
        )
