"""What is left to show of a disposition that has ended: its certificate.

It says by whose authority, how and when each record went, which did not and why, what was looked at
by whom who had carried nothing out, until which day backups last that could have brought a record
back, and which exports are out of reach. It repeats the manifest's records, so that it can be read
alone. It is coded values, days and hashes: no word out of a case. It carries no signature of its
own: the ledger's entry names its hash, and the ledger's keeper signs the ledger.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from crypto import strict
from crypto.certificate_parts import (
    ENDED,
    Approver,
    Backups,
    Ended,
    Export,
    Head,
    Run,
    approver_of,
    backups_of,
    codes,
    ended_of,
    export_of,
    head_of,
    run_of,
    written,
)
from crypto.disposing import MAX_DAYS, MAX_RECORDS, Manifest, disposition_of
from crypto.document import MAX_IDS, VERSION, Document
from crypto.errors import MalformedDisposition

KIND = "certificate"
EXECUTOR, VERIFIER = "collector", "backup"
# What was done to each record that went, and what was looked at afterwards, in this order.
METHODS = ("ROWS_REMOVED", "KEY_DESTROYED", "MAILBOX_REMOVED", "STORES_REWRITTEN")
LOOKED = ("ROWS_ABSENT", "KEY_ABSENT", "MAILBOX_ABSENT", "STORES_REWRITTEN")
# The level of NIST SP 800-88. Destroying a key is more where no copy of it can be on the media, and
# who writes a file anew does not reach what a disk has set aside.
MEDIA = "CLEAR"
# One account of the host, or one role of the database, both executed and verified; a record went
# later than the days of grace after its due day allow; and a database server has a log of changes,
# which only the server writes over, in its own time.
EXCEPTIONS = ("OVERDUE", "SAME_ACCOUNT", "SERVER_LOG")
STORES = ("book", "drop", "shred")
MAX_EXPORTS = 100_000
_KEYS = (
    *("v", "kind", "installation", "id", "manifest", "act", "by", "proposed", "cooling"),
    *("approvers", "approved", "records", "executed", "rewritten", "verified", "method", "media"),
    *("looked", "before", "after", "backups", "exports", "software", "exceptions"),
)
_APPROVER = ("by", "role", "signature")
_RUN = ("role", "account", "on")
_HEAD = ("origin", "size", "root")
_BACKUPS = ("store", "count", "ends")
_EXPORT = ("on", "bundle", "reader")


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """How a disposition ended. Only the ledger's entry with its hash says that it is ours.

    executed is the run that took the last record, None where every one was left out, and rewritten
    the day on which every store had been written anew without them all. before and
    after are heads of the ledger: the newest when the first record went, None before the first
    batch, and the newest at verification, whose tree has an entry for each that went.
    """

    installation: str
    id: str
    manifest: str
    act: str
    by: str
    proposed: date
    cooling: int
    approvers: tuple[Approver, ...]
    approved: date
    records: tuple[Ended, ...]
    executed: Run | None
    rewritten: date | None
    verified: Run
    before: Head | None
    after: Head | None
    backups: tuple[Backups, ...]
    exports: tuple[Export, ...]
    software: str
    exceptions: tuple[str, ...]
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """What the ledger's entry names."""
        return hashlib.sha256(self.document).hexdigest()

    @property
    def gone(self) -> dict[str, date]:
        """The cases that went, with the day of each."""
        return {each.line.case: each.executed for each in self.records if each.executed is not None}

    @property
    def left_out(self) -> dict[str, str]:
        """The cases that stayed, and why."""
        return {each.line.case: each.reason for each in self.records if each.reason is not None}

    @property
    def backup(self) -> date | None:
        """The day on which the last backup ends that a record could be brought back with.

        That takes a backup of the shred keys, or one of the drop for what was in the mailbox; the
        book's have nothing that opens without these.
        """
        days = [each.ends for each in self.backups if each.store != "book"]
        return max(days, default=None)


def build(
    manifest: Manifest, *, act: str, approvers: Iterable[Approver], approved: date,
    records: Iterable[Ended], executed: Run | None, rewritten: date | None, verified: Run,
    before: Head | None, after: Head | None, backups: Iterable[Backups],
    exports: Iterable[Export], software: str, exceptions: Iterable[str],
) -> Certificate:  # fmt: skip
    """The certificate of a disposition that has ended. Raises MalformedDisposition."""
    fields = {
        "v": VERSION,
        "kind": KIND,
        "installation": manifest.installation,
        "id": manifest.id,
        "manifest": manifest.hash,
        "act": act,
        "by": manifest.by,
        "proposed": manifest.on.isoformat(),
        "cooling": manifest.cooling,
        "approvers": [each.fields() for each in sorted(approvers)],
        "approved": approved.isoformat(),
        "records": [each.fields() for each in sorted(records, key=lambda one: one.line)],
        "executed": written(executed),
        "rewritten": None if rewritten is None else rewritten.isoformat(),
        "verified": verified.fields(),
        "method": list(METHODS),
        "media": MEDIA,
        "looked": list(LOOKED),
        "before": written(before),
        "after": written(after),
        "backups": [each.fields() for each in sorted(backups)],
        "exports": [each.fields() for each in sorted(set(exports))],
        "software": software,
        "exceptions": sorted(set(exceptions)),
    }
    return parse(strict.canonical(fields))


def parse(data: bytes) -> Certificate:
    """The certificate that these canonical bytes spell. Raises MalformedDisposition."""
    document = Document.parse(data, _KEYS, MalformedDisposition)
    document.version()
    document.choice("kind", [KIND])
    document.choice("media", [MEDIA])
    if [document.fields["method"], document.fields["looked"]] != [list(METHODS), list(LOOKED)]:
        raise MalformedDisposition("not how a record goes, or not what is looked at")
    cooling = document.whole("cooling")
    found = Certificate(
        installation=document.installation(),
        id=disposition_of(document),
        manifest=document.hash("manifest"),
        act=document.hash("act"),
        by=document.id("by"),
        proposed=document.day("proposed"),
        cooling=cooling,
        approvers=tuple(map(approver_of, document.parts("approvers", MAX_IDS, _APPROVER))),
        approved=document.day("approved"),
        records=tuple(map(ended_of, document.parts("records", MAX_RECORDS, ENDED))),
        executed=_run(document, "executed", EXECUTOR),
        rewritten=None if document.is_null("rewritten") else document.day("rewritten"),
        verified=run_of(document.part("verified", _RUN), VERIFIER),
        before=_head(document, "before"),
        after=_head(document, "after"),
        backups=tuple(
            backups_of(part, STORES) for part in document.parts("backups", len(STORES), _BACKUPS)
        ),
        exports=tuple(map(export_of, document.parts("exports", MAX_EXPORTS, _EXPORT))),
        software=document.line("software", 40),
        exceptions=codes(document, "exceptions", EXCEPTIONS),
        document=data,
    )
    _check(found)
    return found


def _run(document: Document, key: str, role: str) -> Run | None:
    return None if document.is_null(key) else run_of(document.part(key, _RUN), role)


def _head(document: Document, key: str) -> Head | None:
    return None if document.is_null(key) else head_of(document.part(key, _HEAD))


def _check(found: Certificate) -> None:
    """Raise MalformedDisposition where parts contradict each other, or are out of order."""
    cases = [each.line.case for each in found.records]
    people = [each.by for each in found.approvers]
    stores = [each.store for each in found.backups]
    last = max(found.gone.values(), default=None)
    if not cases or any(each != sorted(set(each)) for each in (cases, people, stores)):
        raise MalformedDisposition("the records, approvers or backups are out of order")
    if list(found.exports) != sorted(set(found.exports)) or found.cooling > MAX_DAYS:
        raise MalformedDisposition("the exports are out of order, or the cooling is too long")
    if last != (None if found.executed is None else found.executed.on):
        raise MalformedDisposition("the last record did not go on the day of the execution")
    if (found.executed is None) != (found.rewritten is None):
        raise MalformedDisposition("the stores were written anew for nothing, or not at all")
    if found.executed is not None:
        is_same = found.executed.account == found.verified.account
        if is_same != ("SAME_ACCOUNT" in found.exceptions):
            raise MalformedDisposition("whether one account executed and verified is not said")
