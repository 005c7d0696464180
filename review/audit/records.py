"""What the book says of one case, without anything that is sealed: one line of a bundle."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto import strict
from crypto.document import VERSION, Document, is_id
from crypto.entry_types import TYPES, EntryType, Value, check_data
from crypto.errors import Malformed, MalformedEntry
from review.audit.errors import MalformedBundle
from review.casework.course import Stage

THREADS = ("submitter", "committee", "notes")
KINDS: Mapping[str, tuple[str, ...]] = {
    "submitter": ("submission", "follow-up"),
    "committee": ("reply", "state"),
    "notes": ("note",),
}
# A line is read whole; this is some fifty thousand messages of one case.
LINE_LIMIT = 1 << 23
_KEYS = ("v", "case", "on", "state", "generation", "messages", "waiting")
_MESSAGE_KEYS = ("thread", "n", "kind", "on", "digest", "slices")
ACT_KEYS = ("type", "on", "by", "digest", "commitment", "data")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a case; digest is that of the sealed bytes, or None where it is not known."""

    thread: str
    n: int
    kind: str
    on: datetime.date
    digest: str | None
    slices: int = 0

    def fields(self) -> dict[str, object]:
        """The message as the record has it."""
        return {
            "thread": self.thread,
            "n": self.n,
            "kind": self.kind,
            "on": self.on.isoformat(),
            "digest": self.digest,
            "slices": self.slices,
        }


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act that waits to be put into the ledger."""

    type: str
    on: datetime.date
    by: str | None = None
    digest: str | None = None
    commitment: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)

    def fields(self) -> dict[str, object]:
        """The act as the record has it."""
        return {
            "type": self.type,
            "on": self.on.isoformat(),
            "by": self.by,
            "digest": self.digest,
            "commitment": self.commitment,
            "data": dict(self.data),
        }


@dataclass(frozen=True, kw_only=True)
class Record:
    """A case as the book knows it.

    Messages are in the order of THREADS and then of n, acts in the order in which they happened.
    """

    case: str
    on: datetime.date
    state: Stage
    generation: int
    messages: tuple[Message, ...]
    waiting: tuple[Act, ...] = ()

    def to_bytes(self) -> bytes:
        """The line, without its line feed."""
        return strict.canonical(
            {
                "v": VERSION,
                "case": self.case,
                "on": self.on.isoformat(),
                "state": self.state.value,
                "generation": self.generation,
                "messages": [each.fields() for each in self.messages],
                "waiting": [each.fields() for each in self.waiting],
            }
        )


def parse(line: bytes) -> Record:
    """The record that a line spells. Raises MalformedBundle."""
    try:
        document = Document.parse(line, _KEYS, Malformed)
        document.version()
        record = Record(
            case=document.hash("case"),
            on=document.day("on"),
            state=Stage(document.choice("state", [state.value for state in Stage])),
            generation=document.whole("generation", lowest=1),
            messages=tuple(map(_message, document.parts("messages", LINE_LIMIT, _MESSAGE_KEYS))),
            waiting=tuple(map(_act, document.parts("waiting", LINE_LIMIT, ACT_KEYS))),
        )
    except Malformed as refused:
        raise MalformedBundle(f"a record of a case is not one: {refused}") from None
    _check_order(record)
    return record


def _message(part: Document) -> Message:
    thread = part.choice("thread", THREADS)
    return Message(
        thread=thread,
        n=part.whole("n", lowest=1),
        kind=part.choice("kind", KINDS[thread]),
        on=part.day("on"),
        digest=None if part.is_null("digest") else part.hash("digest"),
        slices=part.whole("slices"),
    )


def _act(part: Document) -> Act:
    kind = TYPES.get(part.text("type"))
    if kind is None or "subject" not in kind.required | kind.optional:
        raise MalformedEntry("a waiting act of a type that no case has")
    return act_of(part, kind)


def act_of(part: Document, kind: EntryType) -> Act:
    """An act of this type that waits, with the data that its entry will have. Raises Malformed."""
    by = None if part.is_null("by") else part.text("by")
    if by is not None and not is_id(by):
        raise MalformedEntry("by is not the id of a person")
    return Act(
        type=kind.name,
        on=part.day("on"),
        by=by,
        digest=None if part.is_null("digest") else part.hash("digest"),
        commitment=None if part.is_null("commitment") else part.hash("commitment"),
        data=check_data(kind, part.part("data", kind.data)),
    )


def _check_order(record: Record) -> None:
    """Numbers count from 1 in each thread: a hole would be a message that is not told of."""
    expected = [
        (thread, n)
        for thread in THREADS
        for n in range(1, 1 + sum(each.thread == thread for each in record.messages))
    ]
    if [(each.thread, each.n) for each in record.messages] != expected:
        raise MalformedBundle(f"the messages in the record of case {record.case} are not in order")
