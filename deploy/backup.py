"""Backups: one store as it was at one moment, sealed to the operator's recipient, and back again.

The payload of the age file is lines of JSON: what it is of, then each table with its columns, rows
in the order of their keys, and how many they were with the SHA-256 of their lines, and at last a
line that says that this was all, signed by the key of the installation's backups. Nothing is on
disk but what is sealed, and memory stays flat. A file is opened to its end, and found to be whole
and ours, before a database is touched.
"""

import datetime
import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from crypto import signing
from crypto.age import seal_stream
from crypto.stanza import Wraps
from deploy import database, roles
from deploy.backup_reading import KIND, VERSION, Header, Opened, Opener
from deploy.backup_rows import TABLES, Seen, held, line, table_lines
from deploy.errors import BackupRefused, FolderTaken
from intake.database import open_engine, reading, writing
from review.store import entries

__all__ = [
    "Base",
    "Made",
    "Opener",
    "Plan",
    "check",
    "digest_of",
    "held",
    "restore",
    "sync",
    "write",
]


@dataclass(frozen=True)
class Base:
    """A whole backup on which another is made: its id, its payload's SHA-256, what it contains."""

    id: str
    contents: str
    has: Collection[bytes] = field(repr=False)


@dataclass(frozen=True)
class Made:
    """A backup that was written and read back: the SHA-256 of file and payload, and what is in it.

    had is for review.store.backups; has are the large contents that another can be made on.
    """

    digest: str
    contents: str
    had: set[str] = field(repr=False)
    has: set[bytes] = field(repr=False)


class _Pulled:
    """Lines as a file that can be read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._line, self._at = b"", 0

    def read(self, size: int, /) -> bytes:
        """Up to size bytes, none only at the end."""
        if self._at == len(self._line):
            self._line, self._at = next(self._lines, b""), 0
        piece = self._line[self._at : self._at + size]
        self._at += len(piece)
        return piece


class _Hashing:
    """A file that is written, with the SHA-256 of what was."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> object:
        """Take all of data."""
        self.hash.update(data)
        return self._file.write(data)


@dataclass(frozen=True)
class Plan:
    """What a backup is to be called and to say of itself, whom it is for, and who signs it."""

    store: str
    id: str
    on: str
    recipients: Sequence[Wraps]
    seed: bytes = field(repr=False)
    base: Base | None = None


def write(plan: Plan, url: str, path: Path) -> Made:
    """Seal the store at url, as it is at one moment, into a new file.

    The file is there whole or not at all, and was read back. Raises BackupRefused or FolderTaken.
    """
    if path.exists():
        raise FolderTaken(f"{path} is there already")
    if database.current(plan.store, url) != database.head(plan.store):
        raise BackupRefused(
            f"the {plan.store} is of another version: run underrose database upgrade"
        )
    part = path.with_name(path.name + ".part")
    seen, whole = Seen(), hashlib.sha256()
    engine = open_engine(url)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            target = _Hashing(file)
            with reading(engine) as connection:
                lines = _lines(plan, connection, seen, whole)
                seal_stream(_Pulled(lines), target, plan.recipients)
            file.flush()
            os.fsync(file.fileno())
        digest = digest_of(part)
        if digest != target.hash.hexdigest():
            raise BackupRefused("what was read back is not what was written")
        part.rename(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)
        engine.dispose()
    return Made(digest, whole.hexdigest(), seen.had, seen.contents)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Let the names in a folder outlast a power cut: deposits leave the drop because of a file."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(plan: Plan, connection: Connection, seen: Seen, whole: Any) -> Iterator[bytes]:
    """All lines of a backup; whole takes the hash of all but the last."""
    base = plan.base
    header = {
        "underrose-backup": VERSION,
        "store": plan.store,
        "id": plan.id,
        "schema": database.head(plan.store),
        "on": plan.on,
        "base": None if base is None else {"id": base.id, "sha256": base.contents},
    }
    whole.update(first := line(header))
    yield first
    for each in table_lines(plan.store, connection, () if base is None else base.has, seen):
        whole.update(each)
        yield each
    end = {"end": plan.store, "id": plan.id, "sha256": whole.hexdigest()}
    yield line(signing.sign(KIND, end, plan.seed))


def check(name: str, path: Path, opener: Opener) -> Header:
    """Open a backup, and its base, to the end, and say what it holds. Raises BackupRefused."""
    with Opened(name, path, opener) as opened:
        return opened.header


def restore(
    name: str, path: Path, opener: Opener, url: str, today: datetime.date | None = None
) -> Header:
    """Put a backup into a store that is absent or empty, and compare every row with the backup.

    With a day a book then tells its ledger that it was restored, and from which backup. Raises
    BackupRefused before anything is touched, or with nothing kept.
    """
    with Opened(name, path, opener) as opened:
        database.upgrade(name, url)
        engine = open_engine(url)
        try:
            with writing(engine) as connection:
                _fill(opened, connection)
                if name == "book" and today is not None:
                    _tell(opened.header, connection, today)
        finally:
            engine.dispose()
        return opened.header


def _fill(opened: Opened, connection: Connection) -> None:
    name = opened.header.store
    if connection.dialect.name == "postgresql":
        roles.become_migrator(connection)
    if any(connection.execute(select(table)).first() for table in TABLES[name].tables.values()):
        raise BackupRefused(f"the {name} to restore into is not empty")
    opened.read(lambda table, row: connection.execute(insert(table), row))
    if held(name, connection) != opened.header.counts:
        raise BackupRefused("what was restored is not what the backup holds")


def _tell(header: Header, connection: Connection, today: datetime.date) -> None:
    """Let the ledger say what nobody can see in a book that is whole and old."""
    data = {"backup": header.contents, "made_on": header.on}
    entries.record(connection, entries.Entry(type="book.restored", on=today, data=data))
