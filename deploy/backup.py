"""Backups: one store as it was at one moment, sealed to the operator's recipient, and back again.

The payload of the age file is lines of JSON: what it is of, then each table with its columns, rows
in the order of their keys, and how many they were with the SHA-256 of their lines, and at last a
line that says that this was all. Nothing is on disk but what is sealed, and memory stays flat. A
file is opened to its end, and found to be whole, before a database is touched.
"""

import base64
import datetime
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, select
from sqlalchemy.sql import sqltypes

from crypto.age import open_stream, seal_stream
from crypto.errors import CryptoError
from crypto.stanza import Unwraps, Wraps
from deploy import database, roles
from deploy.errors import BackupRefused, FolderTaken
from intake import schema as intake_schema
from intake.database import open_engine, reading, writing
from review.store import schema as review_schema

TABLES: Mapping[str, MetaData] = {
    "drop": intake_schema.metadata,
    "book": review_schema.book,
    "shred": review_schema.shred,
}
# A row may be a slice of a little more than 1 MiB.
_ROWS_AT_ONCE = 8
# Of the book the deposits, and of the shred keys the cases.
_HAD = {
    ("book", "envelopes"): review_schema.envelopes.c.keys().index("deposit_id"),
    ("shred", "shred_keys"): 0,
}
Counts = dict[str, tuple[int, str]]


class _Pulled:
    """Lines as a file that can be read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Up to size bytes, none only at the end."""
        if not self._rest:
            self._rest = next(self._lines, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
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


def write(
    name: str, url: str, path: Path, recipients: Sequence[Wraps], today: str
) -> tuple[str, set[str]]:
    """Seal the store at url, as it is at one moment, into a new file.

    Returns the file's SHA-256 and the ids of what it has had, see review.store.backups.

    The file is there whole or not at all, and was read back. Raises BackupRefused or FolderTaken.
    """
    if path.exists():
        raise FolderTaken(f"{path} is there already")
    if database.current(name, url) != database.head(name):
        raise BackupRefused(f"the {name} is of another version: run underrose database upgrade")
    part = path.with_name(path.name + ".part")
    had: set[str] = set()
    engine = open_engine(url)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            target = _Hashing(file)
            with reading(engine) as connection:
                seal_stream(_Pulled(_lines(name, connection, today, had)), target, recipients)
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != target.hash.hexdigest():
            raise BackupRefused("what was read back is not what was written")
        part.rename(path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)
        engine.dispose()
    return found, had


def _sync(folder: Path) -> None:
    # Deposits leave the drop because of a file, so its name must outlast a power cut too.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _lines(name: str, connection: Connection, today: str, had: set[str]) -> Iterator[bytes]:
    yield _line({"underrose-backup": 1, "store": name, "schema": database.head(name), "on": today})
    for table in TABLES[name].sorted_tables:
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        count, digest = 0, hashlib.sha256()
        place = _HAD.get((name, table.name))
        for line in _rows(table, connection):
            count += 1
            digest.update(line)
            if place is not None and (each := json.loads(line)[place]) is not None:
                had.add(each)
            yield line
        yield _line({"rows": count, "sha256": digest.hexdigest()})
    yield _line({"end": name})


def _rows(table: Table, connection: Connection) -> Iterator[bytes]:
    wanted = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(wanted.execution_options(yield_per=_ROWS_AT_ONCE)):
        yield _line([_coded(value) for value in row])


def _coded(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime.date) else value


@dataclass
class _Reader:
    """Takes the payload of a backup as it is opened, and holds it to its form."""

    name: str
    keep: Callable[[Table, dict[str, Any]], object]
    counts: Counts = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rest = bytearray()
        self._wanted: list[Table] = list(TABLES[self.name].sorted_tables)
        self._table: Table | None = None
        self._begun = self.ended = False

    def write(self, data: bytes, /) -> object:
        """Take all of data. Raises BackupRefused."""
        self._rest += data
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            try:
                self._take(bytes(line) + b"\n")
            except (ValueError, TypeError, KeyError) as problem:
                raise BackupRefused("the backup is not of the form that is read here") from problem
        return len(data)

    def finish(self) -> Counts:
        """What was read, if it was all. Raises BackupRefused."""
        if not self.ended or self._rest:
            raise BackupRefused("the backup ends before its end")
        return self.counts

    def _take(self, line: bytes) -> None:
        value = json.loads(line)
        if self.ended:
            raise BackupRefused("something follows the end of the backup")
        if not self._begun:
            self._begin(value)
        elif self._table is not None:
            self._row(self._table, line, value)
        elif self._wanted:
            self._table = self._wanted.pop(0)
            columns = [column.name for column in self._table.columns]
            if value != {"table": self._table.name, "columns": columns}:
                raise BackupRefused("the backup has other tables, or in another order")
            self._count, self._digest = 0, hashlib.sha256()
        elif value == {"end": self.name}:
            self.ended = True
        else:
            raise BackupRefused("the backup has more tables than there are")

    def _begin(self, value: Any) -> None:
        if value["underrose-backup"] != 1 or value["store"] != self.name:
            raise BackupRefused(f"this is not a backup of the {self.name}")
        if value["schema"] != database.head(self.name):
            raise BackupRefused(f"the backup is of version {value['schema']} of the {self.name}")
        self._begun = True

    def _row(self, table: Table, line: bytes, value: Any) -> None:
        if isinstance(value, list):
            pairs = zip(table.columns, value, strict=True)
            self.keep(table, {column.name: _decoded(column.type, each) for column, each in pairs})
            self._count += 1
            self._digest.update(line)
            return
        found = (self._count, self._digest.hexdigest())
        if value != {"rows": found[0], "sha256": found[1]}:
            raise BackupRefused(f"the backup has other rows of {table.name} than it says")
        self.counts[table.name] = found
        self._table = None


def _decoded(kind: sqltypes.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sqltypes.LargeBinary):
        return base64.b64decode(value, validate=True)
    return datetime.date.fromisoformat(value) if isinstance(kind, sqltypes.Date) else value


def _read(
    name: str,
    path: Path,
    identities: Sequence[Unwraps],
    keep: Callable[[Table, dict[str, Any]], object],
) -> Counts:
    reader = _Reader(name, keep)
    try:
        with path.open("rb") as file:
            open_stream(file, reader, identities)
    except (CryptoError, OSError) as problem:
        raise BackupRefused(f"the backup cannot be read: {problem}") from problem
    return reader.finish()


def check(name: str, path: Path, identities: Sequence[Unwraps]) -> Counts:
    """Open a backup to its end: for each table its rows and their SHA-256. Raises BackupRefused."""
    return _read(name, path, identities, lambda _table, _row: None)


def restore(name: str, path: Path, identities: Sequence[Unwraps], url: str) -> Counts:
    """Put a backup into a store that is absent or empty, and compare every row with the backup.

    Raises BackupRefused before anything is touched, or with nothing kept.
    """
    checked = check(name, path, identities)
    database.upgrade(name, url)
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                roles.become_migrator(connection)
            if any(
                connection.execute(select(table)).first() for table in TABLES[name].tables.values()
            ):
                raise BackupRefused(f"the {name} to restore into is not empty")
            _read(name, path, identities, lambda table, row: connection.execute(insert(table), row))
            if held(name, connection) != checked:
                raise BackupRefused("what was restored is not what the backup holds")
    finally:
        engine.dispose()
    return checked


def held(name: str, connection: Connection) -> Counts:
    """For each table of a store its rows and their SHA-256, as a backup would say them."""
    found = {}
    for table in TABLES[name].sorted_tables:
        count, digest = 0, hashlib.sha256()
        for line in _rows(table, connection):
            count += 1
            digest.update(line)
        found[table.name] = (count, digest.hexdigest())
    return found
