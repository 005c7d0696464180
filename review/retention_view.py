"""What the retention auditor sees of retention: numbers by class, opaque references, and days.

All cases are in it, and nothing that is written in one or that says what it is about.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.certifying import Certificate
from crypto.disposing import Manifest
from review.retention.tally import Where, tally
from review.store import dispositions
from review.store.dispositions import Rejection
from review.store.retained import Retained, gone_classes, open_count, retained

# How many records one page names.
MOST = 500


@dataclass(frozen=True)
class Disposition:
    """A disposition as the auditor sees it: its manifest, and how it stands."""

    manifest: Manifest
    approved: datetime.date | None
    rejected: Rejection | None
    gone: int
    left_out: int
    certificate: Certificate | None


@dataclass(frozen=True)
class Overview:
    """How many cases of each class stand where, those that are held or due, and the dispositions.

    named has the cases to look at, the first due first; more says that the page leaves some out.
    """

    counts: Mapping[str, Mapping[Where, int]]
    total: int
    named: tuple[Retained, ...]
    more: bool
    dispositions: tuple[Disposition, ...]


def overview(connection: Connection, today: datetime.date) -> Overview:
    """How retention stands on a day."""
    found = retained(connection, today)
    counts = tally(
        [
            *(("", Where.OPEN) for _ in range(open_count(connection))),
            *((each.kept.record_class, each.where) for each in found),
            *((code, Where.DISPOSED) for code in gone_classes(connection)),
        ]
    )
    named = [each for each in found if each.where is not Where.KEPT]
    return Overview(
        counts,
        sum(number for places in counts.values() for number in places.values()),
        tuple(named[:MOST]),
        len(named) > MOST,
        tuple(_disposition(connection, each) for each in dispositions.listed(connection)[::-1]),
    )


def _disposition(connection: Connection, manifest: Manifest) -> Disposition:
    approval = dispositions.approval(connection, manifest.id)
    return Disposition(
        manifest,
        None if approval is None else approval[2],
        dispositions.rejection(connection, manifest.id),
        len(dispositions.gone(connection, manifest.id)),
        len(dispositions.left_out(connection, manifest.id)),
        dispositions.certificate_of(connection, manifest.id),
    )
