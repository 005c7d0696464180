"""How the ledger stands, for the retention auditor: who vouched for it, what was checked, how much
was done in a quarter. Days and coded values only; nothing here knows of a case.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from crypto import checkpoint, strict
from crypto import entry as entry_format
from crypto.checkpoint import Checkpoint
from review.casework import numbers
from review.casework.numbers import Year
from review.store import by_type, entries, ledger
from review.store.schema import cosignatures, ledgers

CHECKED = "auditor.checked"
# What is counted by quarter, in the order in which pages show it.
COUNTED = (
    *("submission.received", "concern.recorded", "follow-up.received"),
    *("reply.left", "case.closed"),
)
_CLOSED_EARLIER = "case.closed-earlier"


@dataclass(frozen=True)
class Head:
    """The newest checkpoint, of which ledger it is, and the day of its batch."""

    ledger: int
    checkpoint: Checkpoint
    on: datetime.date

    @property
    def root(self) -> str:
        """The root hash as checkpoints spell it."""
        return strict.to_b64(self.checkpoint.root)


@dataclass(frozen=True)
class Vouched:
    """The largest tree for which a cosigner has vouched, by the name of their key."""

    name: str
    size: int


@dataclass(frozen=True)
class Check:
    """A report that was handed in: who checked, up to which tree, and what they found."""

    on: datetime.date
    by: str
    report: str
    size: int
    root: str
    exceptions: int
    is_recorded: bool


@dataclass(frozen=True)
class Activity:
    """How often each kind of act was done in a year, in the order of COUNTED."""

    year: int
    kinds: Mapping[str, Year]


def head(connection: Connection) -> Head | None:
    """The newest checkpoint of the newest ledger that has one, or None before the first."""
    for each in reversed(ledger.all_ledgers(connection)):
        newest = ledger.newest_checkpoint(connection, each.number)
        if newest is not None:
            return Head(each.number, checkpoint.parse(newest.note.text), newest.on)
    return None


def vouched(connection: Connection, number: int) -> list[Vouched]:
    """Who cosigned a ledger, each with the largest tree, by name."""
    table = cosignatures
    found = (
        select(table.c.name, table.c.size).where(table.c.ledger == number).order_by(table.c.size)
    )
    largest = {row.name: row.size for row in connection.execute(found)}
    return [Vouched(name, size) for name, size in sorted(largest.items())]


def checks(connection: Connection) -> list[Check]:
    """Every report that was handed in, the newest first."""
    recorded = [_check(each, recorded=True) for each in by_type.of_types(connection, [CHECKED])]
    waiting = [
        _check(each, recorded=False) for each in entries.pending(connection) if each.type == CHECKED
    ]
    return sorted(recorded + waiting, key=lambda each: (each.on, each.size), reverse=True)


def activity(connection: Connection, newest: datetime.date) -> list[Activity]:
    """How often what was done, the newest year first, as the ledger tells it.

    newest is the day of its newest batch: a quarter that no batch has followed is not told yet.
    """
    begun = connection.execute(select(ledgers.c.begun_on).order_by(ledgers.c.number)).scalar()
    quarters = [] if begun is None else numbers.told_quarters(begun, newest)
    if not quarters:
        return []
    days: defaultdict[str, list[datetime.date]] = defaultdict(list)
    for each in by_type.of_types(connection, [*COUNTED, _CLOSED_EARLIER]):
        kind = "case.closed" if each.type == _CLOSED_EARLIER else each.type
        days[kind].append(each.on)
    counted = {kind: numbers.by_year(days[kind], quarters) for kind in COUNTED}
    of_year = zip(*counted.values(), strict=True)
    return [Activity(each[0].year, dict(zip(COUNTED, each, strict=True))) for each in of_year]


def _check(each: entry_format.Entry | entries.Entry, *, recorded: bool) -> Check:
    data = each.data
    return Check(
        on=each.on,
        by=each.by or "",
        report=str(data["report"]),
        size=int(str(data["size"])),
        root=strict.to_b64(bytes.fromhex(str(data["root"]))),
        exceptions=int(str(data["exceptions"])),
        is_recorded=recorded,
    )
