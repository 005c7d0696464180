"""The values that go in and out of the drop.

All are frozen; none holds anything that can be read without a key of the committee's or of the
submitter's.
"""

import datetime
import enum
from dataclasses import dataclass, field


class Outcome(enum.Enum):
    """Whether a deposit is new, or the same form had arrived before."""

    DEPOSITED = "deposited"
    ALREADY = "already"


@dataclass(frozen=True)
class Receipt:
    """What became of a deposit, and the statement that its sender may keep, if there is one."""

    outcome: Outcome
    statement: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What every deposit brings: the envelope, its hashes, and the slices of its files."""

    once: str
    mailbox_id: str
    digest: str
    commitment: str
    envelope: bytes
    upload_id: str | None = None
    slices: int = 0

    @property
    def names(self) -> tuple[str | None, ...]:
        """The values by which the rows are found that it has to do with."""
        return self.mailbox_id, self.upload_id


@dataclass(frozen=True, kw_only=True)
class Submission(Sealed):
    """A first deposit: it makes the mailbox."""

    roster: str
    mailbox: str
    case_recipient: str
    case_signature: str
    grant: bytes
    routing: bytes

    @property
    def names(self) -> tuple[str | None, ...]:
        """The same, and the case, which nobody may have a second mailbox for."""
        return *super().names, self.case_recipient


@dataclass(frozen=True, kw_only=True)
class FollowUp(Sealed):
    """A later deposit: it names the message it stands after."""

    n: int
    previous: str


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """A deposit as its collector finds it; grant, routing and roster only in a submission.

    nonce is that of its entry in the ledger; deposits of before there was a ledger have none. odd
    says that its row holds what no row of this program's holds.
    """

    id: str
    kind: str
    mailbox_id: str
    n: int
    on: datetime.date
    roster: str | None
    digest: str
    commitment: str
    envelope: bytes
    grant: bytes | None
    routing: bytes | None
    case_recipient: str | None
    upload_id: str | None
    slices: int
    nonce: str | None
    odd: bool = False


@dataclass(frozen=True)
class Letter:
    """One sealed reply or state, at its place in the mailbox."""

    n: int
    envelope: bytes
    on: datetime.date


@dataclass(frozen=True)
class Keyed:
    """A later key of the mailbox's case, sealed to the submitter, and the day it was posted."""

    generation: int
    envelope: bytes = field(repr=False)
    on: datetime.date


@dataclass(frozen=True, kw_only=True)
class SentReceipt:
    """What there is to keep for one message of a submitter, the n-th of the thread.

    on and statement are there while the deposit is; proof is sealed to the mailbox and was posted
    on the day proved_on.
    """

    n: int
    on: datetime.date | None = None
    statement: bytes | None = field(default=None, repr=False)
    proof: bytes | None = field(default=None, repr=False)
    proved_on: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A mailbox as the holder of its code finds it."""

    id: str
    recipient: str
    case_recipient: str
    generation: int
    case_signature: str
    head_n: int
    head_digest: str
    on: datetime.date
    letters: tuple[Letter, ...]
    receipts: tuple[SentReceipt, ...] = ()
    keyings: tuple[Keyed, ...] = ()
