"""Cases as one zip file of age files, to be opened elsewhere with nothing but an identity.

What leaves is what was sent, without the row seal: grants, envelopes and slices; every roster, by
which signers are checked; and a manifest of it all. Who was excluded, who read what and every state
stay in the book. `python -m crypto open` reads the layout, and any age tool each file. Each
exported case gets a pending entry, because an export is beyond the reach of a later disposition.
"""

import datetime
import functools
import hashlib
import os
import secrets
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine

from crypto import manifest
from crypto.errors import PayloadTampered
from crypto.manifest import CaseLine, FileLine, Head, Manifest
from review.errors import ExportRefused, KeyDestroyed
from review.store import cases, entries, envelopes, generations, rosters
from review.store.database import reading, writing
from review.store.shred import Locksmith, RowKey

# Every file carries the first day that a zip file can name: when it was made is nobody's business.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_PRIVATE = 0o600
_CHUNK = 1 << 18
_IN_MEMORY = 1 << 25
_Entropy = Callable[[int], bytes]


@dataclass
class Exported:
    """What an export holds, and what it had to leave out.

    skipped are the cases whose shred key is gone; damaged are files whose row in the book does not
    open: the manifest shows the gap to whoever opens the export.
    """

    cases: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def export(
    book: Engine,
    shred: Engine,
    locksmith: Locksmith,
    wanted: Sequence[str] | None,
    out: Path,
    today: datetime.date,
) -> Exported:
    """Write the wanted cases, or all that are not destroyed, into a new file at out.

    Raises ExportRefused for a case that does not exist or is destroyed, and for a file that is
    there already; then nothing is left behind.
    """
    with reserved(out) as partial, partial.open("r+b") as file:
        done = _fill(book, shred, locksmith, wanted, file, today)
        os.fsync(file.fileno())
        # The entries come before the file has its name: an export that nobody can find is
        # better than one that the ledger does not know of. That the name can be had is certain.
        _record(book, file, done, today, None)
    return done


@dataclass(frozen=True)
class Made:
    """An export in a file without a name, which is gone when it is closed; it is recorded."""

    file: IO[bytes] = field(repr=False)
    size: int

    def chunks(self) -> Iterator[bytes]:
        """The export, piece by piece."""
        while chunk := self.file.read(_CHUNK):
            yield chunk


def take_away(
    book: Engine, shred: Engine, locksmith: Locksmith, wanted: Sequence[str], today: datetime.date,
    by: str,
) -> Made:  # fmt: skip
    """The wanted cases for somebody to take away now. Raises ExportRefused; nothing is recorded.

    The ledger knows of it, and by whom, before the first byte leaves.
    """
    with ExitStack() as undo:
        # What is in it is sealed to the readers; a case without large files touches no disk.
        file = undo.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        done = _fill(book, shred, locksmith, wanted, file, today)
        size = file.seek(0, os.SEEK_END)
        _record(book, file, done, today, by)
        file.seek(0)
        undo.pop_all()
    return Made(file, size)


def _fill(
    book: Engine, shred: Engine, locksmith: Locksmith, wanted: Sequence[str] | None,
    file: IO[bytes], today: datetime.date,
) -> Exported:  # fmt: skip
    done = Exported()
    with reading(book) as connection, reading(shred) as keys:
        row_keys = _keys(connection, keys, locksmith, wanted, done)
        with zipfile.ZipFile(file, "w") as archive:
            _write(_Bundle(archive, connection), row_keys, today, done)
    file.flush()
    return done


def _record(
    book: Engine, file: IO[bytes], done: Exported, today: datetime.date, by: str | None
) -> None:
    data = {"bundle": _digest(file), "reader": "case"}
    with writing(book) as connection:
        for case_id in done.cases:
            entry = entries.Entry(type="exported", on=today, case_id=case_id, by=by, data=data)
            entries.record(connection, entry)


@contextmanager
def reserved(out: Path, entropy: _Entropy = secrets.token_bytes) -> Iterator[Path]:
    """A private file beside out, which takes out's name when the context ends without an error.

    An empty file holds the name meanwhile. So nobody else's file is ever replaced, and no hard
    link is needed, which not every file system has.
    """
    beside = out.with_name(f".{out.name}.{entropy(8).hex()}.partial")
    with _new(out) as ours, _new(beside) as partial:
        yield beside
        if not (ours.is_there() and partial.is_there()):
            raise ExportRefused(f"another file has come to {out}")
        os.replace(beside, out)


@dataclass(frozen=True)
class _NewFile:
    """A file that this run has made and holds open, by which it knows it again."""

    path: Path
    descriptor: int

    def is_there(self) -> bool:
        """Whether the file of this name is still this one."""
        try:
            return os.path.samestat(self.path.lstat(), os.fstat(self.descriptor))
        except FileNotFoundError:
            return False


@contextmanager
def _new(path: Path) -> Iterator[_NewFile]:
    """A new, empty file, which goes again if the context ends with an error."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE)
    except FileExistsError:
        raise ExportRefused(f"there is a file at {path} already") from None
    except OSError as problem:
        raise ExportRefused(f"no file can be made in {path.parent}: {problem.strerror}") from None
    made = _NewFile(path, descriptor)
    try:
        yield made
    except BaseException:
        if made.is_there():
            path.unlink()
        raise
    finally:
        os.close(descriptor)


def _keys(
    connection: Connection,
    keys: Connection,
    locksmith: Locksmith,
    wanted: Sequence[str] | None,
    done: Exported,
) -> dict[str, RowKey]:
    """The row key of every case to export; done learns which have none."""
    known = dict.fromkeys(cases.all_case_ids(connection))
    if not known:
        raise ExportRefused("the book holds no case")
    found = {}
    for case_id in list(known) if wanted is None else wanted:
        if case_id not in known:
            raise ExportRefused(f"the book holds no case {case_id}")
        try:
            found[case_id] = locksmith.key_of(keys, case_id)
        except KeyDestroyed:
            if wanted is not None:
                raise ExportRefused(f"the shred key of case {case_id} is gone") from None
            done.skipped.append(case_id)
    if not found:
        raise ExportRefused("the shred key of every case is gone")
    return found


@dataclass
class _Bundle:
    """The zip file being written, which remembers what is in it."""

    archive: zipfile.ZipFile
    connection: Connection
    files: list[FileLine] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        """One file more."""
        self.files.append(FileLine(name, len(content), hashlib.sha256(content).hexdigest()))
        self.put(name, content)

    def put(self, name: str, content: bytes) -> None:
        """One file more, which the manifest does not name."""
        entry = zipfile.ZipInfo(name, _NO_DAY)
        entry.external_attr = _PRIVATE << 16
        self.archive.writestr(entry, content)


def _write(
    bundle: _Bundle, row_keys: dict[str, RowKey], today: datetime.date, done: Exported
) -> None:
    for case_id, key in row_keys.items():
        for name, content in files_of(bundle.connection, key, case_id):
            whole = f"cases/{case_id}/{name}"
            try:
                bundle.add(whole, content() or b"")
            except PayloadTampered:
                done.damaged.append(whole)
        done.cases.append(case_id)
    for hash_, document in rosters.all_rosters(bundle.connection).items():
        bundle.add(f"rosters/{hash_}.json", document)
    told = Manifest(
        today,
        tuple(_line(bundle.connection, case_id) for case_id in sorted(row_keys)),
        tuple(sorted(bundle.files, key=lambda file: file.name)),
    )
    bundle.put(manifest.NAME, told.to_bytes())


def files_of(
    connection: Connection, key: RowKey, case_id: str
) -> Iterator[tuple[str, Callable[[], bytes | None]]]:
    """Name of every file of a case, and what reads its content."""
    for generation in envelopes.generations(connection, case_id):
        yield (
            f"grants/{generation}.age",
            functools.partial(envelopes.grant, connection, key, case_id, generation),
        )
    for made in generations.keys_of(connection, case_id):
        yield (
            f"links/{made.generation}.age",
            functools.partial(generations.link, connection, key, case_id, made.generation),
        )
    for number, envelope in enumerate(envelopes.of_case(connection, case_id), 1):
        yield (
            f"envelopes/{number:03}-{envelope.kind}.age",
            functools.partial(envelopes.content, connection, key, case_id, envelope.id),
        )
    for upload_id, index in envelopes.slice_places(connection, case_id):
        yield (
            f"slices/{upload_id}/{index}.age",
            functools.partial(envelopes.slice_content, connection, key, case_id, upload_id, index),
        )


def _line(connection: Connection, case_id: str) -> CaseLine:
    case = cases.case_by_id(connection, case_id)
    heads: dict[str, Head | None] = {}
    for envelope in sorted(envelopes.of_case(connection, case_id), key=lambda each: each.n):
        heads[envelope.thread] = Head(envelope.n, envelope.digest)
    return CaseLine(case_id, case.generation if case else 1, heads)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
