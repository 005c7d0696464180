"""What a collection works with, and what it tells of what it did."""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from crypto.policy import Policy
from crypto.stanza import Unwraps
from review.admission import Gate
from review.casework.deadlines import ClockSettings
from review.store.shred import Locksmith

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Collector:
    """What a collection works with."""

    drop: Engine
    book: Engine
    shred: Engine
    locksmith: Locksmith
    routing: Unwraps = field(repr=False)
    root_key: bytes
    demo: bool
    policy: Policy | None = None
    replica: str | None = None
    # By which cases stand in their readers' lists.
    clocks: ClockSettings = field(default_factory=ClockSettings)
    entropy: Entropy = secrets.token_bytes

    def gate(self, today: datetime.date) -> Gate:
        """What its deposits are judged by on this day."""
        return Gate(routing=self.routing, root_key=self.root_key, demo=self.demo, today=today)


@dataclass
class Collected:
    """What one run did; each problem is a sentence about one deposit, letter, day or proof."""

    submissions: int = 0
    follow_ups: int = 0
    letters: int = 0
    days: int = 0
    proofs: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether something was brought anywhere."""
        moved = (self.submissions, self.follow_ups, self.letters, self.days, self.proofs)
        return any((*moved, self.left))
