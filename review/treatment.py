"""What readers do to a case, each act whole in the caller's one transaction.

An act appends to its thread, moves the state by the table, puts the submitter's copy on its way
and writes its pending entry. The same act again does nothing and is no error. Everything that
arrives is sealed already; what can be checked of it without a key is checked here.
"""

import datetime
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import age
from crypto.errors import Malformed
from crypto.message import thread
from crypto.padding import MESSAGE_STEPS
from review.casework import guards, signed, standing
from review.casework.course import Stage, Step, line
from review.casework.deadlines import ClockSettings
from review.errors import MalformedForm
from review.store import cases, courses, entries, envelopes, inbox, outbox
from review.store.cases import Case
from review.store.envelopes import Envelope
from review.store.shred import RowKey

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a reader's browser sends: one message sealed to the case, and perhaps to the mailbox."""

    by: str
    on: datetime.date
    n: int
    digest: str
    case_envelope: bytes = field(repr=False)
    mailbox_envelope: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Move:
    """A step that was taken: where it led to, the act that was signed, and by whom last."""

    step: Step
    after: Stage
    act: str
    by: str


def record_copy(
    connection: Connection, case: Case, by: str, digest: str, today: datetime.date
) -> None:
    """Write the entry of a redacted copy, of which nothing but its SHA-256 has come here."""
    data = {"bundle": digest, "reader": "redacted"}
    entry = entries.Entry(type="exported", on=today, case_id=case.id, by=by, data=data)
    entries.record(connection, entry)


def record_reading(
    connection: Connection, case: Case, person_id: str, today: datetime.date, n: int | None,
    clocks: ClockSettings,
) -> None:  # fmt: skip
    """Note that a reader has opened the case, up to the n-th message of the submitter.

    The first reading opens the case. The ledger hears of each reader once a day.
    """
    newest = envelopes.head(connection, case.id, "submitter")
    cases.mark_read(connection, case.id, person_id, newest if n is None else min(n, newest))
    is_first = cases.is_first_reading_on(connection, case.id, person_id, today)
    if case.state is Stage.RECEIVED:
        after = _take(connection, case, Step.OPEN, today)
        _record(connection, case, "case.opened", person_id, today, data=_moved(case, after))
    elif is_first:
        _record(connection, case, "case.read", person_id, today, data={})
    inbox.refresh(connection, case.id, clocks)


def leave_reply(
    connection: Connection,
    key: RowKey,
    case: Case,
    sent: Sent,
    clocks: ClockSettings,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Keep a reply and put it on its way. Raises HeadMoved, ActRefused or MalformedForm."""
    if _is_again(connection, case, sent, "reply"):
        return
    # A reply is an acknowledgement: it tells the submitter that somebody has read.
    after = _take(connection, case, Step.ACKNOWLEDGE, sent.on)
    _keep(connection, key, case, sent, "reply", entropy)
    _record(connection, case, "reply.left", sent.by, sent.on, sent=sent, data=_moved(case, after))
    inbox.refresh(connection, case.id, clocks)


def tell_step(
    connection: Connection, key: RowKey, case: Case, sent: Sent | None, move: Move,
    today: datetime.date, clocks: ClockSettings, entropy: Entropy = secrets.token_bytes,
) -> None:  # fmt: skip
    """Record a step that was taken, and tell the submitter if something was sent for them.

    Raises HeadMoved or MalformedForm.
    """
    if sent is not None:
        _keep(connection, key, case, sent, "state", entropy)
    data = {"step": signed.code(move.step), **_moved(case, move.after), "act": move.act}
    kind = "case.closed" if move.step is Step.CLOSE else "case.moved"
    _record(connection, case, kind, move.by, today, sent=sent, data=data)
    inbox.refresh(connection, case.id, clocks)


def keep_note(
    connection: Connection,
    key: RowKey,
    case: Case,
    sent: Sent,
    entropy: Entropy = secrets.token_bytes,
) -> None:
    """Keep a note, which the submitter never sees. Raises HeadMoved or MalformedForm."""
    if sent.mailbox_envelope is not None:
        raise MalformedForm("a note goes to nobody's mailbox")
    if _is_again(connection, case, sent, "note"):
        return
    _keep(connection, key, case, sent, "note", entropy)
    _record(connection, case, "note.left", sent.by, sent.on, sent=sent, data={})


def _is_again(connection: Connection, case: Case, sent: Sent, kind: str) -> bool:
    """Whether this act was done before, and only its answer was lost: then nothing is to do.

    Sealing is random, so the envelopes differ each time; the message inside is what counts.
    """
    return envelopes.stands(connection, case.id, thread(kind), sent.n, kind, sent.by, sent.digest)


def _take(connection: Connection, case: Case, step: Step, on: datetime.date) -> Stage:
    """Take a step that comes with another act, where the table has it; the stage after it."""
    found = line(case.state, step)
    after = case.state if found is None or found.after is None else found.after
    course = courses.of_case(connection, case)
    courses.move(connection, case, standing.after(course, guards.Act(step, on), after))
    return after


def _keep(
    connection: Connection, key: RowKey, case: Case, sent: Sent, kind: str, entropy: Entropy
) -> None:
    _check_shape(sent.case_envelope)
    envelope = Envelope(
        id=entropy(16).hex(),
        thread=thread(kind),
        kind=kind,
        n=sent.n,
        on=sent.on,
        digest=sent.digest,
        by=sent.by,
    )
    envelopes.append(connection, key, case.id, envelope, sent.case_envelope)
    if kind == "note":
        return
    if sent.mailbox_envelope is None:
        raise MalformedForm("the submitter's copy is missing")
    _check_shape(sent.mailbox_envelope)
    outbox.add(connection, key, case.id, case.mailbox_id, sent.n, sent.mailbox_envelope, entropy)


def _check_shape(envelope: bytes) -> None:
    try:
        age.check_shape(envelope, stanzas=1, plaintext_sizes=MESSAGE_STEPS)
    except Malformed:
        raise MalformedForm("this is not an envelope of ours") from None


def _moved(case: Case, after: Stage) -> Mapping[str, str]:
    return {"from": case.state.value, "to": after.value}


def _record(
    connection: Connection,
    case: Case,
    kind: str,
    by: str,
    on: datetime.date,
    *,
    data: Mapping[str, str],
    sent: Sent | None = None,
) -> None:
    digest = None if sent is None else hashlib.sha256(sent.case_envelope).hexdigest()
    entries.record(
        connection,
        entries.Entry(type=kind, on=on, case_id=case.id, digest=digest, by=by, data=data),
    )
