"""Brings deposits from the drop into the case book, and letters and proofs to the mailboxes.

Every step is a transaction and may be the last one that happens: running again takes up whatever is
left, loses nothing and does nothing twice. The order is what makes it so. The shred key exists
before the rows that need it, the slices of a file before the envelope that names them, the book
holds a deposit or a closed day before the drop hides it, and a letter or a proof is in its mailbox
before the book forgets that it is owed.

The collector holds the routing identity, which opens routing envelopes and nothing else. A deposit
that cannot be taken in is set aside: it stays in the drop, is listed in the book, is reported once,
and keeps no other from being collected.
"""

import datetime
import hashlib
import sqlite3
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from crypto import strict
from crypto.entry import NONCE_SIZE
from crypto.errors import CryptoError, Malformed, MalformedEntry
from intake import drop as door
from intake.drop import Deposit
from review.admission import Admission
from review.closed_days import take_days
from review.collector import Collected, Collector
from review.concerns_in import take_concerns
from review.errors import KeyDestroyed, SetAside
from review.leaving import leave
from review.posting import post_keys, post_letters, post_proofs, post_texts
from review.store import cases, entries, envelopes, inbox, set_aside
from review.store.database import reading, tidy, writing
from review.store.envelopes import Envelope
from review.store.shred import Locksmith, RowKey

# Envelopes are at most some 70 KB each, so a page of deposits is small.
PAGE = 20
# What reading a row raises that holds something else than its columns say.
ODD = (TypeError, ValueError, AttributeError, LookupError, OverflowError, DBAPIError)
# How many slices, of a little more than 1 MiB each, are copied in one transaction: some tenths of a
# second in which the console cannot write, and memory for no more.
SLICES_AT_ONCE = 8


def collect(collector: Collector, today: datetime.date) -> Collected:
    """Take in every deposit and closed day, post every letter and proof, and leave files tidy.

    Raises StoreKeyWrong before anything is done, and OperationalError when a database cannot be
    used just now: the next collection takes up what is left.
    """
    with reading(collector.shred) as shred:
        collector.locksmith.check(shred)
    done = Collected()
    posts = (post_keys, post_letters, post_proofs, post_texts)
    for step in (_take_in_all, take_concerns, take_days, *posts, leave):
        try:
            step(collector, today, done)
        except OperationalError:
            # Locked, full or gone: no row did that, and the next step would meet the same.
            raise
        except ODD as problem:
            # What a host that was taken over has written stops one step, and not the next.
            done.problems.append(f"a part of the collection was not done: {_where(problem)}")
    _tidy(collector, today, done)
    return done


def _where(problem: Exception) -> str:
    """The kind of an error and the line it came from; its message may hold what was read."""
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _take_in_all(collector: Collector, today: datetime.date, done: Collected) -> None:
    with reading(collector.book) as book:
        known = {each.deposit_id for each in set_aside.listed(book)}
    for deposit in _waiting(collector.drop):
        if deposit.id in known:
            continue
        try:
            _take_in(collector, deposit, today)
        except SetAside as problem:
            _set_aside(collector, deposit, today, problem.reason)
            done.problems.append(f"deposit {deposit.id} is set aside: {problem}")
        else:
            done.submissions += deposit.kind == "submission"
            done.follow_ups += deposit.kind == "follow-up"
    _discard_unnamed_slices(collector.book)


def _set_aside(collector: Collector, deposit: Deposit, today: datetime.date, reason: str) -> None:
    """List a deposit that stays where it is, and let the ledger tell that it does."""
    with writing(collector.book) as book:
        set_aside.keep(book, deposit.id, today, reason)
        entries.record(
            book,
            entries.Entry(
                type="deposit.set-aside",
                on=today,
                digest=hashlib.sha256(deposit.envelope).hexdigest(),
                data={"reason": reason},
                nonce=_promised(deposit),
            ),
            collector.entropy,
        )


def _promised(deposit: Deposit) -> bytes | None:
    """The nonce that intake has counted the deposit by; an earlier version counted none."""
    try:
        return strict.hex_bytes(deposit.nonce or "", NONCE_SIZE)
    except Malformed:
        return None


def _tidy(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Drop uploads that nobody finished, and leave nothing of the order and hour of arrivals."""
    expired = None
    while expired is None:
        with door.writing(collector.drop) as drop:
            # Whoever began before midnight may still be sending.
            expired = door.expire_uploads(drop, today - datetime.timedelta(days=1))
    if not (done.anything or done.problems or expired):
        return
    try:
        door.tidy(collector.drop, today)
        tidy(collector.book, today)
        tidy(collector.shred, today)
    except (SQLAlchemyError, sqlite3.Error) as problem:
        kind = type(problem).__name__
        done.problems.append(f"a database could not be written anew ({kind}): is the disk full?")


def _waiting(drop: Engine) -> Iterator[Deposit]:
    """All deposits that wait, a page at a time, past those that stay where they are."""
    after: tuple[str, int] | None = None
    while True:
        with door.reading(drop) as connection:
            page = door.waiting(connection, PAGE, after=after)
        yield from page
        if len(page) < PAGE:
            return
        after = (page[-1].mailbox_id, page[-1].n)


def _take_in(collector: Collector, deposit: Deposit, today: datetime.date) -> None:
    with reading(collector.book) as book:
        kept = envelopes.has_deposit(book, deposit.id)
        if not kept:
            admission = collector.gate(today).admit(book, deposit)
    if not kept:
        with writing(collector.shred) as shred:
            key = _row_key(collector.locksmith, shred, deposit, admission.case.id)
        _bring_slices(collector, key, admission.case.id, deposit)
        try:
            with writing(collector.book) as book:
                _keep(book, key, admission, deposit, collector)
        except MalformedEntry:
            raise SetAside("malformed") from None
    with door.writing(collector.drop) as drop:
        door.mark_collected(drop, [deposit.id])


def _row_key(locksmith: Locksmith, shred: Connection, deposit: Deposit, case_id: str) -> RowKey:
    try:
        if deposit.kind == "submission":
            return locksmith.make_key(shred, case_id)
        return locksmith.key_of(shred, case_id)
    except KeyDestroyed:
        raise SetAside("disposed") from None
    except CryptoError:
        # The store key opens others, or the collection would not have begun.
        raise SetAside("damaged") from None


def _bring_slices(collector: Collector, key: RowKey, case_id: str, deposit: Deposit) -> None:
    """Copy the slices of a deposit's files, a few in each transaction.

    Nobody can see them until the envelope names them, and those that an earlier run has brought
    stay as they are. Raises SetAside unless all are there.
    """
    upload_id = deposit.upload_id
    if upload_id is None:
        return
    with reading(collector.book) as book:
        brought = envelopes.slice_indexes(book, case_id, upload_id)
    count = 0
    with door.reading(collector.drop) as drop:
        slices = door.slice_envelopes(drop, upload_id)
        while few := list(islice(slices, SLICES_AT_ONCE)):
            count += len(few)
            missing = [(index, content) for index, content in few if index not in brought]
            if missing:
                with writing(collector.book) as book:
                    for index, content in missing:
                        envelopes.add_slice(book, key, case_id, upload_id, index, content)
    if count != deposit.slices:
        raise SetAside("slices")


def _discard_unnamed_slices(book: Engine) -> None:
    with reading(book) as connection:
        there = envelopes.has_unnamed(connection)
    if there:
        with writing(book) as connection:
            envelopes.discard_unnamed(connection)


def _keep(
    book: Connection, key: RowKey, admission: Admission, deposit: Deposit, collector: Collector
) -> None:
    """Everything of one deposit but its slices, in the caller's one transaction on the book."""
    case, entropy = admission.case, collector.entropy
    if deposit.grant is not None:
        cases.add_case(book, case, admission.readers, admission.excluded)
        envelopes.add_grant(book, key, case.id, case.generation, deposit.grant)
    envelope = Envelope(
        id=entropy(16).hex(),
        thread="submitter",
        kind=deposit.kind,
        n=deposit.n,
        on=deposit.on,
        digest=deposit.digest,
        deposit_id=deposit.id,
        upload_id=deposit.upload_id,
        slices=deposit.slices,
    )
    envelopes.append(book, key, case.id, envelope, deposit.envelope)
    entries.record(
        book,
        entries.Entry(
            type=f"{deposit.kind}.received",
            on=deposit.on,
            case_id=case.id,
            digest=hashlib.sha256(deposit.envelope).hexdigest(),
            commitment=deposit.commitment,
            data={"slices": deposit.slices},
            nonce=_promised(deposit),
            message_n=deposit.n,
        ),
        entropy,
    )
    inbox.refresh(book, case.id, collector.clocks)
