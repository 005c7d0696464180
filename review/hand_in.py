"""What the retention auditor hands in: a signed report, and a checkpoint that they have cosigned.

Nothing is taken in but what a key of the policy has signed, about a checkpoint that this book has
signed itself. Of a report the book keeps its hash and numbers, as an entry for the ledger; the
report itself stays with the auditor.
"""

import datetime

from sqlalchemy import Connection, Engine

from crypto import checkpoint, note
from crypto.checkpoint import Checkpoint
from crypto.entry_types import Value
from crypto.errors import InvalidSignature, Malformed, NotSigned, UnknownLedger
from crypto.note import Note
from crypto.policy import Policy
from review import ledger as keeping
from review import oversight
from review.audit.report import Signed, read_signed
from review.errors import HandInRefused, LedgerRefused
from review.store import entries, ledger
from review.store.database import reading, writing
from review.store.entries import Entry


def take_report(
    book: Engine, policy: Policy | None, data: bytes, by: str, today: datetime.date
) -> None:
    """Record that the ledger was checked by this person. Raises HandInRefused."""
    signed = _signed(_given(policy, data), data)
    told: dict[str, Value] = {
        "report": signed.hash,
        "size": signed.size,
        "root": signed.root,
        "exceptions": signed.exceptions,
    }
    with writing(book) as connection:
        _check_ours(connection, signed.origin, signed.size, bytes.fromhex(signed.root))
        if any(each.report == signed.hash for each in oversight.checks(connection)):
            raise HandInRefused("report-known")
        entries.record(connection, Entry(type=oversight.CHECKED, on=today, by=by, data=told))


def take_checkpoint(book: Engine, policy: Policy | None, data: bytes) -> None:
    """Keep the cosignatures of a checkpoint of this book. Raises HandInRefused."""
    rules = _given(policy, data)
    try:
        given = note.parse(data)
        head = _cosigned(rules, given)
        with reading(book) as connection:
            _check_ours(connection, head.origin, head.size, head.root)
        new = keeping.take_cosigned(book, rules, given)
    except UnknownLedger:
        raise HandInRefused("other-ledger") from None
    except (NotSigned, InvalidSignature):
        raise HandInRefused("signature") from None
    except Malformed:
        raise HandInRefused("checkpoint-malformed") from None
    except LedgerRefused:
        raise HandInRefused("unknown-checkpoint") from None
    if not new:
        raise HandInRefused("checkpoint-known")


def _given(policy: Policy | None, data: bytes) -> Policy:
    if policy is None:
        raise HandInRefused("no-policy")
    if not data:
        raise HandInRefused("no-file")
    return policy


def _cosigned(rules: Policy, given: Note) -> Checkpoint:
    """The checkpoint, if its keeper has signed it and anybody of the policy has cosigned it."""
    head, _at = rules.check_signed(given)
    if not any(given.has_line_of(witness.key) for witness in rules.witnesses):
        raise HandInRefused("not-cosigned")
    return head


def _signed(rules: Policy, data: bytes) -> Signed:
    """What the report says, if a key of the policy has signed it."""
    keys = [witness.key for witness in rules.witnesses]
    try:
        return read_signed(data, keys)
    except InvalidSignature:
        raise HandInRefused("signature") from None
    except Malformed:
        raise HandInRefused("report-malformed") from None


def _check_ours(connection: Connection, origin: str, size: int, root: bytes) -> None:
    """Return if this book has signed this checkpoint."""
    known = {each.origin: each.number for each in ledger.all_ledgers(connection)}
    if origin not in known:
        raise HandInRefused("other-ledger")
    ours = ledger.checkpoint_at(connection, known[origin], size)
    if ours is None or checkpoint.parse(ours.note.text).root != root:
        raise HandInRefused("unknown-checkpoint")
