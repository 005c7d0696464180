"""Reading a bundle that may come from anybody: a zip file of known names, streamed within limits.

What is read is hashed and compared with the manifest on the way. A file that is not as the manifest
says is told of, and its content is checked all the same: which entries are wrong matters more. A
zip file that plays tricks is refused: names given twice, sizes that lie, parts that overlap.
"""

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from crypto import note
from crypto.document import Document
from crypto.errors import Malformed
from review.audit import acts, brief, bundle, charter, disposed, records, waiting
from review.audit.acts import SignedAct
from review.audit.ahead import read_ahead
from review.audit.brief import Brief
from review.audit.bundle import Batch, Listed, Manifest
from review.audit.charter import Kept
from review.audit.disposed import Disposed
from review.audit.errors import MalformedBundle
from review.audit.records import Act

SMALL_LIMIT = 1 << 24
TALLY_LINE_LIMIT = 1 << 27
ENTRY_LINE_LIMIT = 1 << 14
# Note texts have line feeds, which JSON spells with two characters.
CHECKPOINT_LINE_LIMIT = 1 << 21
READ_AT_ONCE = 1 << 18
_DIRECTORY_LIMIT = 1 << 25
_NO_COMMENT = 22
_LOCATOR = 20
_END_64 = 56
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REQUIRED = {
    *(bundle.RULES, bundle.RECORDS, bundle.TALLY, bundle.CHARTER, bundle.ACTS, bundle.WAITING),
}
_DISPOSITION = re.compile(r"dispositions/([0-9a-f]{32})/")
_LEDGER = re.compile(r"ledgers/([0-9]+)/")
_ROSTER = re.compile(r"rosters/([0-9]+)\.json")
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError),
    *(RuntimeError, ValueError, OSError),
)


class Bundle:
    """An open bundle. Nothing of it but its manifest has been read, and nothing been checked."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, sha256: str) -> None:
        self.manifest = manifest
        self.sha256 = sha256
        # The files whose content is not what the manifest says, as far as they have been read.
        self.damaged: list[str] = []
        self._archive = archive
        self._listed = {each.name: each for each in manifest.files}

    @property
    def ledgers(self) -> range:
        """The numbers of the ledgers."""
        return range(1, 1 + len({m[1] for m in map(_LEDGER.match, self._listed) if m}))

    @property
    def epochs(self) -> list[int]:
        """The epochs of the rosters, in ascending order."""
        return sorted(int(found[1]) for found in map(_ROSTER.match, self._listed) if found)

    def small(self, name: str) -> bytes | None:
        """A whole file that is never large, or None if there is none."""
        if name not in self._listed:
            return None
        if self._listed[name].size > SMALL_LIMIT:
            raise MalformedBundle(f"{name} is larger than such a file can be")
        return b"".join(self._parts(self._listed[name]))

    def chunks(self, name: str, limit: int) -> Iterator[bytes]:
        """The file in pieces that end with a line, of which none has more than limit bytes."""
        rest = b""
        for part in self._parts(self._listed[name]):
            cut = part.rfind(b"\n") + 1
            if cut:
                yield rest + part[:cut]
                rest = part[cut:]
            else:
                rest += part
            if len(rest) > limit:
                raise MalformedBundle(f"a line of {name} is longer than such a line can be")
        if rest:
            raise MalformedBundle(f"the last line of {name} does not end")

    def lines(self, name: str, limit: int) -> Iterator[bytes]:
        """The lines of the file, without their line feeds."""
        for chunk in self.chunks(name, limit):
            yield from chunk[:-1].split(b"\n")

    def entry_chunks(self, ledger: int) -> Iterator[bytes]:
        """The entries of a ledger, a line each, in pieces of many."""
        return self.chunks(bundle.ledger_file(ledger, "entries.jsonl"), ENTRY_LINE_LIMIT)

    def batches(self, ledger: int) -> Iterator[Batch]:
        """The batches of a ledger."""
        name = bundle.ledger_file(ledger, "checkpoints.jsonl")
        for number, line in enumerate(self.lines(name, CHECKPOINT_LINE_LIMIT), 1):
            try:
                yield _batch(line)
            except Malformed as refused:
                raise MalformedBundle(f"line {number} of {name}: {refused}") from None

    def records(self) -> Iterator[Brief]:
        """What the book says of each case."""
        with read_ahead(self.chunks(bundle.RECORDS, records.LINE_LIMIT)) as chunks:
            for chunk in chunks:
                yield from map(brief.read, chunk[:-1].split(b"\n"))

    def acts(self) -> Iterator[SignedAct]:
        """What people signed, by subject and then in their order."""
        return map(acts.parse, self.lines(bundle.ACTS, acts.LINE_LIMIT))

    def charter(self) -> Iterator[Kept]:
        """What the book says of each record of the charter."""
        return map(charter.parse, self.lines(bundle.CHARTER, charter.LINE_LIMIT))

    def tally(self) -> Iterator[bytes]:
        """The documents of the tally."""
        return self.lines(bundle.TALLY, TALLY_LINE_LIMIT)

    def waiting(self) -> Iterator[Act]:
        """What waits to be put into the ledger and is of no case."""
        return map(waiting.parse, self.lines(bundle.WAITING, waiting.LINE_LIMIT))

    def dispositions(self) -> Iterator[Disposed]:
        """What was proposed to be disposed of, and what became of it, by id."""
        for name in sorted({found[1] for found in map(_DISPOSITION.match, self._listed) if found}):
            yield disposed.parse(
                name,
                self.manifest.installation,
                self.small(disposed.file_of(name, disposed.MANIFEST)) or b"",
                self.small(disposed.file_of(name, disposed.OUTCOME)) or b"",
                self.small(disposed.file_of(name, disposed.CERTIFICATE)),
            )

    def _parts(self, listed: Listed) -> Iterator[bytes]:
        digest = hashlib.sha256()
        left = listed.size
        try:
            with self._archive.open(listed.name) as member:
                while left:
                    part = member.read(min(READ_AT_ONCE, left))
                    if not part:
                        raise MalformedBundle(f"{listed.name} is shorter than the manifest says")
                    left -= len(part)
                    digest.update(part)
                    yield part
                _read_end(member)
        except _DAMAGES as problem:
            raise MalformedBundle(f"{listed.name} cannot be read: {_reason(problem)}") from None
        if digest.hexdigest() != listed.sha256:
            self.damaged.append(listed.name)


def _read_end(member: IO[bytes]) -> None:
    # Reading on to the end is what makes zipfile compare its own checksum.
    if member.read(1):
        raise zipfile.BadZipFile("more than the manifest says")


def _batch(line: bytes) -> Batch:
    document = Document.parse(line, ("note", "on", "size"), Malformed)
    signed = note.parse(document.text("note").encode())
    return Batch(on=document.day("on"), size=document.whole("size"), note=signed)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """The bundle in a file, for as long as the context lasts. Raises MalformedBundle or OSError."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        _check_ending(file)
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGES as problem:
            raise MalformedBundle(f"not a zip file: {_reason(problem)}") from None
        with archive:
            infos = _checked(archive)
            yield Bundle(archive, _manifest(archive, infos), sha256)


def _check_ending(file: BinaryIO) -> None:
    """Refuse a table of contents too large to hold, and whatever is around the zip file."""
    size = file.seek(0, 2)
    if size < _NO_COMMENT:
        raise MalformedBundle("not a zip file: it is too short")
    end = _at(file, size - _NO_COMMENT, _NO_COMMENT)
    mark, disk, first, _, _, length, start, comment = struct.unpack("<4s4H2LH", end)
    if mark != b"PK\x05\x06" or comment or disk or first:
        raise MalformedBundle("not a zip file, or something comes after its end")
    at = size - _NO_COMMENT
    if at >= _LOCATOR and _at(file, at - _LOCATOR, 4) == b"PK\x06\x07":
        at, length, start = _wide_ending(file, at)
    if length > _DIRECTORY_LIMIT:
        raise MalformedBundle("the zip file lists more than a bundle can hold")
    if start + length != at:
        raise MalformedBundle("the zip file does not begin or end where it says")


def _wide_ending(file: BinaryIO, end: int) -> tuple[int, int, int]:
    at = end - _LOCATOR - _END_64
    if at < 0:
        raise MalformedBundle("not a zip file: its end is not one")
    mark, *_, length, start = struct.unpack("<4sQ2H2L4Q", _at(file, at, _END_64))
    if mark != b"PK\x06\x06":
        raise MalformedBundle("not a zip file: its end is not one")
    return at, length, start


def _at(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(set(names)) != len(names):
        raise MalformedBundle("the zip file has a name twice")
    for info in infos:
        # What zipfile would cut off or translate shows in the name as it was written.
        if not bundle.NAMES.fullmatch(info.filename) or info.orig_filename != info.filename:
            raise MalformedBundle("the zip file has a name that no bundle has")
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise MalformedBundle(f"{info.filename} is packed in a way that is not read here")
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise MalformedBundle("two files of the zip file overlap")
        end = info.header_offset + _LOCAL_HEADER + len(info.filename) + info.compress_size
    return {info.filename: info for info in infos}


def _manifest(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Manifest:
    info = infos.pop(bundle.MANIFEST, None)
    if info is None or info.file_size > SMALL_LIMIT:
        raise MalformedBundle("the zip file has no manifest, or one that is too large")
    try:
        manifest = Manifest.parse(archive.read(info))
    except _DAMAGES as problem:
        raise MalformedBundle(f"the manifest cannot be read: {_reason(problem)}") from None
    sizes = {each.name: each.size for each in manifest.files}
    if sizes != {name: each.file_size for name, each in infos.items()}:
        raise MalformedBundle("the files are not those that the manifest lists")
    _check_complete(set(sizes))
    return manifest


def _check_complete(names: set[str]) -> None:
    numbers = {int(found[1]) for found in map(_LEDGER.match, names) if found}
    wanted = _REQUIRED | {
        bundle.ledger_file(number, name)
        for number in range(1, 1 + len(numbers))
        for name in ("entries.jsonl", "checkpoints.jsonl")
    }
    wanted |= {
        disposed.file_of(found[1], name)
        for found in map(_DISPOSITION.match, names)
        if found
        for name in (disposed.MANIFEST, disposed.OUTCOME)
    }
    if not numbers or not wanted <= names or not any(map(_ROSTER.match, names)):
        raise MalformedBundle("files are missing that every bundle has")


def _reason(problem: BaseException) -> str:
    """What a library says as a line of ours; it may quote names, which come from the file."""
    said = "".join(each if each.isascii() and each.isprintable() else "?" for each in str(problem))
    return said[:100].lower().rstrip(".") or type(problem).__name__
