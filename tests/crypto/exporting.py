"""A case of a small committee as `underrose export` lays it out, and what opens of it."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

from crypto import age, signing
from crypto.case import case_id, seal_grant
from crypto.exported import Opened, open_exported
from crypto.identity import Identity
from crypto.manifest import CaseLine, FileLine, Head, Manifest
from crypto.message import Attachment, Message, Place, seal, thread
from crypto.padding import SlicePadder
from crypto.recipient import Recipient
from tests import committee

CASE = Identity.from_seed(committee.seed("case"))
CASE_2 = Identity.from_seed(committee.seed("case, second generation"))
ID = case_id(CASE.recipient.text)
SUBMITTER = committee.seed("submitter")
UPLOAD = hashlib.sha256(b"upload").hexdigest()
CONTENTS = {"invoice 7.pdf": b"%PDF-1.7 what was billed", "../../.ssh/authorized_keys": b"x" * 99}
CHAIR = committee.identity("chair")


def message(kind: str, n: int, before: Message | None, **changes: object) -> Message:
    bodies: dict[str, dict[str, str | bool | None]] = {
        "submission": {
            **dict.fromkeys(("what", "when", "where", "who", "how", "told", "hope"), "é"),
            "kind": "concern",
            "relation": "employee",
            "ongoing": "unknown",
            "reply_wanted": True,
        },
        "state": {"state": "reading", "next_on": None},
    }
    plain = Message(
        kind=kind,
        place=Place(committee.INSTALLATION, ID, n, before.digest if before else None),
        roster=committee.roster().hash,
        on=committee.TODAY,
        lang="en",
        body=bodies.get(kind, {"text": "thank you"}),
        sealed_in="browser",
    )
    if kind == "submission":
        plain = replace(
            plain,
            mailbox=committee.recipient("mailbox").text,
            submitter_key=signing.verify_key(SUBMITTER),
        )
    signer = SUBMITTER if kind in ("submission", "follow-up") else committee.signing_seed("chair")
    changed = replace(plain, **changes)  # type: ignore[arg-type]
    return changed.sign(signer, case_seed=CASE.seed if kind == "submission" else None)


def padded(content: bytes) -> list[bytes]:
    padder = SlicePadder()
    return [*padder.feed(content), *padder.finish()]


def attachments() -> tuple[tuple[Attachment, ...], list[bytes]]:
    """The attachments of the submission, and all slices of its upload."""
    found: list[Attachment] = []
    slices: list[bytes] = []
    for name, content in CONTENTS.items():
        pieces = padded(content)
        digests = b"".join(hashlib.sha256(piece).digest() for piece in pieces)
        found.append(
            Attachment(
                name=name,
                type="application/pdf",
                size=len(content),
                first=len(slices),
                count=len(pieces),
                sha256=hashlib.sha256(digests).hexdigest(),
            )
        )
        slices += pieces
    return tuple(found), slices


ATTACHMENTS, SLICES = attachments()
SUBMISSION = message("submission", 1, None, attachments=ATTACHMENTS)
STATE = message("state", 1, None)
REPLY = message("reply", 2, STATE)
FOLLOW_UP = message("follow-up", 2, SUBMISSION)
NOTE = message("note", 1, None)
MESSAGES = (SUBMISSION, STATE, REPLY, FOLLOW_UP, NOTE)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def export(
    folder: Path, messages: tuple[Message, ...] = MESSAGES, to: Recipient = CASE.recipient
) -> Path:
    """A folder as `underrose export` lays it out."""
    case = folder / "cases" / ID
    write(case / "grants/1.age", seal_grant(CASE.seed, [CHAIR.recipient], 5))
    for number, each in enumerate(messages, start=1):
        write(case / f"envelopes/{number:03}-{each.kind}.age", seal(each, to))
    for index, piece in enumerate(SLICES):
        write(case / f"slices/{UPLOAD}/{index}.age", age.seal(piece, [to]))
    return folder


def with_manifest(folder: Path, messages: tuple[Message, ...] = MESSAGES) -> Path:
    """The export with its roster and a manifest that says what is in it, as it is written."""
    roster = committee.roster()
    write(folder / f"rosters/{roster.hash}.json", roster.document)
    files = sorted(
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    )
    heads = {
        thread(each.kind): Head(each.place.n, each.digest)
        for each in sorted(messages, key=lambda each: each.place.n)
    }
    written = Manifest(
        committee.TODAY,
        (CaseLine(ID, 1, heads),),
        tuple(FileLine(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files),
    )
    write(folder / "manifest.json", written.to_bytes())
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each in folder.rglob("*"):
            file.write(each, each.relative_to(folder))
    return path


def opened_files(out: Path) -> dict[str, bytes]:
    case = out / ID
    return {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in case.rglob("*")
        if path.is_file()
    }


def opened_of(source: Path, out: Path, root_key: bytes | None = None) -> Opened:
    """The report on the one case of an export in which nothing is amiss."""
    outcome = open_exported(source, [CHAIR], out, root_key)
    assert [str(each) for each in outcome.complaints] == []
    [report] = outcome.opened
    return report


def complaints_of(source: Path, out: Path, root_key: bytes | None = None) -> list[str]:
    """What is wrong with an export, with the id of its case left out."""
    outcome = open_exported(source, [CHAIR], out, root_key)
    return [str(each).replace(f"cases/{ID}", "CASE") for each in outcome.complaints]


def messages_in(out: Path) -> list[str]:
    return sorted(path.name.removesuffix(".json") for path in (out / ID / "messages").iterdir())


ALL = ["001-submission", "002-state", "003-reply", "004-follow-up", "005-note"]
