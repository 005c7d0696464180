"""Looks whether what was disposed of is gone from every store, and certifies it.

Whoever runs this has carried nothing out: it is what makes backups, which sees every store and
removes nothing. A certificate is written when the key, the mailbox and every row of each record on
a manifest are gone; its hash is in the ledger, whose keeper so signs it with the next batch. When
the last backup of the shred keys that still has one of the keys has come to its day and its file is
gone, the ledger hears of that too.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from crypto import disposing as formats
from crypto.disposing import Certificate, Manifest
from crypto.entry_types import Value
from intake import drop as door
from review.store import backups, dispositions, entries
from review.store.database import reading, writing
from review.store.entries import Entry
from review.store.schema import book as tables
from review.store.schema import shred_keys

# What names a case after it has gone: its stub, its entries, and what is not finished yet.
_STAYS = frozenset(
    {"disposed_cases", "unfinished_disposals", "left_out_cases", "case_entries", "pending_entries"}
)


@dataclass
class Looked:
    """What a run found: certificates made, and records of which something is still there."""

    certified: int = 0
    residue: int = 0


def certify(drop: Engine, book: Engine, shred: Engine, today: datetime.date) -> Looked:
    """Certify every disposition that is over and of which nothing is left. Again, it does nothing.

    To be finished (decision 0156): unfinished_disposals has to keep the mailbox id until the
    certificate is there (a column rewritten_on for the executor, which strikes the row afterwards).
    """
    found = Looked()
    with reading(book) as connection:
        over = [one for one in dispositions.listed(connection) if _is_over(connection, one)]
        mailboxes = {
            each.case_id: each.mailbox_id for each in dispositions.unfinished(connection)
        }
    for manifest in over:
        with reading(book) as connection:
            gone = dispositions.gone(connection, manifest.id)
            left = sum(_is_in_book(connection, case_id) for case_id in gone)
        with reading(shred) as connection:
            asked = select(shred_keys.c.case_id).where(shred_keys.c.case_id.in_(sorted(gone)))
            left += len(connection.execute(asked).all())
        with door.reading(drop) as connection:
            left += sum(
                not door.is_gone(connection, mailboxes[case_id])
                for case_id in gone
                if case_id in mailboxes
            )
        if left:
            found.residue += left
            continue
        with writing(book) as connection:
            _certify(connection, manifest, gone, today)
        found.certified += 1
    return found


def _is_over(connection: Connection, manifest: Manifest) -> bool:
    ended = {
        *dispositions.gone(connection, manifest.id),
        *dispositions.left_out(connection, manifest.id),
    }
    has_ended = ended == {line.case for line in manifest.records}
    return has_ended and dispositions.certificate_of(connection, manifest.id) is None


def _is_in_book(connection: Connection, case_id: str) -> bool:
    columns = [
        table.c[name]
        for table in tables.sorted_tables
        if table.name not in _STAYS
        for name in ("case_id",)
        if name in table.c
    ]
    return any(
        connection.execute(select(each).where(each == case_id).limit(1)).first() for each in columns
    )


def _certify(
    connection: Connection, manifest: Manifest, gone: dict[str, datetime.date], today: datetime.date
) -> Certificate:
    approval = dispositions.approval(connection, manifest.id)
    assert approval is not None  # what went was approved; _is_over has seen it
    act, approvers, approved = approval
    left = dispositions.left_out(connection, manifest.id)
    last = max(gone.values(), default=None)
    made = formats.certify(
        manifest,
        act=act,
        approvers=approvers,
        approved=approved,
        executed=last,
        verified=today,
        gone=gone,
        left_out={case: each.reason for case, each in left.items()},
        backup=None if last is None else _last_backup(connection, last),
        exports=[],
    )
    dispositions.certify(connection, made)
    data: dict[str, Value] = {"manifest": manifest.hash, "certificate": made.hash}
    entries.record(connection, Entry(type="disposition.verified", on=today, data=data))
    return made


def _last_backup(connection: Connection, executed: datetime.date) -> datetime.date | None:
    """The day on which the last backup of the shred keys ends that was made until then."""
    days = [
        each.expires_on
        for each in backups.listed(connection)
        if each.store == "shred" and each.on <= executed and each.removed_on is None
    ]
    return max(days, default=None)


def tell_ended(book: Engine, today: datetime.date) -> int:
    """Tell the ledger of dispositions whose last backup is gone by its day; how many there were."""
    with reading(book) as connection:
        waiting = dispositions.waiting_for_backups(connection)
        there = [each for each in backups.listed(connection) if each.store == "shred"]
    count = 0
    for one in waiting:
        helps = [each for each in there if one.executed and each.on <= one.executed]
        if any(each.removed_on is None for each in helps) or one.backup is None:
            continue
        with writing(book) as connection:
            dispositions.end_backup(connection, one.id, today)
            data: dict[str, Value] = {
                "manifest": one.manifest,
                "expired_on": max(each.removed_on or today for each in helps).isoformat(),
            }
            entries.record(connection, Entry(type="backup.expired", on=today, data=data))
        count += 1
    return count
