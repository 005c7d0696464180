"""Opening exported cases with nothing but a file and an identity: identity, grant, case key, files.

An export is a folder or a zip file with, for each case,

    cases/<case id>/grants/<generation>.age
    cases/<case id>/envelopes/<number>-<kind>.age
    cases/<case id>/slices/<upload id>/<index>.age

Everything that can be checked without the roster is checked: that the grant is this case's, that
every message belongs to it and follows the one before, that follow-ups come from the submitter, and
that files are the ones a message names. Who signed replies, states and notes is not.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crypto import age, strict
from crypto.archive import Archive, Case, read_archive, refused_as
from crypto.case import case_id, grant_size, open_grant
from crypto.errors import WrongIdentity, WrongPlace
from crypto.identity import Identity
from crypto.message import Attachment, Message, Place, envelope_sizes, open_envelope, thread
from crypto.padding import SLICE
from crypto.stanza import Stanza, Unwraps

_LARGEST_GRANT = grant_size(100)
_LARGEST_ENVELOPE = max(envelope_sizes())
_LARGEST_SLICE = age.sealed_size(SLICE)
_LONGEST_NAME = 120
_LONGEST_ENDING = 16


@dataclass(frozen=True)
class Opened:
    """What came out of one case.

    closed counts envelopes of generations that were not granted to us, unverified those of the
    committee's messages whose signer only the roster can tell.
    """

    case: str
    messages: int
    attachments: int
    closed: int
    unverified: int


class _Ring:
    """Several identities in the place of one."""

    def __init__(self, identities: Sequence[Unwraps]) -> None:
        self._identities = identities

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        found = (identity.unwrap(stanzas) for identity in self._identities)
        return next((file_key for file_key in found if file_key is not None), None)


def open_exported(path: Path, identities: Sequence[Unwraps], out: Path) -> list[Opened]:
    """Write what the identities may read of an export into a folder of out for each case.

    All of it or nothing: out is touched last. Cases granted to others are left out; raises
    WrongIdentity if all are, FileExistsError for a case that is there already, and whatever
    crypto.errors has for a damaged one.
    """
    with read_archive(path) as archive, _scratch(out) as scratch:
        opened = [
            report
            for case in archive.cases()
            if (report := _open_case(archive, case, _Ring(identities), scratch)) is not None
        ]
        if not opened:
            raise WrongIdentity("none of the exported cases was granted to this identity")
        for report in opened:
            if (out / report.case).exists():
                raise FileExistsError(errno.EEXIST, "is there already", str(out / report.case))
        for report in opened:
            os.rename(scratch / report.case, out / report.case)
    return opened


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


def _open_case(archive: Archive, case: Case, ring: _Ring, scratch: Path) -> Opened | None:
    seeds = _seeds(archive, case, ring)
    if not seeds:
        return None
    reading = _Reading(
        archive,
        case,
        _Ring([Identity.from_seed(seed) for seed in seeds.values()]),
        complete=len(seeds) == len(case.grants),
    )
    messages = reading.messages()
    closed = len(case.envelopes) - len(messages)
    _check_threads(case.id, list(messages.values()), complete=closed == 0)
    folder = scratch / case.id
    folder.mkdir(mode=0o700)
    for part in ("messages", "attachments"):
        (folder / part).mkdir()
    for name, message in messages.items():
        (folder / "messages" / f"{name}.json").write_text(readable(message), encoding="utf-8")
    number = 0
    for name, message in messages.items():
        for attachment, content in reading.attachments(name, message):
            number += 1
            target = folder / "attachments" / f"{number:02}-{safe_name(attachment.name)}"
            with target.open("xb") as file:
                file.writelines(content)
    unverified = sum(thread(message.kind) != "submitter" for message in messages.values())
    return Opened(case.id, len(messages), number, closed, unverified)


def _seeds(archive: Archive, case: Case, ring: _Ring) -> dict[int, bytes]:
    """The case seed of every generation that the ring was granted."""
    seeds = {}
    for generation, name in sorted(case.grants.items()):
        with refused_as(name):
            try:
                seed = open_grant(archive.read(name, _LARGEST_GRANT), ring)
            except WrongIdentity:
                continue
            first = case_id(Identity.from_seed(seed).recipient.text)
            if generation == 1 and first != case.id:
                raise WrongPlace("the grant is another case's")
            seeds[generation] = seed
    return seeds


@dataclass
class _Reading:
    """One case being read with its case keys; complete when these are of every generation."""

    archive: Archive
    case: Case
    ring: _Ring
    complete: bool
    _digests: dict[str, list[bytes] | None] = field(default_factory=dict)

    def messages(self) -> dict[str, Message]:
        """The messages that open, by name and in order."""
        found = {}
        for name, path in self.case.envelopes_in_order():
            with refused_as(path):
                try:
                    sealed = self.archive.read(path, _LARGEST_ENVELOPE)
                    message = open_envelope(sealed, self.ring)
                except WrongIdentity:
                    if self.complete:
                        raise
                    continue
                if message.kind != name.partition("-")[2]:
                    raise WrongPlace("the message is of another kind than its name says")
                found[name] = message
        return found

    def attachments(
        self, name: str, message: Message
    ) -> Iterator[tuple[Attachment, Iterator[bytes]]]:
        """Each file of a message with its content, whose last piece proves the others."""
        if not message.attachments:
            return
        upload = next((u for u in self.case.uploads if self._holds(u, message)), None)
        if upload is None:
            raise WrongPlace(f"the export does not have the files of message {name}")
        for each in message.attachments:
            slices = self._slices(upload, range(each.first, each.first + each.count))
            yield each, each.content(slices)

    def _holds(self, upload: str, message: Message) -> bool:
        """Whether an upload is the one that a message's attachments name.

        The export does not say which upload is whose, and would not be believed: the digests in
        the message do.
        """
        if upload not in self._digests:
            self._digests[upload] = self._digest_all(upload)
        digests = self._digests[upload]
        return digests is not None and all(
            hashlib.sha256(b"".join(digests[each.first : each.first + each.count])).hexdigest()
            == each.sha256
            for each in message.attachments
        )

    def _digest_all(self, upload: str) -> list[bytes] | None:
        count = len(self.case.uploads[upload])
        try:
            return [
                hashlib.sha256(padded).digest() for padded in self._slices(upload, range(count))
            ]
        except WrongIdentity:
            if self.complete:
                raise
            return None

    def _slices(self, upload: str, indices: Sequence[int]) -> Iterator[bytes]:
        paths = self.case.uploads[upload]
        for index in indices:
            if index not in paths:
                raise WrongPlace(f"slice {index} of upload {upload} is missing")
            with refused_as(paths[index]):
                sealed = self.archive.read(paths[index], _LARGEST_SLICE)
                yield age.open_sealed(sealed, [self.ring])


def _check_threads(case: str, messages: Sequence[Message], *, complete: bool) -> None:
    """Refuse messages of another case, out of order, twice, missing or not the submitter's.

    When some stayed closed, a message whose predecessor is not there is taken at its word.
    """
    placed = {(thread(message.kind), message.place.n): message for message in messages}
    if len(placed) != len(messages):
        raise WrongPlace("two messages claim the same place")
    submission = placed.get(("submitter", 1))
    if submission is None and complete:
        raise WrongPlace("the submission is missing")
    for (name, n), message in placed.items():
        before = placed.get((name, n - 1))
        if before is None and n > 1 and complete:
            raise WrongPlace(f"message {n - 1} of the {name} thread is missing")
        previous = before.digest if before else message.place.previous
        first = submission or message
        message.check_place(Place(first.place.installation, case, n, previous), name)
        if name == "submitter" and submission and submission.submitter_key:
            message.check(submission.submitter_key)


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
