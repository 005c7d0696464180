"""The values that go in and out of the drop.

All are frozen; none holds anything that can be read without a key of the committee's or of the
submitter's.
"""

import datetime
import enum
from dataclasses import dataclass


class Outcome(enum.Enum):
    """Whether a deposit is new, or the same form had arrived before."""

    DEPOSITED = "deposited"
    ALREADY = "already"


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


@dataclass(frozen=True, kw_only=True)
class Submission(Sealed):
    """A first deposit: it makes the mailbox."""

    roster: str
    mailbox: str
    case_recipient: str
    case_signature: str
    grant: bytes
    routing: bytes


@dataclass(frozen=True, kw_only=True)
class FollowUp(Sealed):
    """A later deposit: it names the message it stands after."""

    n: int
    previous: str


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """A deposit as its collector finds it; grant, routing and roster only in a submission."""

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


@dataclass(frozen=True)
class Letter:
    """One sealed reply or state, at its place in the mailbox."""

    n: int
    envelope: bytes
    on: datetime.date


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
