"""Looks whether what was disposed of is gone from every store, and certifies it.

Whoever runs this has carried nothing out: it is what makes backups, which sees every store and
removes nothing. A certificate is written when the rows, the key and the mailbox of each record that
went from a manifest are gone, and when the ledger has an entry for each. Its hash is then in the
ledger, whose keeper so signs it with the next batch.
"""

import datetime
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import certifying, checkpoint
from crypto import entry as entry_format
from crypto import roster as rosters_format
from crypto.certificate_parts import Approver, Backups, Ended, Export, Head, Run
from crypto.certifying import EXECUTOR, VERIFIER
from crypto.disposing import Manifest
from crypto.entry_types import Value
from intake import drop as door
from review.disposed import Stores
from review.residue import left_of
from review.retention.disposition import late_from
from review.store import accounts, acts, backups, dispositions, entries, ledger, rosters
from review.store.database import reading, writing
from review.store.dispositions import Stub, Unfinished
from review.store.entries import Entry


@dataclass
class Looked:
    """What a run found: certificates made, records of which something is still there, and
    dispositions that the ledger, or the executor, has to go on with first."""

    certified: int = 0
    residue: int = 0
    waiting: int = 0


def certify(stores: Stores, today: datetime.date) -> Looked:
    """Certify every disposition that is over and of which nothing is left. Again, it does nothing.

    Raises OperationalError when a database cannot be used just now: the next run goes on.
    """
    found = Looked()
    with reading(stores.book) as book:
        over = [each for each in dispositions.listed(book) if _is_over(book, each)]
    for manifest in over:
        with reading(stores.book) as book:
            waits = dispositions.unfinished_of(book, manifest.id)
            if _has_to_wait(book, manifest, waits):
                found.waiting += 1
                continue
        left = left_of(stores, waits)
        if left:
            found.residue += len(left)
            continue
        with door.reading(stores.drop) as drop:
            on_server = "postgresql" in {drop.dialect.name, stores.book.dialect.name}
        with writing(stores.book) as book:
            _certify(book, manifest, waits, today, on_server=on_server)
        found.certified += 1
    return found


def _is_over(book: Connection, manifest: Manifest) -> bool:
    if dispositions.certificate_of(book, manifest.id) is not None:
        return False
    return dispositions.has_ended(book, manifest)


def _has_to_wait(book: Connection, manifest: Manifest, waits: list[Unfinished]) -> bool:
    """Whether the executor has not written the stores anew, or the ledger has not been told."""
    if any(each.rewritten_on is None for each in waits):
        return True
    return any(entries.of_case(book, case) for case in dispositions.gone(book, manifest.id))


def _certify(
    book: Connection, manifest: Manifest, waits: list[Unfinished], today: datetime.date,
    *, on_server: bool,
) -> None:  # fmt: skip
    approval = dispositions.approval(book, manifest.id)
    if approval is None or not _is_over(book, manifest):
        # Another run was faster, or what says who approved it is not there any more.
        return
    act, _signers, approved = approval
    stubs = {each.line.case: each for each in dispositions.stubs(book, manifest)}
    left = dispositions.left_out(book, manifest.id)
    rewritten = max((each.rewritten_on or today for each in waits), default=None)
    verified = Run(VERIFIER, accounts.account(book), today)
    executed = _executed(stubs, verified.account)
    made = certifying.build(
        manifest,
        act=act,
        approvers=_approvers(book, act),
        approved=approved,
        records=[
            Ended(line, stubs[line.case].executed, stubs[line.case].holds, None)
            if line.case in stubs
            else Ended(line, None, None, left[line.case].reason)
            for line in manifest.records
        ],
        executed=executed,
        rewritten=rewritten,
        verified=verified,
        before=_before(book, stubs),
        after=_head(book, ledger.signed_size(book)),
        backups=[] if rewritten is None else _backups(book, rewritten),
        exports=_exports(book, stubs),
        software=f"underrose {importlib.metadata.version('underrose')}",
        exceptions=_exceptions(stubs, executed, verified, on_server=on_server),
    )
    dispositions.certify(book, made)
    data: dict[str, Value] = {"manifest": manifest.hash, "certificate": made.hash}
    entries.record(book, Entry(type="disposition.verified", on=today, data=data))


def _approvers(book: Connection, act_hash: str) -> list[Approver]:
    signed = acts.find(book, act_hash)
    if signed is None:
        return []
    roster = rosters_format.parse(rosters.document(book, signed.act.roster))
    roles = {each.id: each.role for each in roster.readers}
    return [Approver(each.by, roles[each.by], each.signature) for each in signed.signatures]


def _executed(stubs: Mapping[str, Stub], verifier: str) -> Run | None:
    """The run that took the last record; if several ran that day, one as the verifier first."""
    if not stubs:
        return None
    last = max(each.executed for each in stubs.values())
    accounts_then = sorted({each.account for each in stubs.values() if each.executed == last})
    account = verifier if verifier in accounts_then else accounts_then[0]
    return Run(EXECUTOR, account, last)


def _before(book: Connection, stubs: Mapping[str, Stub]) -> Head | None:
    heads = [each.head for each in stubs.values()]
    known = [each for each in heads if each is not None]
    return _head(book, min(known)) if known and len(known) == len(heads) else None


def _head(book: Connection, place: tuple[int, int] | None) -> Head | None:
    signed = None if place is None else ledger.checkpoint_at(book, *place)
    if signed is None:
        return None
    found = checkpoint.parse(signed.note.text)
    return Head(found.origin, found.size, found.root.hex())


def _backups(book: Connection, rewritten: datetime.date) -> list[Backups]:
    """How many backups of each store from before are there, and the day on which they end."""
    there = [each for each in backups.listed(book) if _helps(each, rewritten)]
    there = [each for each in there if each.removed_on is None]
    found = []
    for store in sorted({each.store for each in there}):
        days = [each.expires_on for each in there if each.store == store]
        found.append(Backups(store, len(days), max(days)))
    return found


def _helps(backup: backups.Backup, rewritten: datetime.date) -> bool:
    """Whether a backup can have something of records that were gone from the stores on a day."""
    return backup.on <= rewritten


def _exports(book: Connection, stubs: Mapping[str, Stub]) -> list[Export]:
    """What had left of these records to be opened or read elsewhere, as the ledger tells.

    An auditor's bundle is none of it: that has hashes and days, as the certificate has.
    """
    found = []
    for case in stubs:
        for place in ledger.case_chain(book, case):
            told = entry_format.parse(ledger.entry_at(book, place.ledger, place.index))
            if told.type == "exported":
                bundle, reader = str(told.data["bundle"]), str(told.data["reader"])
                found.append(Export(told.on, bundle, reader))
    return found


def _exceptions(
    stubs: Mapping[str, Stub], executed: Run | None, verified: Run, *, on_server: bool
) -> list[str]:
    found = []
    if executed is not None and executed.account == verified.account:
        found.append("SAME_ACCOUNT")
    if any(each.executed >= late_from(each.line.due) for each in stubs.values()):
        found.append("OVERDUE")
    if stubs and on_server:
        found.append("SERVER_LOG")
    return found


def tell_ended(book: Connection, today: datetime.date, unnoted: datetime.date | None = None) -> int:
    """Tell the ledger of certificates whose last backup is gone by now; how many there were.

    unnoted is the first day of files of backups that the book has no note of, None without any.
    """
    there = [each for each in backups.listed(book) if each.store != "book"]
    count = 0
    for certificate in dispositions.waiting_for_backups(book):
        rewritten = certificate.rewritten
        if rewritten is None or (unnoted is not None and unnoted <= rewritten):
            continue
        helped = [each for each in there if _helps(each, rewritten)]
        days = [each.removed_on for each in helped if each.removed_on is not None]
        if len(days) < len(helped):
            continue
        dispositions.end_backup(book, certificate.id, today)
        data: dict[str, Value] = {
            "manifest": certificate.manifest,
            "expired_on": max(days, default=today).isoformat(),
        }
        entries.record(book, Entry(type="backup.expired", on=today, data=data))
        count += 1
    return count
