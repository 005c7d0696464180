"""Seals in the server's memory what a browser without scripts sends in the clear.

The result is what a browser's own script would have made, and says "server" where a script's says
"browser". The case seed, the code and the words exist here for the length of one request. Only
recipients are used: once this module has sealed something, intake cannot open it again. What the
sender may keep of it goes back in the answer to that request and nowhere else.
"""

import datetime
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from crypto import age, case, entry, message, receipt, signing
from crypto.kept import Kept
from crypto.message import Attachment, Message
from crypto.padding import SlicePadder
from crypto.receipt import ReceiptCode, ReceiptKeys
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster
from intake.deposits import FollowUp, Mailbox, Submission
from intake.errors import FileRefused
from intake.submission import Answers
from intake.upload import Part

LANGUAGE = "en"
Keep = Callable[[int, bytes], None]


@dataclass(frozen=True)
class Form:
    """A form's token and the code that goes with it at this installation."""

    token: bytes = field(repr=False)
    code: ReceiptCode = field(repr=False)
    installation: str

    @cached_property
    def keys(self) -> ReceiptKeys:
        """What the code gives, for as long as this form is in memory."""
        return self.code.keys(self.installation)

    @property
    def lookup(self) -> bytes:
        """What the mailbox is looked up by; only who has the code knows it."""
        return self.keys.lookup

    @property
    def once(self) -> str:
        """The same for the same form sent again."""
        return receipt.once(self.token, self.lookup)

    @property
    def mailbox_id(self) -> str:
        """Which mailbox the code is for."""
        return receipt.mailbox_id(self.lookup)


@dataclass(frozen=True)
class Case:
    """A new case's key, in memory until the grant holds it."""

    seed: bytes = field(repr=False)
    recipient: Recipient

    @classmethod
    def draw(cls, entropy: Callable[[int], bytes] = secrets.token_bytes) -> "Case":
        """A case that nobody has yet."""
        seed = entropy(32)
        return cls(seed, from_seed(seed))


@dataclass(frozen=True)
class Addressed:
    """A mailbox that was checked, and the recipient that its case has now."""

    mailbox: Mailbox
    recipient: Recipient


@dataclass(frozen=True)
class Files:
    """The sealed files of a deposit: what the message says of them, and where they are."""

    attachments: tuple[Attachment, ...] = ()
    upload_id: str | None = None

    @property
    def slices(self) -> int:
        """How many slices all files have together."""
        return sum(attachment.count for attachment in self.attachments)


@dataclass(frozen=True)
class Room:
    """How many bytes a file may have, all files together, and how many of those are left."""

    one: int
    together: int
    left: int

    def check(self, size: int, name: str | None) -> None:
        """Return while a file of this size may be taken in. Raises FileRefused."""
        if size > self.one:
            raise FileRefused(
                f"The file “{name}” is bigger than {self.one >> 20} MB. "
                "Please leave it out, or send a part of it."
            )
        if size > self.left:
            raise FileRefused(too_much(self.together))


def too_much(together: int) -> str:
    """What to do when all files together are more than so many bytes."""
    return (
        f"Together the files are bigger than {together >> 20} MB. "
        "Please choose fewer, and send the others later with your receipt code."
    )


def seal_files(
    parts: Iterable[Part],
    recipient: Recipient,
    keep: Keep,
    *,
    max_files: int,
    max_bytes: int,
    max_total: int,
) -> tuple[Attachment, ...]:
    """Seal files as they arrive, one slice in memory at a time, giving each slice to keep.

    Raises FileRefused, possibly after many slices were kept; the caller drops them.
    """
    attachments: list[Attachment] = []
    first = total = 0
    for part in parts:
        if len(attachments) == max_files:
            raise FileRefused(f"Please choose {max_files} files at most.")
        room = Room(max_bytes, max_total, max_total - total)
        attachment = _seal_file(part, first, recipient, keep, room)
        first += attachment.count
        total += attachment.size
        attachments.append(attachment)
    return tuple(attachments)


def _seal_file(part: Part, first: int, recipient: Recipient, keep: Keep, room: Room) -> Attachment:
    padder = SlicePadder()
    index = first
    for padded in _padded(part, padder, room):
        keep(index, age.seal(padded, [recipient]))
        index += 1
    return Attachment(
        name=message.fit_name(part.file_name or ""),
        type=_type(part.type),
        size=padder.length,
        first=first,
        count=padder.count,
        sha256=padder.sha256,
    )


def _type(sent: str) -> str:
    # What a browser says of a file that it knows nothing about, where a script sees no type.
    if sent == "application/octet-stream" or len(sent) > message.MAX_TYPE:
        return ""
    return sent


def _padded(part: Part, padder: SlicePadder, room: Room) -> Iterator[bytes]:
    for chunk in part.chunks():
        yield from padder.feed(chunk)
        room.check(padder.length, part.file_name)
    yield from padder.finish()


def seal_submission(
    form: Form, roster: Roster, new: Case, answers: Answers, files: Files, today: datetime.date
) -> tuple[Submission, Kept]:
    """The deposit of a first message, and what its sender may keep of it.

    Raises TooFewReaders or TooLong before anything is sealed.
    """
    readers = case.choose_readers(roster, answers.excluded)
    keys = form.keys
    mailbox = from_seed(keys.mailbox_seed)
    signed = Message(
        kind="submission",
        place=message.next_place(form.installation, case.case_id(new.recipient.text)),
        roster=roster.hash,
        on=today,
        lang=LANGUAGE,
        body=answers.body,
        excluded=answers.excluded,
        attachments=files.attachments,
        sealed_in="server",
        mailbox=mailbox.text,
        submitter_key=signing.verify_key(keys.signing_seed),
    ).sign(keys.signing_seed, case_seed=new.seed)
    record = case.sign_mailbox(
        form.installation, form.mailbox_id, new.recipient.text, keys.signing_seed
    )
    recipients = [reader.recipient for reader in readers]
    kept = draw_commitment(signed)
    submission = Submission(
        once=form.once,
        mailbox_id=form.mailbox_id,
        digest=signed.digest,
        commitment=entry.commitment(kept.nonce, kept.text),
        envelope=message.seal(signed, new.recipient),
        upload_id=files.upload_id,
        slices=files.slices,
        roster=roster.hash,
        mailbox=mailbox.text,
        case_recipient=new.recipient.text,
        case_signature=record.signature,
        grant=case.seal_grant(new.seed, recipients, roster.slots),
        routing=case.seal_routing(case.Routing(roster.hash, answers.excluded), roster.routing),
    )
    return submission, kept


def seal_follow_up(
    form: Form,
    roster: Roster,
    addressed: Addressed,
    text: str,
    files: Files,
    today: datetime.date,
) -> tuple[FollowUp, Kept]:
    """The deposit of a later message, after the newest that the mailbox knows, and what to keep.

    The mailbox must have been checked against the code. Raises TooLong.
    """
    keys, mailbox = form.keys, addressed.mailbox
    place = message.next_place(
        form.installation,
        case.case_id(mailbox.case_recipient),
        mailbox.head_n,
        mailbox.head_digest,
    )
    signed = Message(
        kind="follow-up",
        place=place,
        roster=roster.hash,
        on=today,
        lang=LANGUAGE,
        body={"text": text},
        attachments=files.attachments,
        sealed_in="server",
    ).sign(keys.signing_seed)
    kept = draw_commitment(signed)
    follow_up = FollowUp(
        once=form.once,
        mailbox_id=form.mailbox_id,
        digest=signed.digest,
        commitment=entry.commitment(kept.nonce, kept.text),
        envelope=message.seal(signed, addressed.recipient),
        upload_id=files.upload_id,
        slices=files.slices,
        n=place.n,
        previous=mailbox.head_digest,
    )
    return follow_up, kept


def draw_commitment(signed: Message, entropy: Callable[[int], bytes] = secrets.token_bytes) -> Kept:
    """A message and the nonce of its commitment, a hash that fixes it and says nothing about it."""
    return Kept(entropy(entry.NONCE_SIZE), signed.to_bytes())
