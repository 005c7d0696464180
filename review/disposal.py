"""Carries out what two people have approved, when the days of cooling are over.

That they have is proven by their signatures each time, and not by rows that say so: what cannot be
proven stays where it is, and a sentence says so on every day.

Everything is looked at again at that moment, in the transaction in which the rows go: a record that
was reopened, is under hold, has changed, or concerns somebody who proposed or approved, stays. That
transaction leaves a stub, and is where nobody can turn back. What follows only takes away what is
useless by then, and may stop at any step: the next run goes on. The key goes, then the mailbox, and
then every file is written anew, so that nothing is left in a page that is free or in a log.
"""

import datetime

from sqlalchemy import Connection

from crypto.certificate_parts import hold_set
from crypto.disposing import Line, Manifest
from crypto.entry_types import Value
from crypto.errors import CryptoError
from intake import drop as door
from review import disposing, proving
from review.casework.course import Stage
from review.disposed import Done, Stores, destroy_keys, remove_mailboxes, sweep, write_anew
from review.errors import MalformedForm
from review.retention.disposition import Answer, executable_from
from review.store import accounts, cases, dispositions, entries, holds, ledger, set_aside
from review.store.cases import Case
from review.store.database import reading, writing
from review.store.dispositions import LeftOut, Stub, Unfinished
from review.store.entries import Entry
from review.store.records import record_of
from review.store.removal import remove_case
from review.store.shred import kept_cases
from review.store.signed import Proof, Unproven

__all__ = ["Done", "Stores", "execute"]
# What is not as people sign it, or cannot be read at all.
_UNPROVEN = (Unproven, CryptoError, MalformedForm)


def execute(stores: Stores, today: datetime.date) -> Done:
    """Carry out what can be, and end what an earlier run has begun; again, it does nothing.

    Raises OperationalError when a database cannot be used just now: the next run goes on.
    """
    done = Done()
    _finish(stores, today, done)
    with reading(stores.book) as book:
        ready = _ready(book, stores, today, done)
    for manifest in ready:
        for line in manifest.records:
            _carry_out(stores, manifest, line, today, done)
    _finish(stores, today, done)
    sweep(stores, today, done)
    return done


def _ready(
    book: Connection, stores: Stores, today: datetime.date, done: Done
) -> list[Manifest]:  # fmt: skip
    """The dispositions whose days of cooling are over.

    Who restored a book has brought back what was decided since its backup, or not: everybody has
    the days of cooling again to see that. And a clock that jumped ahead must not end them all.
    """
    proof = Proof(book, stores.root_key, stores.demo)
    found = [
        each for each in dispositions.listed(book)
        if not _is_over(book, each) and _is_ready(book, proof, each, today, done)
    ]  # fmt: skip
    if found and not stores.demo and proving.is_ahead(book, today):
        done.problems.append(
            "nothing is disposed of: the ledger's newest checkpoint is more than two days old. "
            "Either `underrose ledger batch` does not run, or this host's clock is ahead"
        )
        return []
    restored = proving.restored_on(book) if found else None
    return [
        each for each in found
        if restored is None or executable_from(restored, each.cooling) <= today
    ]  # fmt: skip


def _is_over(book: Connection, manifest: Manifest) -> bool:
    return all(_has_ended(book, manifest, line) for line in manifest.records)


def _is_ready(
    book: Connection, proof: Proof, manifest: Manifest, today: datetime.date, done: Done
) -> bool:
    """Whether the days of cooling are over of what people have signed; tells what is not proven."""
    try:
        if dispositions.approval(book, manifest.id) is None:
            return False
        approved = proving.approval(book, proof, manifest, today)[1]
    except _UNPROVEN as found:
        _tell(done, manifest, found)
        return False
    return executable_from(approved, manifest.cooling) <= today


def _tell(done: Done, manifest: Manifest, found: Exception) -> None:
    done.problems.append(
        f"nothing goes of disposition {manifest.id}: {found}. Somebody may have written into the "
        "book what nobody signed"
    )


def _carry_out(
    stores: Stores, manifest: Manifest, line: Line, today: datetime.date, done: Done
) -> None:
    with reading(stores.book) as book:
        if _has_ended(book, manifest, line):
            return
        case = cases.case_by_id(book, line.case)
        aside = set_aside.ids(book)
    # Nobody can send anything while it is decided: what is told to have arrived is never lost.
    with door.writing(stores.drop, today) as drop:
        if case is not None and door.waiting_of(drop, case.mailbox_id) - aside:
            # Somebody has written. The next collection brings it, and then it is told.
            done.waiting += 1
            return
        with writing(stores.book) as book:
            if _has_ended(book, manifest, line) or not dispositions.approval(book, manifest.id):
                # Somebody else has ended it, or has rejected the whole a moment ago.
                return
            proof = Proof(book, stores.root_key, stores.demo)
            try:
                reason = _decide(book, proof, manifest, line, today)
            except _UNPROVEN as found:
                _tell(done, manifest, found)
                return
            if reason is not None:
                dispositions.leave_out(book, manifest.id, LeftOut(line.case, reason, today))
        # The book has decided for good; a death here leaves the mailbox to the next run.
        if case is not None and reason is None:
            door.close_mailbox(drop, case.mailbox_id)
    done.gone += reason is None
    done.left_out += reason is not None


def _has_ended(book: Connection, manifest: Manifest, line: Line) -> bool:
    ended = {*dispositions.gone(book, manifest.id), *dispositions.left_out(book, manifest.id)}
    return line.case in ended


def _decide(
    book: Connection, proof: Proof, manifest: Manifest, line: Line, today: datetime.date
) -> str | None:
    """Take the rows of a record away, or say why it stays.

    Raises Unproven, and then nothing is written, for what is not signed.
    """
    people, approved = proving.approval(book, proof, manifest, today)
    if today < executable_from(approved, manifest.cooling):
        raise Unproven("its days of cooling are not over")
    case = cases.case_by_id(book, line.case)
    if case is None:
        return "CHANGED"
    if case.state is not Stage.RETENTION:
        return "REOPENED"
    found = disposing.look(book, case, today, proof)
    if found.refusal is Answer.ON_HOLD or holds.stood_since(book, case, manifest.on, proof):
        return "ON_HOLD"
    if found.out & {manifest.by, *people}:
        return "RECUSED"
    if found.line != line or found.refusal is not None:
        return "CHANGED"
    _remove(book, manifest, line, case, hold_set(holds.standing(book, today, proof)), today)
    return None


def _remove(
    book: Connection, manifest: Manifest, line: Line, case: Case, standing: str,
    today: datetime.date,
) -> None:  # fmt: skip
    record = record_of(book, case.id, Stage.DISPOSED)
    for each in dispositions.listed(book):
        # Every list that names the case, also one that was rejected: its end tells of the case.
        if any(one.case == case.id for one in each.records):
            dispositions.keep_readers(book, each.id, disposing.who_knows(book, each.id, case.id))
    kept = b"" if record is None else record.to_bytes()
    stub = Stub(
        line, manifest.id, today, kept,
        holds=standing,
        account=accounts.account(book),
        head=ledger.signed_size(book),
    )  # fmt: skip
    dispositions.add_stub(book, stub, case.mailbox_id)
    told: dict[str, Value] = {
        "manifest": manifest.hash,
        "record_class": line.record_class,
        "version": line.version,
    }
    entry = Entry(type="disposition.executed", on=today, case_id=case.id, data=told)
    entries.record(book, entry)
    remove_case(book, case.id, case.mailbox_id)


def _finish(stores: Stores, today: datetime.date, done: Done) -> None:
    """Destroy the keys and mailboxes of cases that have gone, and write every file anew.

    It is done again until somebody else has seen that all is gone, and so is a key that came back
    with a backup. What has been certified is then forgotten.
    """
    with reading(stores.book) as book:
        waiting = dispositions.unfinished(book)
        is_certified = dispositions.has_certified(book)
    with reading(stores.shred) as shred:
        kept = kept_cases(shred)
    with reading(stores.book) as book:
        keys = [each for each in dispositions.all_gone(book) if each in kept]
    if is_certified:
        with writing(stores.book) as book:
            dispositions.finish(book)
    if waiting or keys:
        _destroy(stores, waiting, keys, today)
        _rewrite(stores, waiting, today, done)


def _destroy(
    stores: Stores, waiting: list[Unfinished], keys: list[str], today: datetime.date
) -> None:
    destroy_keys(stores, keys)
    remove_mailboxes(stores, [each.mailbox_id for each in waiting], today)


def _rewrite(stores: Stores, waiting: list[Unfinished], today: datetime.date, done: Done) -> None:
    if not write_anew(stores, today, done):
        return
    with writing(stores.book) as book:
        for each in waiting:
            if each.rewritten_on is None:
                dispositions.rewrite(book, each.case_id, today)
