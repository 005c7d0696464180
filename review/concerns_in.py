"""Makes cases of the concerns that members have recorded: a step of the collection.

What a deposit goes through, these go through as well: the routing is opened here and honoured to
the letter, the shred key exists before the rows that need it, and the book holds the case before
the row goes from which it was made. Running again takes up whatever is left and does nothing twice.
"""

import datetime
import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from crypto import act as act_format
from crypto.act import Signature
from crypto.errors import CryptoError, MalformedAct, MalformedEntry
from intake import drop as door
from intake.drop import Deposit, NewMailbox
from review.admission import Admission
from review.casework import recorded
from review.collector import Collected, Collector
from review.errors import KeyDestroyed, MalformedForm, SetAside
from review.store import acts, cases, concerns, entries, envelopes, inbox, set_aside
from review.store.concerns import Concern
from review.store.database import reading, writing
from review.store.envelopes import Envelope
from review.store.shred import RowKey

PAGE = 20


def take_concerns(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Make a case and a mailbox of every concern that waits.

    One that cannot be taken in stays, is listed as set aside, is reported once, and keeps no other
    from being taken in. The ledger is not told of it: nobody outside was promised anything, and the
    member finds on their page that it still waits.
    """
    with reading(collector.book) as book:
        known = {each.deposit_id for each in set_aside.listed(book)}
    for concern in _waiting(collector.book):
        if concern.id in known:
            continue
        try:
            _take_in(collector, concern, today)
        except SetAside as problem:
            with writing(collector.book) as book:
                set_aside.keep(book, concern.id, today, problem.reason)
            done.problems.append(f"recorded concern {concern.id} is set aside: {problem}")
        else:
            done.submissions += 1


def _waiting(book: Engine) -> Iterator[Concern]:
    after = ""
    while True:
        with reading(book) as connection:
            page = concerns.waiting(connection, PAGE, after)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _take_in(collector: Collector, concern: Concern, today: datetime.date) -> None:
    try:
        act = act_format.parse(concern.act)
        found = recorded.read(act.act, act.data, act.on, act.previous)
    except (MalformedAct, MalformedForm):
        raise SetAside("malformed") from None
    with reading(collector.book) as book:
        kept = _is_kept(book, concern, act)
        if not kept:
            deposit = _as_deposit(concern, act, found)
            admission = collector.gate(today).admit(book, deposit)
    if not kept:
        _check(admission, concern, act)
        key = _row_key(collector, admission.case.id)
        try:
            with writing(collector.book) as book:
                _keep(book, key, admission, concern, collector)
        except (MalformedEntry, IntegrityError):
            raise SetAside("malformed") from None
    _make_mailbox(collector, concern, act, found)
    with writing(collector.book) as book:
        concerns.remove(book, concern.id)


def _is_kept(book: Connection, concern: Concern, act: act_format.Act) -> bool:
    """Whether the book has the case of this very concern. Raises SetAside for another's id."""
    if not envelopes.has_deposit(book, concern.id):
        return False
    case = cases.case_by_id(book, act.subject)
    if case is None or case.mailbox_id != concern.mailbox_id:
        raise SetAside("taken")
    return True


def _as_deposit(concern: Concern, act: act_format.Act, found: recorded.Recorded) -> Deposit:
    """The concern as what came through the form: a case's day is the day that it came."""
    return Deposit(
        id=concern.id,
        kind="submission",
        mailbox_id=concern.mailbox_id,
        n=1,
        on=found.came,
        roster=act.roster,
        digest=found.submission,
        commitment="",
        envelope=concern.envelope,
        grant=concern.grant,
        routing=concern.routing,
        case_recipient=concern.case_recipient,
        upload_id=None,
        slices=0,
        nonce=None,
    )


def _check(admission: Admission, concern: Concern, act: act_format.Act) -> None:
    """Whoever records a concern drew its key, so it is one that they may read. Raises SetAside."""
    if act.subject != admission.case.id or concern.by not in admission.readers:
        raise SetAside("recorder")


def _row_key(collector: Collector, case_id: str) -> RowKey:
    try:
        with writing(collector.shred) as shred:
            return collector.locksmith.make_key(shred, case_id)
    except KeyDestroyed:
        raise SetAside("disposed") from None
    except CryptoError:
        raise SetAside("damaged") from None


def _keep(
    book: Connection, key: RowKey, admission: Admission, concern: Concern, collector: Collector
) -> None:
    """Everything of one concern, in the caller's one transaction on the book."""
    case, act = admission.case, act_format.parse(concern.act)
    found = recorded.read(act.act, act.data, act.on, act.previous)
    cases.add_case(book, case, admission.readers, admission.excluded, found.channel)
    envelopes.add_grant(book, key, case.id, case.generation, concern.grant)
    envelope = Envelope(
        id=collector.entropy(16).hex(),
        thread="submitter",
        kind="submission",
        n=1,
        on=act.on,
        digest=found.submission,
        deposit_id=concern.id,
    )
    envelopes.append(book, key, case.id, envelope, concern.envelope)
    acts.add(book, act)
    acts.add_signature(book, act, Signature(concern.by, concern.signature), act.on)
    acts.end(book, act, acts.DONE, concern.by, act.on)
    data = {"act": act.hash, "came": found.came.isoformat(), "channel": found.channel.value}
    entry = entries.Entry(
        type="concern.recorded",
        on=act.on,
        case_id=case.id,
        digest=hashlib.sha256(concern.envelope).hexdigest(),
        by=concern.by,
        data=data,
    )
    entries.record(book, entry, collector.entropy)
    inbox.refresh(book, case.id, collector.clocks)


def _make_mailbox(
    collector: Collector, concern: Concern, act: act_format.Act, found: recorded.Recorded
) -> None:
    made = NewMailbox(
        id=concern.mailbox_id,
        recipient=concern.mailbox,
        case_recipient=concern.case_recipient,
        case_signature=concern.case_signature,
        digest=found.submission,
    )
    try:
        with door.writing(collector.drop) as drop:
            door.make_mailbox(drop, made, act.on)
    except door.MailboxTaken:
        raise SetAside("taken") from None
