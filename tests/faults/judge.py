"""What must be true of an installation after whatever happened to it and two quiet days.

Everything is asked of the databases and opened with the keys that people have: no word of a program
about itself counts.
"""

import hashlib
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from crypto import age, case, entry
from crypto.identity import Identity
from crypto.message import Message, open_envelope
from crypto.receipt import ReceiptCode, ReceiptKeys, mailbox_id
from intake import drop as door
from intake import schema as drop_schema
from intake.mailbox import open_receipts
from review.audit import report
from review.audit.known import Asked
from review.audit.opened import open_bundle
from review.audit.verifier import verify
from review.auditor_export import export_to
from review.store import cases, entries, envelopes, ledger
from review.store.database import reading
from review.store.shred import kept_cases
from tests import committee
from tests.faults.ground import DATABASES, DAY, Life
from tests.review.tables import rows

# Which files may be there at all. The scratch file of an epoch holds its number and nothing else.
KNOWN = re.compile(
    r"(drop|book|shred)\.db(-wal|-shm)?|drop\.db\.epoch(\.[0-9a-f]{16})?"
    r"|statement\.key|store-key|ledger\.checkpoint(\.lock)?"
)


@dataclass(frozen=True)
class Said:
    """One message of a submitter: its words and the contents of its files."""

    words: str
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Thread:
    """What somebody with a receipt code said; the last thing may be lost if they never heard."""

    code: str
    said: tuple[Said, ...]
    sure: bool = True

    @property
    def keys(self) -> ReceiptKeys:
        """What the code gives."""
        return ReceiptCode.parse(self.code).keys(committee.INSTALLATION)

    @property
    def possible(self) -> tuple[tuple[Said, ...], ...]:
        """What may be there."""
        return (self.said,) if self.sure else (self.said, self.said[:-1])


def judge(life: Life, threads: Sequence[Thread], problems: Sequence[str]) -> None:
    """Fail unless everything that people were promised is there, once, and nothing else."""
    assert list(problems) == []
    collector = life.collector
    with reading(collector.book) as book, door.reading(collector.drop) as drop:
        there = [_judge_thread(life, book, drop, each) for each in threads]
        assert len(cases.all_case_ids(book)) == sum(count > 0 for count in there)
        assert ledger.current(book) is not None
        with reading(collector.shred) as shred:
            assert kept_cases(shred) == frozenset(cases.all_case_ids(book))
        assert not envelopes.has_unnamed(book)
        assert entries.is_empty(book)
    _judge_drop(collector.drop, sum(there))
    kept = rows(collector.book)
    assert kept["pending_entries"] == []
    assert all(letter[-1] for letter in kept["outbox"]), "a letter is not known to be posted"
    assert len(kept["envelopes"]) == sum(there) + _letters(collector.drop)
    assert Counter(_received(collector.book)) == Counter(range(sum(there)))


def _judge_thread(life: Life, book: Connection, drop: Connection, thread: Thread) -> int:
    """How many messages of a thread are there; all of them are read by the chair and provable."""
    keys = thread.keys
    box = mailbox_id(keys.lookup)
    mailbox, found = door.read_mailbox(drop, box), cases.case_by_mailbox(book, box)
    if mailbox is None or found is None:
        assert mailbox is None
        assert found is None
        assert () in thread.possible, "a submission whose code was shown is lost"
        return 0
    messages = _opened(life, book, found.id)
    assert tuple(messages) in thread.possible, "not what was said, or not once"
    assert mailbox.head_n == len(messages)
    sent = open_receipts(mailbox, keys)
    assert [each.n for each in sent if each.proof and not each.doubtful] == [
        *range(1, len(messages) + 1)
    ]
    return len(messages)


def _opened(life: Life, book: Connection, case_id: str) -> list[Said]:
    """What the chair reads, message by message, files included."""
    collector = life.collector
    with reading(collector.shred) as shred:
        key = collector.locksmith.key_of(shred, case_id)
    grant = envelopes.grant(book, key, case_id, 1)
    assert grant is not None
    identity = Identity.from_seed(case.open_grant(grant, committee.identity("chair")))
    said: list[Said] = []
    for each in envelopes.of_case(book, case_id):
        sealed = envelopes.content(book, key, case_id, each.id)
        if each.thread != "submitter" or sealed is None:
            continue
        message = open_envelope(sealed, identity)
        assert message.place.n == each.n == len(said) + 1
        slices = []
        for index in range(each.slices):
            envelope = envelopes.slice_content(book, key, case_id, str(each.upload_id), index)
            assert envelope is not None
            slices.append(age.open_sealed(envelope, [identity]))
        said.append(Said(_words(message), tuple(_files(message, slices))))
    return said


def _words(message: Message) -> str:
    return str(message.body.get("what", message.body.get("text")))


def _files(message: Message, slices: Sequence[bytes]) -> list[bytes]:
    found = []
    for each in message.attachments:
        mine = slices[each.first : each.first + each.count]
        found.append(b"".join(each.content(mine)))
    assert sum(each.count for each in message.attachments) == len(slices)
    return found


def _judge_drop(engine: Engine, messages: int) -> None:
    """Every deposit is collected, counted once, and has exactly the slices that are there."""
    with door.reading(engine) as drop:
        deposits = drop.execute(select(drop_schema.deposits)).all()
        uploads = {row.id: row.deposit_id for row in drop.execute(select(drop_schema.uploads))}
        slices = Counter(drop.execute(select(drop_schema.slices.c.upload_id)).scalars())
        counted = {row.value: row.on for row in drop.execute(select(drop_schema.tally))}
        waiting = door.closed_days(drop)
    assert len(deposits) == messages
    assert all(each.collected for each in deposits)
    assert uploads == {each.upload_id: each.id for each in deposits if each.upload_id}
    assert slices == Counter({each.upload_id: each.slices for each in deposits if each.slices})
    for each in deposits:
        digest = hashlib.sha256(each.envelope).hexdigest()
        value = entry.tally_value(digest, bytes.fromhex(each.nonce))
        assert counted[value] == each.on
    assert set(Counter(counted.values()).values()) <= {16}, "a day is not filled up"
    assert waiting == []


def _letters(engine: Engine) -> int:
    with door.reading(engine) as drop:
        return len(drop.execute(select(drop_schema.letters.c.id)).all())


def _received(book: Engine) -> range:
    """As many numbers as the ledger has entries of something received."""
    with reading(book) as connection:
        row = ledger.current(connection)
        assert row is not None
        found = [document for _, document in ledger.entries_from(connection, row.number, 0)]
    kinds = [entry.parse(document).type for document in found]
    return range(sum(kind.endswith(".received") for kind in kinds))


def verify_bundle(life: Life) -> None:
    """Fail unless the auditor's verifier, which knows only a bundle, finds no exception."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle.zip"
        day = committee.TODAY + 2 * DAY
        export_to(life.collector.book, committee.INSTALLATION, out, day)
        with open_bundle(out) as opened:
            verified = verify(opened, Asked(root_key=committee.ROOT_KEY))
            assert list(report.exception_lines(verified)) == []


def judge_files(life: Life, secrets: Sequence[bytes]) -> None:
    """Fail if a database is not sound, a file is there that nobody knows, or one can be read."""
    for name in () if life.ground.stores.on_postgresql else DATABASES:
        with closing(sqlite3.connect(life.ground.folder / name)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for path in life.ground.files():
        assert KNOWN.fullmatch(path.name), path
        data = path.read_bytes()
        assert not any(secret in data for secret in secrets), path
