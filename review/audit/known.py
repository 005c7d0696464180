"""What the checks of one bundle share: what was asked, and what the bundle says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto.checkpoint import Checkpoint
from crypto.note import Note, NoteKey
from crypto.policy import Policy
from crypto.roster import Roster
from review.audit.cases import Cases
from review.audit.disposed import Disposed
from review.audit.opened import Bundle
from review.audit.place import Place
from review.audit.records import Act
from review.audit.retained import Retained


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the auditor gave besides the bundle."""

    since: Note | None = None
    # The checkpoint that is to be cosigned: it must be of the very tree that is verified.
    cosigning: Note | None = None
    policy: Policy | None = None
    # Roots that somebody wrote down: each must be that of a batch.
    roots: tuple[bytes, ...] = ()
    root_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Walked:
    """A batch whose entries have been read: what its checkpoint says, and what the entries give.

    Days are spelled in bytes, as entries have them; before_on is the day of the batch before, or
    empty for the very first. root is None if fewer entries are there than the checkpoint says.
    """

    ledger: int
    number: int
    first: int
    size: int
    on: bytes
    before_on: bytes
    note: Note
    root: bytes | None


@dataclass(kw_only=True)
class Known:
    """The bundle, and what is known of it before its entries are read."""

    bundle: Bundle
    asked: Asked
    rosters: Sequence[Roster]
    keys: Sequence[NoteKey]
    cases: Cases
    # What waits to be put into the ledger and is of no case.
    waiting: Sequence[Act] = ()
    dispositions: Sequence[Disposed] = ()
    # What the entries tell of dispositions and of how cases are kept; complete at the end.
    retained: Retained = field(default_factory=Retained)
    # The checkpoint seen last time, and the roots that the ledgers have at its size.
    since: Checkpoint | None = None
    roots_at_since: dict[int, bytes] = field(default_factory=dict)
    # Entries after the newest checkpoint of a ledger: the first, and how many entries there are.
    unsigned: list[tuple[Place, int]] = field(default_factory=list)
    # What the newest batch of each ledger ended with, as far as reading has got.
    newest: dict[int, Walked] = field(default_factory=dict)
    # Which of the roots asked for a batch had.
    roots_met: set[bytes] = field(default_factory=set)
    # How many entries each ledger has, and how many batches.
    sizes: dict[int, int] = field(default_factory=dict)
    batches: int = 0

    @property
    def today(self) -> bytes:
        """The day of the newest batch, which is the day as of which everything is judged."""
        return self.newest[max(self.newest)].on if self.newest else b""

    def in_force(self, on: date) -> list[Roster]:
        """The rosters whose keys may sign on a day, give or take one day at each change."""
        rosters = self.rosters
        ends = [each.issued_on for each in rosters[1:]] + [date.max]
        return [
            each
            for each, end in zip(rosters, ends, strict=True)
            if (each is rosters[0] or each.issued_on.toordinal() - 1 <= on.toordinal())
            and on.toordinal() - 1 <= end.toordinal()
        ]

    @property
    def is_demo(self) -> bool:
        """Whether the newest roster is one of a demonstration, which may pretend other days."""
        return self.rosters[-1].demo

    @property
    def policy(self) -> Policy:
        """Whose signatures on checkpoints count: the keys of ledgers, and the auditor's policy."""
        asked = self.asked.policy
        if asked is None:
            return Policy(tuple(self.keys), (), None)
        return Policy(tuple(self.keys), asked.witnesses, asked.quorum)
