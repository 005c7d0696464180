"""Opening exported cases with nothing but a file and an identity: identity, grant, case key, files.

An export is a folder or a zip file with, for each case,

    cases/<case id>/grants/<generation>.age
    cases/<case id>/links/<generation>.age
    cases/<case id>/envelopes/<number>-<kind>.age
    cases/<case id>/slices/<upload id>/<index>.age

and with `manifest.json` and `rosters/<hash>.json`. Anybody can send something that does not check,
so whatever is refused is left out with a complaint and stops nothing else. What is written has been
checked: that the grant is this case's, that the submission was made by who knew the case seed, that
every message belongs to the case and follows the one before, that follow-ups come from the
submitter, that files are the ones a message names, and, given the root key, that replies, states
and notes were signed by a reader of their roster.
"""

import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crypto import manifest, strict
from crypto.archive import Archive, Case, read_archive
from crypto.complaints import Complaints
from crypto.errors import CryptoError, WrongIdentity, WrongPlace
from crypto.manifest import Manifest
from crypto.message import Message, thread
from crypto.opening import LARGEST_FILE, Reading, Ring, seeds_of
from crypto.places import Placing
from crypto.roster import Roster, verify
from crypto.stanza import Unwraps

_LONGEST_NAME = 120
_LONGEST_ENDING = 16


@dataclass(frozen=True)
class Opened:
    """What came out of one case.

    closed counts envelopes of generations that were not granted to us, unverified those messages
    whose signer was not checked.
    """

    case: str
    messages: int
    attachments: int
    closed: int
    unverified: int


@dataclass
class Outcome:
    """What came out of an export, and what was refused or is missing."""

    opened: list[Opened] = field(default_factory=list)
    complaints: Complaints = field(default_factory=Complaints)
    manifest: Manifest | None = None


def open_exported(
    path: Path, identities: Sequence[Unwraps], out: Path, root_key: bytes | None = None
) -> Outcome:
    """Write what the identities may read of an export into a folder of out for each case.

    Each case appears whole at the end, without what was refused. Cases granted to others are left
    out, and so is one that is in out already. Raises WrongIdentity when every case is granted to
    others, and Malformed when this is no export.
    """
    with read_archive(path) as archive, _scratch(out) as scratch:
        cases = archive.cases()
        outcome = Outcome()
        for name in archive.strays():
            outcome.complaints.add(name, "a sealed file in a place that has none")
        outcome.manifest = manifest.compare(archive, LARGEST_FILE, outcome.complaints)
        rosters = None
        if root_key is not None:
            rosters = _rosters(archive, root_key, outcome.complaints)
        opening = _Opening(archive, Ring(identities), scratch, outcome, rosters)
        for case in cases:
            opening.open(case)
        if not outcome.opened and not outcome.complaints:
            raise WrongIdentity("none of the exported cases was granted to this identity")
        for report in list(outcome.opened):
            if (out / report.case).exists():
                outcome.opened.remove(report)
                outcome.complaints.add(str(out / report.case), "is there already")
                continue
            os.rename(scratch / report.case, out / report.case)
    return outcome


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder inside out that goes when the context ends, and takes a new, empty out with it."""
    made = not out.is_dir()
    if made:
        out.mkdir(mode=0o700)
    scratch = tempfile.mkdtemp(prefix=".opening-", dir=out)
    try:
        yield Path(scratch)
    finally:
        shutil.rmtree(scratch)
        if made and not any(out.iterdir()):
            out.rmdir()


def _rosters(archive: Archive, root_key: bytes, complaints: Complaints) -> dict[str, Roster]:
    """The rosters of the export that the root key signed, by hash."""
    found = {}
    for claimed, name in archive.rosters().items():
        with complaints.about(name):
            roster = verify(archive.read(name, LARGEST_FILE), root_key)
            if roster.hash != claimed:
                raise WrongPlace("the roster has another hash than its name says")
            found[roster.hash] = roster
    return found


@dataclass(frozen=True)
class _Opening:
    """An export being opened into scratch."""

    archive: Archive
    ring: Ring
    scratch: Path
    outcome: Outcome
    rosters: Mapping[str, Roster] | None

    def open(self, case: Case) -> None:
        """Write one case and report it, if it was granted to us and anything of it opens."""
        complaints = self.outcome.complaints
        seeds = seeds_of(self.archive, case, self.ring, complaints)
        if not seeds:
            return
        reading = Reading(self.archive, case, seeds, complaints)
        found = reading.messages()
        placing = Placing(case.id, complaints, self.rosters, complete=reading.closed == 0)
        held = placing.held(found)
        line = self.outcome.manifest.case(case.id) if self.outcome.manifest else None
        if line:
            placing.check_heads(line, held)
        if held:
            self._write(case, reading, held)

    def _write(self, case: Case, reading: Reading, held: Mapping[str, Message]) -> None:
        folder = self.scratch / case.id
        folder.mkdir(mode=0o700)
        for part in ("messages", "attachments"):
            (folder / part).mkdir()
        for name, message in held.items():
            text = readable(message)
            (folder / "messages" / f"{name}.json").write_text(text, encoding="utf-8")
        number = 0
        for name, message in held.items():
            for attachment, content in reading.attachments(name, message):
                target = folder / "attachments" / f"{number + 1:02}-{safe_name(attachment.name)}"
                if self._save(target, content):
                    number += 1
        unverified = sum(self._unverified(message, held) for message in held.values())
        self.outcome.opened.append(Opened(case.id, len(held), number, reading.closed, unverified))

    def _save(self, target: Path, content: Iterator[bytes]) -> bool:
        """Whether the whole content was good; nothing stays of one that was not."""
        try:
            with target.open("xb") as file:
                file.writelines(content)
        except CryptoError as refused:
            target.unlink()
            self.outcome.complaints.add(f"{target.parent.parent.name}: {target.name}", str(refused))
            return False
        return True

    def _unverified(self, message: Message, held: Mapping[str, Message]) -> bool:
        if thread(message.kind) != "submitter":
            return self.rosters is None
        return all(other.kind != "submission" for other in held.values())


def readable(message: Message) -> str:
    """A message as JSON for people: its RFC 8785 rendering is what was signed."""
    value = strict.parse_canonical(message.to_bytes())
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def safe_name(name: str) -> str:
    """What a file may be called on disk, close to the name that the submitter's machine gave it.

    Only letters, digits, spaces and `._-` stay, no dot in front, and few enough bytes for any file
    system: a name from a submission is never a path, a device or a trick of writing direction.
    """
    composed = unicodedata.normalize("NFC", name)
    plain = "".join(c if c.isalnum() or c in " ._-" else "_" for c in composed)
    stem, dot, ending = plain.strip(" .").rpartition(".")
    if not stem or not ending.isalnum() or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = plain.strip(" ."), "", ""
    room = _LONGEST_NAME - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{stem}{dot}{ending}" if stem else "file"
