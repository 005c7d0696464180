"""Cases as one zip file of age files, to be opened elsewhere with nothing but an identity.

What leaves is what was sent, without the row seal: grants, envelopes and slices. Who was excluded,
who read what and every state stay in the book. `python -m crypto open` reads the layout, and any
age tool each file. Each exported case gets a pending entry, because an export is beyond the reach
of a later disposition.
"""

import datetime
import hashlib
import os
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine

from review.errors import ExportRefused
from review.store import cases, entries, envelopes
from review.store.database import reading, writing
from review.store.shred import Locksmith, RowKey

# Every file carries the first day that a zip file can name: when it was made is nobody's business.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_PRIVATE = 0o600


def export(
    book: Engine,
    shred: Engine,
    locksmith: Locksmith,
    wanted: Sequence[str] | None,
    out: Path,
    today: datetime.date,
) -> int:
    """Write the wanted cases, or all, into a new file at out, and say how many there are.

    Raises ExportRefused for a case that does not exist and for a file that does; then nothing is
    left behind.
    """
    if out.exists():
        raise ExportRefused(f"there is a file at {out} already")
    partial = out.with_name(f".{out.name}.partial")
    try:
        with reading(book) as connection, reading(shred) as keys:
            ids = _check(connection, wanted)
            _write(connection, keys, locksmith, ids, partial)
        digest = _digest(partial)
        # The entries come before the file has its name: an export that nobody can find is better
        # than one that the ledger does not know of.
        with writing(book) as connection:
            for case_id in ids:
                entry = entries.Entry(
                    type="exported", on=today, case_id=case_id, digest=digest, data={}
                )
                entries.record(connection, entry)
        _name(partial, out)
    finally:
        partial.unlink(missing_ok=True)
    return len(ids)


def _check(connection: Connection, wanted: Sequence[str] | None) -> list[str]:
    known = cases.all_case_ids(connection)
    if not known:
        raise ExportRefused("the book holds no case")
    if wanted is None:
        return known
    for case_id in wanted:
        if case_id not in known:
            raise ExportRefused(f"the book holds no case {case_id}")
    return list(wanted)


def _write(
    connection: Connection, keys: Connection, locksmith: Locksmith, ids: list[str], partial: Path
) -> None:
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE)
    except OSError as problem:
        raise ExportRefused(
            f"no file can be made in {partial.parent}: {problem.strerror}"
        ) from None
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
        for case_id in ids:
            key = locksmith.key_of(keys, case_id)
            for name, content in _files(connection, key, case_id):
                entry = zipfile.ZipInfo(f"cases/{case_id}/{name}", _NO_DAY)
                entry.external_attr = _PRIVATE << 16
                archive.writestr(entry, content)


def _files(connection: Connection, key: RowKey, case_id: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of a case, one at a time."""
    for generation in envelopes.generations(connection, case_id):
        grant = envelopes.grant(connection, key, case_id, generation)
        yield f"grants/{generation}.age", grant or b""
    for number, envelope in enumerate(envelopes.of_case(connection, case_id), 1):
        content = envelopes.content(connection, key, case_id, envelope.id)
        yield f"envelopes/{number:03}-{envelope.kind}.age", content or b""
    for upload_id, index in envelopes.slice_places(connection, case_id):
        piece = envelopes.slice_content(connection, key, case_id, upload_id, index)
        yield f"slices/{upload_id}/{index}.age", piece or b""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(partial: Path, out: Path) -> None:
    # A link, unlike a rename, does not take the place of a file that came there meanwhile.
    try:
        os.link(partial, out)
    except FileExistsError:
        raise ExportRefused(f"there is a file at {out} already") from None
