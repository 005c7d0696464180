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
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from crypto import strict, tally
from crypto.entry import NONCE_SIZE
from crypto.errors import CryptoError, Malformed, MalformedEntry, MalformedTally
from crypto.policy import Policy
from crypto.stanza import Unwraps
from intake import drop as door
from intake.drop import Deposit
from review.admission import Admission, Gate
from review.errors import KeyDestroyed, SetAside
from review.ledger import prove
from review.store import cases, entries, envelopes, ledger, outbox, proofs, set_aside
from review.store.database import reading, tidy, writing
from review.store.envelopes import Envelope
from review.store.outbox import Outgoing
from review.store.proofs import Owed
from review.store.shred import Locksmith, RowKey

# Envelopes are at most some 70 KB each, so a page of deposits is small.
PAGE = 20
# How many slices, of a little more than 1 MiB each, are copied in one transaction: some tenths of a
# second in which the console cannot write, and memory for no more.
SLICES_AT_ONCE = 8

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
    policy: Policy | None = None
    entropy: Entropy = secrets.token_bytes

    @property
    def gate(self) -> Gate:
        """What its deposits are judged by."""
        return Gate(routing=self.routing, root_key=self.root_key, demo=self.demo)


@dataclass
class Collected:
    """What one run did; each problem is a sentence about one deposit, letter, day or proof."""

    submissions: int = 0
    follow_ups: int = 0
    letters: int = 0
    days: int = 0
    proofs: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether something was brought anywhere."""
        moved = (self.submissions, self.follow_ups, self.letters, self.days, self.proofs)
        return any(moved)


def collect(collector: Collector, today: datetime.date) -> Collected:
    """Take in every deposit and closed day, post every letter and proof, and leave files tidy.

    Raises StoreKeyWrong before anything is done.
    """
    with reading(collector.shred) as shred:
        collector.locksmith.check(shred)
    done = Collected()
    _take_in_all(collector, today, done)
    _take_days(collector, today, done)
    _post_all(collector, today, done)
    _post_proofs(collector, today, done)
    _tidy(collector, today, done)
    return done


def _take_in_all(collector: Collector, today: datetime.date, done: Collected) -> None:
    with reading(collector.book) as book:
        known = {each.deposit_id for each in set_aside.listed(book)}
    for deposit in _waiting(collector.drop):
        if deposit.id in known:
            continue
        try:
            _take_in(collector, deposit)
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


def _take_days(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Copy every closed day of the tally into the book, and let the ledger tell its hash."""
    with door.reading(collector.drop) as drop:
        closed = door.closed_days(drop)
    for on, document in closed:
        if not _is_of(on, document):
            done.problems.append(f"the tally of {on} is not one that intake makes")
            continue
        with writing(collector.book) as book:
            known = ledger.tally_day(book, on)
            if known is None:
                ledger.keep_tally_day(book, on, document)
                data = {"day": on.isoformat(), "tally": hashlib.sha256(document).hexdigest()}
                entry = entries.Entry(type="tally.closed", on=today, data=data)
                entries.record(book, entry, collector.entropy)
        if known not in (None, document):
            done.problems.append(f"the tally of {on} is another one than the book has")
            continue
        with door.writing(collector.drop) as drop:
            door.mark_day_collected(drop, on)
        done.days += 1


def _is_of(on: datetime.date, document: bytes) -> bool:
    """Whether this is the tally of that day; who signed it is for the auditor to see."""
    try:
        return tally.parse(document).on == on
    except MalformedTally:
        return False


def _post_all(collector: Collector, today: datetime.date, done: Collected) -> None:
    with reading(collector.book) as book:
        letters = outbox.waiting(book)
    for letter in letters:
        try:
            _post(collector, letter, today)
        except (door.IntakeError, CryptoError, KeyDestroyed) as problem:
            done.problems.append(f"letter {letter.id} is not posted: {problem}")
        else:
            done.letters += 1


def _post_proofs(collector: Collector, today: datetime.date, done: Collected) -> None:
    with reading(collector.book) as book:
        owed = proofs.owed(book, collector.policy)
    for each in owed:
        try:
            _post_proof(collector, each, today)
        except (door.IntakeError, CryptoError) as problem:
            done.problems.append(f"a proof of case {each.case_id} is not posted: {problem}")
        else:
            done.proofs += 1


def _post_proof(collector: Collector, owed: Owed, today: datetime.date) -> None:
    with reading(collector.book) as book:
        proof = prove(book, owed.ledger, owed.index, owed.head.note)
    with door.writing(collector.drop) as drop:
        recipient = door.mailbox_recipient(drop, owed.mailbox_id)
        if recipient is None:
            raise door.UnknownMailbox("no mailbox has this id")
        envelope = door.seal_proof(proof.to_bytes(), recipient)
        door.post_proof(drop, owed.mailbox_id, owed.message_n, envelope, today)
    with writing(collector.book) as book:
        proofs.mark_posted(book, owed)


def _tidy(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Drop uploads that nobody finished, and leave nothing of the order and hour of arrivals."""
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


def _take_in(collector: Collector, deposit: Deposit) -> None:
    with reading(collector.book) as book:
        kept = envelopes.has_deposit(book, deposit.id)
        if not kept:
            admission = collector.gate.admit(book, deposit)
    if not kept:
        with writing(collector.shred) as shred:
            key = _row_key(collector.locksmith, shred, deposit, admission.case.id)
        _bring_slices(collector, key, admission.case.id, deposit)
        try:
            with writing(collector.book) as book:
                _keep(book, key, admission, deposit, collector.entropy)
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
    book: Connection, key: RowKey, admission: Admission, deposit: Deposit, entropy: Entropy
) -> None:
    """Everything of one deposit but its slices, in the caller's one transaction on the book."""
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


def _post(collector: Collector, outgoing: Outgoing, today: datetime.date) -> None:
    with reading(collector.shred) as shred:
        key = collector.locksmith.key_of(shred, outgoing.case_id)
    letter = outgoing.letter(key)
    with door.writing(collector.drop) as drop:
        door.post_letter(drop, outgoing.mailbox_id, outgoing.n, letter, today)
    with writing(collector.book) as book:
        outbox.mark_posted(book, outgoing.id)
