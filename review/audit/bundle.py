"""The auditor's bundle, as docs/spec/bundle.md has it: its files, and how one is written.

Whoever writes hands over iterables, which are read once and never held: a million entries take no
more memory than sixteen. Nothing in a bundle is sealed, nothing in it opens anything, and nothing
but the time of a signature is finer than a day. review.audit.opened reads what is written here.
"""

import datetime
import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from crypto import roster, strict
from crypto.document import VERSION, Document
from crypto.errors import Malformed
from crypto.note import Note
from review.audit import rules, waiting
from review.audit.acts import SignedAct
from review.audit.charter import Kept
from review.audit.disposed import Disposed
from review.audit.errors import MalformedBundle
from review.audit.records import Act, Record

KIND = "auditor"
MANIFEST = "manifest.json"
RULES = "rules.json"
RECORDS = "records.jsonl"
ACTS = "acts.jsonl"
CHARTER = "charter.jsonl"
TALLY = "tally.jsonl"
WAITING = "waiting.jsonl"
NAMES = re.compile(
    r"manifest\.json|rules\.json|(?:acts|records|charter|tally|waiting)\.jsonl"
    r"|rosters/[1-9][0-9]{0,8}\.json"
    r"|dispositions/[0-9a-f]{32}/(?:manifest|outcome|certificate)\.json"
    r"|ledgers/[1-9][0-9]{0,5}/(?:entries\.jsonl|checkpoints\.jsonl|checkpoint)"
)
# Every file carries the first day that a zip file can name: when it was made is nobody's business.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_PRIVATE = 0o600
_UNIX = 3
_KEYS = ("v", "kind", "installation", "made_on", "program", "files")
# More rosters and ledgers than an installation can come to have.
MAX_FILES = 100_000
MAX_PROGRAM = 100
_WRITE_AT_ONCE = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one batch ended with: the day it was of, and its checkpoint with all signatures."""

    on: datetime.date
    size: int
    note: Note


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One ledger: every entry's canonical bytes by index, every batch's checkpoint by size."""

    number: int
    entries: Iterable[bytes]
    checkpoints: Iterable[Batch]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What goes into a bundle. Each iterable is read once, in the order of the fields.

    rosters are documents by epoch, ledgers by number, records by case id, acts by subject
    and then in their order, records of the charter by their hash, tally documents by day. waiting
    are acts of no case, by type, and dispositions in any order.
    """

    installation: str
    made_on: datetime.date
    program: str
    rosters: Iterable[bytes]
    ledgers: Iterable[Ledger]
    records: Iterable[Record]
    tally: Iterable[bytes]
    charter: Iterable[Kept] = ()
    acts: Iterable[SignedAct] = ()
    waiting: Iterable[Act] = ()
    dispositions: Iterable[Disposed] = ()


@dataclass(frozen=True)
class Listed:
    """A line of the manifest."""

    name: str
    sha256: str
    size: int


def ledger_file(number: int, name: str) -> str:
    """The name of a file of the ledger with this number."""
    return f"ledgers/{number}/{name}"


def roster_file(epoch: int) -> str:
    """The name of the file of the roster with this epoch."""
    return f"rosters/{epoch}.json"


def write(file: BinaryIO, contents: Contents) -> str:
    """Write the bundle into an open file; return the SHA-256 of its manifest.

    What a bundle is known by elsewhere is the hash of the whole file, which the caller takes when
    it is closed. Raises what the iterables raise, and MalformedRoster.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        writer = _Writer(archive)
        for document in contents.rosters:
            writer.put(roster_file(roster.parse(document).epoch), [document])
        writer.put(RULES, [rules.document()])
        for ledger in contents.ledgers:
            _write_ledger(writer, ledger)
        writer.put(RECORDS, _lines(record.to_bytes() for record in contents.records))
        writer.put(TALLY, _lines(contents.tally))
        writer.put(ACTS, _lines(each.to_bytes() for each in contents.acts))
        writer.put(CHARTER, _lines(each.to_bytes() for each in contents.charter))
        writer.put(WAITING, _lines(waiting.to_bytes(each) for each in contents.waiting))
        for each in contents.dispositions:
            for name, data in each.files().items():
                writer.put(name, [data])
        head = (contents.installation, contents.made_on, contents.program)
        manifest = Manifest(*head, tuple(writer.listed)).to_bytes()
        writer.put(MANIFEST, [manifest])
    return hashlib.sha256(manifest).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """Which installation a bundle is of, when and by what it was made, and its other files."""

    installation: str
    made_on: datetime.date
    program: str
    files: tuple[Listed, ...]

    def to_bytes(self) -> bytes:
        """The file."""
        files = sorted(self.files, key=lambda each: each.name)
        return strict.canonical(
            {
                "v": VERSION,
                "kind": KIND,
                "installation": self.installation,
                "made_on": self.made_on.isoformat(),
                "program": self.program,
                "files": [vars(each) for each in files],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Manifest":
        """The manifest that these bytes are. Raises MalformedBundle."""
        try:
            document = Document.parse(data, _KEYS, Malformed)
            document.version()
            document.choice("kind", [KIND])
            manifest = cls(
                document.installation(),
                document.day("made_on"),
                document.line("program", MAX_PROGRAM),
                tuple(
                    Listed(part.text("name"), part.hash("sha256"), part.whole("size"))
                    for part in document.parts("files", MAX_FILES, ["name", "sha256", "size"])
                ),
            )
        except Malformed as refused:
            raise MalformedBundle(f"the manifest is not one: {refused}") from None
        if manifest.to_bytes() != data or len({each.name for each in manifest.files}) != len(
            manifest.files
        ):
            raise MalformedBundle("the manifest does not list each file once and in order")
        return manifest


def checkpoint_line(batch: Batch) -> bytes:
    """A batch as the line of a bundle."""
    note = batch.note.to_bytes().decode()
    return strict.canonical({"note": note, "on": batch.on.isoformat(), "size": batch.size})


@dataclass
class _Writer:
    """The zip file being written, which remembers what is in it."""

    archive: zipfile.ZipFile
    listed: list[Listed] = field(default_factory=list)

    def put(self, name: str, parts: Iterable[bytes]) -> None:
        """One file more, of these parts."""
        if not NAMES.fullmatch(name):
            raise ValueError("a bundle has no file of this name")
        info = zipfile.ZipInfo(name, _NO_DAY)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = _UNIX
        info.external_attr = _PRIVATE << 16
        digest, size = hashlib.sha256(), 0
        # How long a file gets is not known before, and it may be more than 4 GiB.
        with self.archive.open(info, "w", force_zip64=True) as member:
            for part in _gathered(parts):
                digest.update(part)
                size += len(part)
                member.write(part)
        self.listed.append(Listed(name, digest.hexdigest(), size))


def _write_ledger(writer: _Writer, ledger: Ledger) -> None:
    writer.put(ledger_file(ledger.number, "entries.jsonl"), _lines(ledger.entries))
    newest: list[Batch] = []

    def checkpoints() -> Iterator[bytes]:
        for batch in ledger.checkpoints:
            newest[:] = [batch]
            yield checkpoint_line(batch)

    writer.put(ledger_file(ledger.number, "checkpoints.jsonl"), _lines(checkpoints()))
    # For any tool that reads C2SP checkpoints; a ledger without a batch has none.
    for batch in newest:
        writer.put(ledger_file(ledger.number, "checkpoint"), [batch.note.to_bytes()])


def _lines(documents: Iterable[bytes]) -> Iterator[bytes]:
    for document in documents:
        yield document + b"\n"


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: a million small writes would take longer than the rest."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _WRITE_AT_ONCE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
