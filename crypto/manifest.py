"""What an export says of itself: its files, and where the threads of its cases end.

Nobody signs it. It shows what was lost or changed since the export was written; a server that
leaves a message out of the book leaves it out of the manifest too.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crypto import strict
from crypto.archive import Archive
from crypto.complaints import Complaints
from crypto.document import VERSION, Document, parse_value
from crypto.errors import Malformed

NAME = "manifest.json"
THREADS = ("submitter", "committee", "notes")
LARGEST = 64 << 20
_MOST = 10_000_000
_KEYS = ("v", "on", "cases", "files")
_CASE_KEYS = ("id", "generation", "heads")
_FILE_KEYS = ("name", "size", "sha256")


@dataclass(frozen=True)
class Head:
    """The last message of a thread."""

    n: int
    digest: str


@dataclass(frozen=True)
class CaseLine:
    """A case of the export: its newest generation, and the head of every thread that has one."""

    id: str
    generation: int
    heads: Mapping[str, Head | None]


@dataclass(frozen=True)
class FileLine:
    """A file of the export as it was written."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The manifest of an export, itself not among its files."""

    on: date
    cases: tuple[CaseLine, ...] = field(default=())
    files: tuple[FileLine, ...] = field(default=())

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        cases = [
            {
                "id": case.id,
                "generation": case.generation,
                "heads": {
                    name: None if head is None else {"n": head.n, "digest": head.digest}
                    for name, head in ((name, case.heads.get(name)) for name in THREADS)
                },
            }
            for case in self.cases
        ]
        files = [{key: getattr(file, key) for key in _FILE_KEYS} for file in self.files]
        return strict.canonical(
            {"v": VERSION, "on": self.on.isoformat(), "cases": cases, "files": files}
        )

    def case(self, case_id: str) -> CaseLine | None:
        """What it says of a case."""
        return next((case for case in self.cases if case.id == case_id), None)


def parse(data: bytes) -> Manifest:
    """The manifest that these canonical bytes spell. Raises Malformed."""
    document = Document(parse_value(data, Malformed), _KEYS, Malformed)
    document.version()
    manifest = Manifest(
        document.day("on"),
        tuple(_case(part) for part in document.parts("cases", _MOST, _CASE_KEYS)),
        tuple(
            FileLine(part.text("name", shortest=1), part.whole("size"), part.hash("sha256"))
            for part in document.parts("files", _MOST, _FILE_KEYS)
        ),
    )
    for names in ([case.id for case in manifest.cases], [file.name for file in manifest.files]):
        if names != sorted(set(names)):
            raise Malformed("the manifest names something twice or out of order")
    return manifest


def _case(part: Document) -> CaseLine:
    heads = part.part("heads", THREADS)
    return CaseLine(
        part.hash("id"),
        part.whole("generation", lowest=1),
        {name: _head(heads, name) for name in THREADS},
    )


def _head(heads: Document, thread: str) -> Head | None:
    if heads.is_null(thread):
        return None
    part = heads.part(thread, ("n", "digest"))
    return Head(part.whole("n", lowest=1), part.hash("digest"))


def compare(archive: Archive, largest: int, complaints: Complaints) -> Manifest | None:
    """The manifest of an export, after every file was held against it; None without a usable one.

    largest is the size of the largest file that can be in an export.
    """
    manifest = None
    if NAME in archive.names:
        with complaints.about(NAME):
            manifest = parse(archive.read(NAME, LARGEST))
    if manifest is None:
        return None
    listed = {file.name: file for file in manifest.files}
    for name in sorted(archive.names - listed.keys() - {NAME}):
        complaints.add(name, "the manifest does not name it")
    for name, file in listed.items():
        if name not in archive.names:
            complaints.add(name, "the manifest names it, and it is missing")
            continue
        with complaints.about(name):
            data = archive.read(name, largest)
            if (len(data), hashlib.sha256(data).hexdigest()) != (file.size, file.sha256):
                complaints.add(name, "it is not as it was exported")
    return manifest
