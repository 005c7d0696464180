"""A drill of the line: a submission through the real front door, and the committee's reply back.

What is sent is sealed as a browser seals it, with the drill's mark inside; from outside it is one
submission like any other. What it takes to read the reply is kept in a file of the operator's.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crypto import drill, files, signing, strict
from crypto.document import VERSION, Document
from crypto.errors import CryptoError, MalformedKept, MalformedKey
from crypto.message import Message
from crypto.receipt import ReceiptCode
from crypto.roster import Roster
from deploy.errors import DrillRefused
from deploy.keys_files import new_file
from deploy.submitter import SealingSubmitter, Story

_KEPT_KEYS = ("v", "kind", "code", "case", "on")
_KIND = "drill-sent"
_LIMIT = 4096
_SAYS = (
    "This is a drill. Nothing has happened: the operator of this service has sent it to see "
    "whether what people write reaches you, and whether your reply reaches them.\n\n"
    "Please reply as you would to anybody, and sign that it is a drill."
)


@dataclass(frozen=True)
class Kept:
    """What was sent: the receipt code, the case, and the day."""

    code: str = field(repr=False)
    case: str
    on: date

    def to_bytes(self) -> bytes:
        """The file's content."""
        fields = {"code": self.code, "case": self.case, "on": self.on.isoformat()}
        return strict.canonical({"v": VERSION, "kind": _KIND, **fields})


def new_key(path: Path) -> str:
    """Write a new drill key where no file is yet, and return its public half in base64."""
    seed = os.urandom(signing.SEED_SIZE)
    with new_file(path):
        files.write_new(str(path), strict.to_b64(seed).encode("ascii") + b"\n")
    return strict.to_b64(signing.verify_key(seed))


def read_key(path: Path) -> bytes:
    """The private half in such a file. Raises MalformedKey."""
    try:
        seed = strict.b64(files.read(str(path), _LIMIT).decode("ascii").removesuffix("\n"))
    except (CryptoError, UnicodeDecodeError):
        seed = b""
    if len(seed) != signing.SEED_SIZE:
        raise MalformedKey("the file of the drill key does not hold 32 bytes in base64")
    return seed


def send(submitter: SealingSubmitter, seed: bytes, keep: Path) -> Kept:
    """Send a drill, and keep what reads its reply in a new file that only its owner reads.

    Raises FrontDoorRefused, and then there is no such file.
    """
    on = []

    def marked(installation: str, case: str, today: date) -> str:
        on.append(today)
        return drill.make(installation, case, today, seed).line

    # The file is there before anything is sent: what could not be kept could not be followed.
    with new_file(keep):
        files.write_new(str(keep), b"")
    try:
        code = submitter.submit(Story({"what": _SAYS}), marked)
    except BaseException:
        keep.unlink()
        raise
    sent = Kept(code, submitter.case_id, on[0])
    files.replace(str(keep), sent.to_bytes())
    return sent


def read_kept(path: Path) -> Kept:
    """What such a file holds. Raises MalformedKept."""
    document = Document.parse(files.read(str(path), _LIMIT), _KEPT_KEYS, MalformedKept)
    document.version()
    document.choice("kind", [_KIND])
    code = ReceiptCode.parse(document.text("code", longest=100)).text
    return Kept(code, document.hash("case"), document.day("on"))


def answered(submitter: SealingSubmitter, sent: Kept) -> date | None:
    """The day of the first reply to a drill in its mailbox; None while there is none.

    Raises DrillRefused for a letter that is of another case or that no reader has signed.
    """
    roster = submitter.roster()
    letters = submitter.read(sent.code)
    for each in letters:
        _check(each, sent, roster)
    return min((each.on for each in letters if each.kind == "reply"), default=None)


def _check(letter: Message, sent: Kept, roster: Roster) -> None:
    place = letter.place
    if (place.case, place.installation) != (sent.case, roster.installation):
        raise DrillRefused("a letter in the drill's mailbox is of another case")
    try:
        letter.signer(roster.verify_keys)
    except CryptoError:
        raise DrillRefused("a letter in the drill's mailbox was signed by no reader") from None
