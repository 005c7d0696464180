"""Certificates of dispositions that nobody carried out."""

from dataclasses import replace
from datetime import date, timedelta

from crypto import certifying, disposing
from crypto.certificate_parts import Approver, Backups, Ended, Export, Head, Run, hold_set
from crypto.certifying import Certificate
from crypto.disposing import Line, Manifest

DAY = date(2026, 11, 21)
DUE = DAY - timedelta(days=3)
LINES = tuple(
    Line(f"{n:064x}", "RC-01", 1, DAY - timedelta(days=7 * 365), DUE, f"{n + 100:064x}")
    for n in range(1, 4)
)
HOLDS = hold_set(["5eed" * 16])
HEAD = Head("ledger.committee.example", 32, "5eed" * 16)


def manifest(*lines: Line) -> Manifest:
    """A manifest of these records, proposed by ada."""
    return disposing.build(
        installation="5eed" * 8,
        disposition="5eed" * 8,
        by="ada",
        on=DUE,
        cooling=7,
        records=lines or LINES[:1],
    )


MANIFEST = manifest()


def went(line: Line, on: date = DAY) -> Ended:
    """A record that went on a day."""
    return Ended(line, on, HOLDS, None)


def stayed(line: Line, reason: str = "ON_HOLD") -> Ended:
    """A record that stayed."""
    return Ended(line, None, None, reason)


def certificate(*records: Ended, account: str = "underrose-backup") -> Certificate:
    """What says that these records of a manifest ended so."""
    last = max((each.executed for each in records if each.executed), default=None)
    same = ["SAME_ACCOUNT"] if last and account == "underrose-collector" else []
    ends = DAY + timedelta(days=7)
    return certifying.build(
        manifest(*(each.line for each in records)),
        act="5eed" * 16,
        approvers=[Approver("ben", "member", bytes(64)), Approver("cleo", "chair", bytes(64))],
        approved=DUE,
        records=records,
        executed=None if last is None else Run("collector", "underrose-collector", last),
        rewritten=last,
        verified=Run("backup", account, DAY),
        before=HEAD,
        after=replace(HEAD, size=48),
        backups=[Backups("book", 3, DAY + timedelta(days=90)), Backups("shred", 7, ends)],
        exports=[Export(DUE, "feed" * 16, "case")],
        software="underrose 0.2.0",
        exceptions=same,
    )


def gone() -> Certificate:
    """One record went, and one stayed."""
    return certificate(went(LINES[0]), stayed(LINES[1]))


def left_out() -> Certificate:
    """Nothing went."""
    return certificate(stayed(LINES[0]))
