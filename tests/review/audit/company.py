"""What a small company consists of: cases, what waits, deposits, and a ledger."""

import datetime
from dataclasses import dataclass, field

from crypto import entry, merkle
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.entry_types import Value
from crypto.note import Note
from review.audit.bundle import Batch
from review.audit.records import Message
from review.casework.course import Stage
from tests import committee

BEGAN = datetime.date(2026, 11, 2)
ONE_DAY = datetime.timedelta(days=1)
AUDITOR = Signer("auditor.example/grace", committee.seed("cosigner"))
TREATING = ("chair", "member-1", "member-2", "alternate")
_NOON = 12 * 3600


def seconds(day: datetime.date, at: int = _NOON) -> int:
    """A moment of a day, in seconds since 1970."""
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return int(midnight.timestamp()) + at


@dataclass
class InBook:
    """A case as the book has it."""

    id: str
    on: datetime.date
    state: Stage = Stage.RECEIVED
    generation: int = 1
    messages: list[Message] = field(default_factory=list)
    leaf: str | None = None


@dataclass
class Waiting:
    """An act that no batch has taken yet."""

    type: str
    on: datetime.date
    nonce: bytes
    case: InBook | None = None
    by: str | None = None
    digest: str | None = None
    commitment: str | None = None
    data: dict[str, Value] = field(default_factory=dict)


@dataclass
class Deposit:
    """What somebody wrote and nobody has collected."""

    case: InBook
    kind: str
    on: datetime.date
    digest: str
    nonce: bytes
    slices: int


@dataclass
class Kept:
    """A ledger, as lists that a test may change."""

    signer: Signer
    entries: list[bytes] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)

    def sign(self, on: datetime.date, size: int | None = None) -> Batch:
        """The batch that ends here, signed by the keeper."""
        frontier = merkle.Frontier()
        frontier.extend(map(merkle.leaf_hash, self.entries[:size]))
        head = Checkpoint(self.signer.name, frontier.size, frontier.root())
        note = Note(head.text, (self.signer.sign(head, seconds(on)),))
        return Batch(on=on, size=head.size, note=note)

    def sign_again(self) -> None:
        """What a keeper does who has changed entries: sign every batch as it is now."""
        self.batches = [self.sign(each.on, each.size) for each in self.batches]

    @property
    def newest(self) -> Batch:
        """The last batch."""
        return self.batches[-1]

    def index(self, *types: str, last: bool = True) -> int:
        """Where an entry of one of these types is."""
        found = [at for at, data in enumerate(self.entries) if entry.parse(data).type in types]
        return found[-1 if last else 0]
