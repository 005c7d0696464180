"""Dispositions: what was approved goes, what went is certified, and backups end on their day."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from crypto.disposing import Manifest
from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from review.retention.disposition import executable_from
from review.store import dispositions

# The jobs run each night, and what came in between may keep a record for one more.
MOST_DAYS = 2
_EXPIRE = "underrose backup expire /var/lib/underrose/backups; remove the copies elsewhere too"
_VERIFY = (
    "run underrose dispositions verify, which says if something is left; it waits for the job "
    "underrose-dispose, and for the ledger"
)
_EXECUTE = "systemctl status underrose-dispose"


def look(here: Here) -> Iterator[Finding]:
    """Read the book's dispositions."""
    with here.book() as book:
        every = dispositions.listed(book)
        late = [each for each in every if _is_late(book, each, here.today)]
        bare = [each for each in every if _is_bare(book, each, here.today)]
        waiting = dispositions.waiting_for_backups(book)
    if not every:
        yield left_out("nobody has proposed to dispose of anything")
        return
    if late:
        yield bad(f"approved and not carried out: {len(late)} dispositions", _EXECUTE)
    if bare:
        yield bad(
            f"carried out and not certified: {len(bare)} dispositions",
            _VERIFY,
        )
    kept = [each.backup for each in waiting if each.backup is not None]
    over = [each for each in kept if each <= here.today]
    if over:
        yield bad(
            f"a backup from before {len(over)} dispositions is there after its day, and can bring "
            "records back",
            _EXPIRE,
        )
    if len(kept) > len(over):
        yield good(f"until {max(kept)} a backup could bring back records that were disposed of")
    if not late and not bare:
        yield good("what was approved is carried out and certified")


def _is_late(book: Connection, manifest: Manifest, today: date) -> bool:
    approval = dispositions.approval(book, manifest.id)
    if approval is None or dispositions.has_ended(book, manifest):
        return False
    return executable_from(approval[2], manifest.cooling) + timedelta(days=MOST_DAYS) < today


def _is_bare(book: Connection, manifest: Manifest, today: date) -> bool:
    if dispositions.certificate_of(book, manifest.id) or not dispositions.has_ended(book, manifest):
        return False
    left = dispositions.left_out(book, manifest.id).values()
    days = [*dispositions.gone(book, manifest.id).values(), *(each.on for each in left)]
    return max(days) + timedelta(days=MOST_DAYS) < today
