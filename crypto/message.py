"""What a submitter and the committee write to each other, and where each message belongs.

A message is canonical JSON with a signature. It names its place (installation, case, thread
position and the message before), so that a genuine message shown in another case, as another kind
or at another position is refused. Text is kept exactly as it was written.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from crypto import age, answers, padding, signing, strict
from crypto.document import VERSION, Document, parse_value
from crypto.errors import InvalidSignature, MalformedMessage, TooLong, WrongPlace
from crypto.recipient import Recipient
from crypto.stanza import Unwraps

MAX_ATTACHMENTS = 100
MAX_ATTACHMENT_SIZE = 1 << 40
MAX_NAME = 200
MAX_TYPE = 100
SEALERS = ("browser", "server")

_THREADS = {
    "submission": "submitter",
    "follow-up": "submitter",
    "reply": "committee",
    "state": "committee",
    "note": "notes",
}
_WITH_ATTACHMENTS = ("submission", "follow-up")
_KEYS = ("v", "kind", "for", "roster", "on", "lang", "body", "sealed_in", "signature")
_PLACE_KEYS = ("installation", "case", "n", "previous")
_ATTACHMENT_KEYS = ("name", "type", "size", "first", "count", "sha256")
_SUBMISSION_KEYS = ("excluded", "mailbox", "submitter_key", "case_signature")
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


def thread(kind: str) -> str:
    """The thread that messages of this kind belong to: submitter, committee or notes."""
    return _THREADS[kind]


@dataclass(frozen=True)
class Place:
    """Where a message belongs: the n-th of a thread, after the message with that digest."""

    installation: str
    case: str
    n: int
    previous: str | None


def next_place(
    installation: str, case: str, head_n: int = 0, head_digest: str | None = None
) -> Place:
    """The place after a thread's head; without a head, the first."""
    return Place(installation, case, head_n + 1, head_digest)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message: what it is, and which slices of the upload hold it."""

    name: str = field(repr=False)
    type: str = field(repr=False)
    size: int
    first: int
    count: int
    sha256: str

    def content(self, slices: Iterable[bytes]) -> Iterator[bytes]:
        """The file's bytes from its opened slices.

        Raises MalformedPadding or WrongPlace when the slices are not the ones that the message
        names. That can show only at the end, so what was given before counts only when the
        iteration ends without an error.
        """
        digest = padding.SlicesDigest()

        def watched() -> Iterator[bytes]:
            for padded in slices:
                digest.update(padded)
                yield padded

        yield from padding.unpad_slices(watched(), self.size)
        if digest.hex != self.sha256:
            raise WrongPlace("these are not the slices that the message names")


def fit_name(name: str) -> str:
    """The name of a file in the length that an attachment may have, its ending kept."""
    if len(name) <= MAX_NAME:
        return name or "file"
    return name[: MAX_NAME - 50] + "…" + name[-49:]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message of any kind. Fields that its kind does not have are empty or None."""

    kind: str
    place: Place
    roster: str
    on: date
    lang: str
    body: Mapping[str, answers.Answer] = field(repr=False)
    excluded: tuple[str, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = ()
    sealed_in: str
    mailbox: str | None = field(default=None, repr=False)
    submitter_key: bytes | None = field(default=None, repr=False)
    case_signature: bytes | None = field(default=None, repr=False)
    signature: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        # The order in which boxes were ticked is nobody's business and would be a second form.
        object.__setattr__(self, "excluded", tuple(sorted(set(self.excluded))))
        object.__setattr__(self, "attachments", tuple(self.attachments))
        object.__setattr__(self, "body", MappingProxyType(dict(self.body)))

    def sign(self, seed: bytes, *, case_seed: bytes | None = None) -> "Message":
        """This message with its signature, read back as every reader will read it.

        A submission, and nothing else, is also signed with the seed of its case. Raises what parse
        raises, so that nothing is sent that its reader would refuse.
        """
        if (self.kind == "submission") != (case_seed is not None):
            raise ValueError("a submission, and nothing else, is signed with the case seed too")
        document = self._document()
        try:
            strict.canonical(document)
        except ValueError:
            raise MalformedMessage("the text holds half a character") from None
        if case_seed is not None:
            document = signing.sign_case(document, case_seed)
        return parse(strict.canonical(signing.sign(self.kind, document, seed)))

    def to_bytes(self) -> bytes:
        """The canonical bytes of a signed message."""
        if not self.signature:
            raise ValueError("a message is signed before it is written")
        return strict.canonical({**self._document(), "signature": strict.to_b64(self.signature)})

    @property
    def digest(self) -> str:
        """The name by which the next message of the thread refers to this one."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def check(self, verify_key: bytes) -> None:
        """Return if this key signed the message. Raises InvalidSignature otherwise."""
        document = {**self._document(), "signature": strict.to_b64(self.signature)}
        signing.check(self.kind, document, verify_key)

    def check_case(self, case_seed: bytes) -> None:
        """Return if who made this submission knew the seed of its case.

        The recipient of a case is public, and a submission brings its own key: without this,
        anybody could seal another one in its place. Raises InvalidSignature.
        """
        signing.check_case(self._document(), case_seed)

    def signer(self, keys: Mapping[str, bytes]) -> str:
        """Whose of these keys signed the message. Raises InvalidSignature if nobody's did."""
        for name, key in keys.items():
            try:
                self.check(key)
            except InvalidSignature:
                continue
            return name
        raise InvalidSignature("none of the readers of the roster signed this")

    def check_place(self, expected: Place, in_thread: str) -> None:
        """Return if the message belongs at this place of this thread. Raises WrongPlace."""
        if self.place != expected or thread(self.kind) != in_thread:
            raise WrongPlace("the message belongs to another place")

    def _document(self) -> dict[str, object]:
        """The message as JSON, without its signature."""
        document: dict[str, object] = {
            "v": VERSION,
            "kind": self.kind,
            "for": {name: getattr(self.place, name) for name in _PLACE_KEYS},
            "roster": self.roster,
            "on": self.on.isoformat(),
            "lang": self.lang,
            "body": dict(self.body),
            "sealed_in": self.sealed_in,
        }
        if self.kind in _WITH_ATTACHMENTS:
            document["attachments"] = [
                {name: getattr(each, name) for name in _ATTACHMENT_KEYS}
                for each in self.attachments
            ]
        if self.kind == "submission":
            document["excluded"] = list(self.excluded)
            document["mailbox"] = self.mailbox
            document["submitter_key"] = strict.to_b64(self.submitter_key or b"")
            if self.case_signature is not None:
                document["case_signature"] = strict.to_b64(self.case_signature)
        return document


def parse(data: bytes) -> Message:
    """The message that these canonical bytes spell.

    A submission must also carry the signature of its own submitter key; that it belongs to the
    case, only check_case can tell. Raises MalformedMessage, TooLong or InvalidSignature.
    """
    over = len(data) - padding.MESSAGE_LIMIT
    if over > 0:
        raise TooLong(f"the message is {over} bytes too long", over)
    value = parse_value(data, MalformedMessage)
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _THREADS:
        raise MalformedMessage("kind is not one of the kinds of messages")
    document = Document(value, _keys(kind), MalformedMessage)
    message = _read(kind, document)
    if message.submitter_key is not None:
        message.check(message.submitter_key)
    return message


def _keys(kind: str) -> tuple[str, ...]:
    attachments = ("attachments",) if kind in _WITH_ATTACHMENTS else ()
    return _KEYS + attachments + (_SUBMISSION_KEYS if kind == "submission" else ())


def _read(kind: str, document: Document) -> Message:
    document.version()
    language = document.text("lang", longest=35)
    if not _LANGUAGE.fullmatch(language):
        raise MalformedMessage("lang is not a language tag")
    message = Message(
        kind=kind,
        place=_place(kind, document.part("for", _PLACE_KEYS)),
        roster=document.hash("roster"),
        on=document.day("on"),
        lang=language,
        body=answers.read(kind, document),
        sealed_in=document.choice("sealed_in", SEALERS),
        signature=document.signature(),
    )
    if kind in _WITH_ATTACHMENTS:
        parts = document.parts("attachments", MAX_ATTACHMENTS, _ATTACHMENT_KEYS)
        message = replace(message, attachments=_attachments(parts))
    if kind == "submission":
        message = replace(
            message,
            excluded=document.ids("excluded"),
            mailbox=document.recipient("mailbox").text,
            submitter_key=document.key("submitter_key"),
            case_signature=document.signature("case_signature"),
        )
    return message


def _place(kind: str, part: Document) -> Place:
    place = Place(
        installation=part.installation(),
        case=part.hash("case"),
        n=part.whole("n", lowest=1),
        previous=None if part.is_null("previous") else part.hash("previous"),
    )
    first = place.n == 1
    if first != (place.previous is None):
        raise MalformedMessage("the first message of a thread, and only that, has none before it")
    if thread(kind) == "submitter" and first != (kind == "submission"):
        raise MalformedMessage("a submitter's thread begins with the submission")
    return place


def _attachments(parts: Sequence[Document]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    position = 0
    for part in parts:
        attachment = Attachment(
            name=part.text("name", longest=MAX_NAME, shortest=1),
            type=part.text("type", longest=MAX_TYPE),
            size=part.whole("size"),
            first=part.whole("first"),
            count=part.whole("count", lowest=1),
            sha256=part.hash("sha256"),
        )
        # The limit comes first: it bounds what a reader allocates for a size that is a lie.
        if attachment.size > MAX_ATTACHMENT_SIZE or attachment.first != position:
            raise MalformedMessage("the slices of attachments follow each other")
        if attachment.count != padding.slice_count(attachment.size):
            raise MalformedMessage("count is not the number of slices of this size")
        position += attachment.count
        found.append(attachment)
    return tuple(found)


def seal(message: Message, recipient: Recipient) -> bytes:
    """The envelope of a signed message, of one of the three sizes of envelope_sizes."""
    return age.seal(padding.pad_message(message.to_bytes()), [recipient])


def open_envelope(sealed: bytes, identity: Unwraps) -> Message:
    """The message in an envelope. Its signature and its place are still to be checked."""
    return parse(padding.unpad_message(age.open_sealed(sealed, [identity])))


def envelope_sizes() -> frozenset[int]:
    """The sizes that the envelope of a message can have."""
    return frozenset(age.sealed_size(step) for step in padding.MESSAGE_STEPS)
