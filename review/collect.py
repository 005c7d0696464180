"""Brings deposits from the drop into the case book, and letters from the outbox to the mailboxes.

Every step is one transaction and may be the last one that happens: running again takes up whatever
is left, loses nothing and does nothing twice. The order is what makes it so. The shred key exists
before the rows that need it, the book holds a deposit before the drop hides it, and a letter is in
its mailbox before the outbox forgets it.

The collector holds the routing identity, which opens routing envelopes and nothing else. A deposit
whose routing cannot be honoured is set aside: it stays in the drop, is reported each time, and
keeps no other from being collected.
"""

import datetime
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine

from crypto import case as case_format
from crypto.errors import CryptoError
from crypto.recipient import Recipient
from crypto.stanza import Unwraps
from intake import drop as door
from intake.drop import Deposit
from review.casework.states import State
from review.errors import CollectorBusy, KeyDestroyed, RosterUnusable, SetAside
from review.store import cases, entries, envelopes, outbox, rosters
from review.store.cases import Case
from review.store.database import reading, writing
from review.store.envelopes import Envelope
from review.store.outbox import Outgoing
from review.store.shred import Locksmith, RowKey

# Envelopes are at most some 70 KB each, so a page of deposits is small.
PAGE = 20

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Collector:
    """What a collection works with."""

    drop: Engine
    book: Engine
    shred: Engine
    locksmith: Locksmith
    routing: Unwraps = field(repr=False)
    root_key: bytes
    demo: bool
    entropy: Entropy = secrets.token_bytes


@dataclass(frozen=True)
class Admission:
    """What a submission's routing and roster say: whose case it is and who may see it."""

    case: Case
    readers: tuple[str, ...]
    excluded: tuple[str, ...] = field(repr=False)


@dataclass
class Collected:
    """What one run did; each problem is a sentence about one deposit or letter."""

    submissions: int = 0
    follow_ups: int = 0
    letters: int = 0
    problems: list[str] = field(default_factory=list)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep every other collector of this machine out while the block runs.

    The lock is an advisory one on a file that only collectors have, and ends with the process.
    Raises CollectorBusy.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CollectorBusy("another collector is at work") from None
        yield
    finally:
        os.close(descriptor)


def collect(collector: Collector, today: datetime.date) -> Collected:
    """Take in every deposit that waits, then post every letter that waits."""
    done = Collected()
    for deposit in _waiting(collector.drop):
        try:
            _take_in(collector, deposit)
        except SetAside as problem:
            done.problems.append(f"deposit {deposit.id} is set aside: {problem}")
        else:
            done.submissions += deposit.kind == "submission"
            done.follow_ups += deposit.kind == "follow-up"
    with reading(collector.book) as book:
        letters = outbox.waiting(book)
    for letter in letters:
        try:
            _post(collector, letter, today)
        except (door.IntakeError, KeyDestroyed) as problem:
            done.problems.append(f"letter {letter.id} is not posted: {problem}")
        else:
            done.letters += 1
    return done


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


def _take_in(collector: Collector, deposit: Deposit) -> None:
    with reading(collector.book) as book:
        kept = envelopes.has_deposit(book, deposit.id)
        if not kept:
            admission = _admit(collector, book, deposit)
    if not kept:
        with writing(collector.shred) as shred:
            key = _row_key(collector.locksmith, shred, deposit, admission.case.id)
        with door.reading(collector.drop) as drop, writing(collector.book) as book:
            _keep(book, drop, key, admission, deposit, collector.entropy)
    with door.writing(collector.drop) as drop:
        door.mark_collected(drop, [deposit.id])


def _row_key(locksmith: Locksmith, shred: Connection, deposit: Deposit, case_id: str) -> RowKey:
    if deposit.kind == "submission":
        return locksmith.make_key(shred, case_id)
    try:
        return locksmith.key_of(shred, case_id)
    except KeyDestroyed:
        raise SetAside("its case has been disposed of") from None


def _admit(collector: Collector, book: Connection, deposit: Deposit) -> Admission:
    """Whose case the deposit belongs to. Raises SetAside."""
    if deposit.kind == "submission":
        return _new_case(collector, book, deposit)
    case = cases.case_by_mailbox(book, deposit.mailbox_id)
    if case is None:
        raise SetAside("the book has no case for its mailbox")
    if deposit.n != envelopes.head(book, case.id, "submitter") + 1:
        raise SetAside("the message before it is not in the book")
    return Admission(case, (), ())


def _new_case(collector: Collector, book: Connection, deposit: Deposit) -> Admission:
    try:
        recipient = Recipient.parse(deposit.case_recipient or "")
        routing = case_format.open_routing(deposit.routing or b"", collector.routing)
        roster = rosters.roster_by_hash(
            book, routing.roster, collector.root_key, demo=collector.demo
        )
        readers = case_format.choose_readers(roster, routing.excluded)
    except (CryptoError, RosterUnusable) as problem:
        raise SetAside(f"its routing cannot be honoured: {problem}") from None
    if routing.roster != deposit.roster or deposit.grant is None:
        raise SetAside("its routing belongs to another deposit")
    case = Case(
        id=case_format.case_id(recipient.text),
        mailbox_id=deposit.mailbox_id,
        on=deposit.on,
        roster=roster.hash,
        recipient=recipient.text,
        state=State.RECEIVED,
        generation=1,
    )
    if cases.case_by_id(book, case.id) or cases.case_by_mailbox(book, case.mailbox_id):
        raise SetAside("the book has another case with its key or its mailbox")
    return Admission(case, tuple(reader.id for reader in readers), routing.excluded)


def _keep(
    book: Connection,
    drop: Connection,
    key: RowKey,
    admission: Admission,
    deposit: Deposit,
    entropy: Entropy,
) -> None:
    """Everything of one deposit, in the caller's one transaction on the book."""
    case = admission.case
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
    _keep_slices(book, drop, key, case.id, deposit)
    entries.record(
        book,
        entries.Entry(
            type=f"{deposit.kind}.received",
            on=deposit.on,
            case_id=case.id,
            digest=hashlib.sha256(deposit.envelope).hexdigest(),
            commitment=deposit.commitment,
            data={"slices": deposit.slices},
        ),
        entropy,
    )


def _keep_slices(
    book: Connection, drop: Connection, key: RowKey, case_id: str, deposit: Deposit
) -> None:
    if deposit.upload_id is None:
        return
    count = 0
    for index, content in door.slice_envelopes(drop, deposit.upload_id):
        envelopes.add_slice(book, key, case_id, deposit.upload_id, index, content)
        count += 1
    if count != deposit.slices:
        raise SetAside("some slices of its files are missing")


def _post(collector: Collector, outgoing: Outgoing, today: datetime.date) -> None:
    with reading(collector.shred) as shred:
        key = collector.locksmith.key_of(shred, outgoing.case_id)
    letter = outgoing.letter(key)
    with door.writing(collector.drop) as drop:
        door.post_letter(drop, outgoing.mailbox_id, outgoing.n, letter, today)
    with writing(collector.book) as book:
        outbox.mark_posted(book, outgoing.id)
