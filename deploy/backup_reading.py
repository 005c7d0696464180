"""Reads a backup: to its end, by its form, and with the signature of the key that is expected."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table

from crypto import signing
from crypto.age import open_stream
from crypto.errors import CryptoError, InvalidSignature
from crypto.stanza import Unwraps
from deploy import database
from deploy.backup_rows import LARGE, TABLES, Counts, Find, expanded, line, values
from deploy.errors import BackupRefused

VERSION = 2
KIND = "backup"
_HEADER = {"underrose-backup", "store", "id", "schema", "on", "base"}
Keep = Callable[[Table, dict[str, Any]], object]


@dataclass(frozen=True)
class Opener:
    """What a backup is opened with, and the key by which it must be signed."""

    identities: Sequence[Unwraps]
    signer: bytes


@dataclass(frozen=True)
class Header:
    """What a backup says of itself; base is the id and the payload's SHA-256 of another, or None.

    contents is what its own payload has the SHA-256 of.
    """

    store: str
    id: str
    on: str
    base: tuple[str, str] | None
    contents: str
    counts: Counts = field(default_factory=dict)


@dataclass
class _Reader:
    """Takes the payload of a backup as it is opened, and holds it to its form.

    Without find the contents that the base has are only listed, in named, and rows that have such
    are not compared with the table's hash: the signature is of them as they are written.
    """

    name: str
    keep: Keep
    find: Find | None
    counts: Counts = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._rest = bytearray()
        self._wanted: list[Table] = list(TABLES[self.name].sorted_tables)
        self._table: Table | None = None
        self._whole = hashlib.sha256()
        self.header: dict[str, Any] = {}
        self.end: dict[str, Any] | None = None

    def write(self, data: bytes, /) -> object:
        """Take all of data. Raises BackupRefused."""
        # Only what is new is searched: a line may come in many pieces.
        first, *others = data.split(b"\n")
        self._rest += first
        for each in others:
            try:
                self._take(bytes(self._rest) + b"\n")
            except (ValueError, TypeError, KeyError, AttributeError) as problem:
                raise BackupRefused("the backup is not of the form that is read here") from problem
            self._rest = bytearray(each)
        return len(data)

    def finish(self, signer: bytes) -> Header:
        """What was read, if it was all and the key has signed it. Raises BackupRefused."""
        if self.end is None or self._rest:
            raise BackupRefused("the backup ends before its end")
        try:
            signing.check(KIND, self.end, signer)
        except InvalidSignature:
            raise BackupRefused(
                "the backup is not signed by this key: it is of another installation, or forged"
            ) from None
        base = self.header["base"]
        return Header(
            store=self.name,
            id=self.header["id"],
            on=self.header["on"],
            base=None if base is None else (base["id"], base["sha256"]),
            contents=self.end["sha256"],
            counts=self.counts,
        )

    def _take(self, data: bytes) -> None:
        if self.end is not None:
            raise BackupRefused("something follows the end of the backup")
        value = json.loads(data)
        if not self.header:
            self._begin(value)
        elif self._table is not None:
            self._row(self._table, value)
        elif self._wanted:
            self._table = self._wanted.pop(0)
            columns = [column.name for column in self._table.columns]
            if value != {"table": self._table.name, "columns": columns}:
                raise BackupRefused("the backup has other tables, or in another order")
            self._count, self._digest, self._short = 0, hashlib.sha256(), False
        else:
            self._finish(value)
        self._whole.update(data)

    def _begin(self, value: Any) -> None:
        if value["underrose-backup"] != VERSION or value["store"] != self.name:
            raise BackupRefused(f"this is not a backup of the {self.name}")
        if value["schema"] != database.head(self.name):
            raise BackupRefused(f"the backup is of version {value['schema']} of the {self.name}")
        if set(value) != _HEADER:
            raise BackupRefused("the backup says more or less of itself than it must")
        self.header = value

    def _finish(self, value: Any) -> None:
        found = {"end": self.name, "id": self.header["id"], "sha256": self._whole.hexdigest()}
        if {**value, "signature": ""} != {**found, "signature": ""}:
            raise BackupRefused("the backup has another end than its own")
        self.end = value

    def _row(self, table: Table, value: Any) -> None:
        if isinstance(value, list):
            names = {each["in"] for each in value if isinstance(each, dict)}
            self.named |= names
            self._count += 1
            if names and self.find is None:
                self._short = True
                return
            cells = expanded(value, self.find) if self.find is not None else value
            self.keep(table, values(table, cells))
            self._digest.update(line(cells))
            return
        found = (self._count, value["sha256"] if self._short else self._digest.hexdigest())
        if value != {"rows": found[0], "sha256": found[1]}:
            raise BackupRefused(f"the backup has other rows of {table.name} than it says")
        self.counts[table.name] = found
        self._table = None


def _read(reader: _Reader, path: Path, opener: Opener) -> Header:
    try:
        with path.open("rb") as file:
            open_stream(file, reader, opener.identities)
    except (CryptoError, OSError) as problem:
        raise BackupRefused(f"the backup cannot be read: {problem}") from problem
    return reader.finish(opener.signer)


class _Spool:
    """Some contents of a base, in a file without a name: they are sealed, and memory stays flat."""

    def __init__(self, file: IO[bytes], wanted: set[str]) -> None:
        self._file = file
        self._wanted = wanted
        self._places: dict[str, tuple[int, int]] = {}

    def keep(self, _table: Table, row: dict[str, Any]) -> None:
        """Keep those contents of a row that are wanted."""
        for value in row.values():
            if isinstance(value, bytes) and len(value) >= LARGE:
                name = hashlib.sha256(value).hexdigest()
                if name in self._wanted and name not in self._places:
                    self._places[name] = (self._file.tell(), len(value))
                    self._file.write(value)

    def find(self, name: str) -> bytes:
        """The content of this SHA-256. Raises BackupRefused."""
        if name not in self._places:
            raise BackupRefused("the base has not all that the backup needs of it")
        start, size = self._places[name]
        self._file.seek(start)
        content = self._file.read(size)
        if hashlib.sha256(content).hexdigest() != name:
            raise BackupRefused("what was kept for a moment has changed")
        return content


class Opened:
    """A backup that was read to its end, with its base if it has one.

    Use it as a context: what of the base is needed lies in a file until then. Entering raises
    BackupRefused for whatever is damaged, cut short, forged or does not belong together.
    """

    def __init__(self, name: str, path: Path, opener: Opener) -> None:
        self._name, self._path, self._opener = name, path, opener
        self._find: Find | None = None
        self.header: Header

    def __enter__(self) -> "Opened":
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the block is left
        try:
            self._open()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def _open(self) -> None:
        outline = _Reader(self._name, _forget, None)
        self.header = _read(outline, self._path, self._opener)
        if self.header.base is None:
            if outline.named:
                raise BackupRefused("the backup needs another, and does not say which")
            return
        spool = _Spool(self._file, outline.named)
        beside = self._beside(self.header.base[0])
        found = _read(_Reader(self._name, spool.keep, None), beside, self._opener)
        if (found.id, found.contents) != self.header.base or found.base is not None:
            raise BackupRefused("the base is not the one that the backup was made on")
        self._find = spool.find
        self.header = self.read(_forget)

    def _beside(self, backup_id: str) -> Path:
        wanted = f"{self._name}-*-{backup_id}.age"
        found = sorted(self._path.parent.glob(wanted))
        if not found:
            raise BackupRefused(f"the backup needs {wanted}, which is not beside it")
        return found[0]

    def read(self, keep: Keep) -> Header:
        """Give every row to keep. Raises BackupRefused."""
        return _read(_Reader(self._name, keep, self._find), self._path, self._opener)


def _forget(_table: Table, _row: dict[str, Any]) -> None:
    """Nothing is to be done with a row."""
