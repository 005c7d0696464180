"""What must be so of cases at the end of their time, as simply as it can be said.

Nothing of the program is used here. A record knows when it was put aside, what has changed since,
who is out of it; a hold when it was placed and who ended it; a list who proposed and signed it.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

DAY = datetime.timedelta(days=1)
COOLING = 7 * DAY
LATE = 30 * DAY
COMMITTEE = ("chair", "member-1", "member-2", "alternate")
BUILT_IN = 30


@dataclass
class Record:
    """A case, as far as its end is concerned; aside is the day on which two put it aside."""

    name: str
    aside: datetime.date | None = None
    days: int = BUILT_IN
    # Grows with every message of anybody.
    content: int = 0
    sent: int = 0
    out: set[str] = field(default_factory=set)
    gone: bool = False

    @property
    def due(self) -> datetime.date | None:
        """The first day on which it may go; None for a case that is open."""
        return None if self.aside is None else self.aside + self.days * DAY

    @property
    def readers(self) -> set[str]:
        """Who may know of it."""
        return set(COMMITTEE) - self.out


@dataclass
class Hold:
    """A hold over one record or all; released has the day and the two who did."""

    over: Record | None
    placed: datetime.date
    released: tuple[datetime.date, frozenset[str]] | None = None

    def ended_for(self, record: Record) -> datetime.date | None:
        """When it ended for a record; never by somebody who is out of it."""
        if self.released is None or self.released[1] & record.out:
            return None
        return self.released[0]

    def stood(self, record: Record, since: datetime.date) -> bool:
        """Whether it keeps a record, or kept it at the end of a day since this one."""
        if self.over not in (None, record):
            return False
        ended = self.ended_for(record)
        return ended is None or max(since, self.placed) < ended

    def keeps(self, record: Record) -> bool:
        """Whether it keeps a record now."""
        return self.over in (None, record) and self.ended_for(record) is None


@dataclass
class Proposed:
    """A list that somebody proposed: of which records, as they were then."""

    by: str
    on: datetime.date
    lines: Sequence[tuple[Record, datetime.date | None, int]]
    signed: list[str] = field(default_factory=list)
    approved: datetime.date | None = None
    ended: set[str] = field(default_factory=set)

    @property
    def records(self) -> list[Record]:
        """What is on it."""
        return [record for record, _due, _content in self.lines]

    def is_unchanged(self, record: Record) -> bool:
        """Whether a record on it is what it was."""
        was = next((due, content) for each, due, content in self.lines if each is record)
        return (record.due, record.content) == was


@dataclass
class World:
    """Everything that there is."""

    today: datetime.date
    records: list[Record] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    lists: list[Proposed] = field(default_factory=list)
    # The days that RC-04 is kept, from a day on.
    periods: list[tuple[datetime.date, int]] = field(default_factory=list)

    def period(self) -> int:
        """For how many days what is put aside today is kept."""
        return next((days for on, days in self.periods[::-1] if on <= self.today), BUILT_IN)

    def is_held(self, record: Record) -> bool:
        """Whether a hold keeps it now."""
        return any(each.keeps(record) for each in self.holds)

    def is_due(self, record: Record) -> bool:
        """Whether it could be proposed."""
        there = not record.gone and record.due is not None
        return there and record.due <= self.today and not self.is_held(record)  # type: ignore[operator]

    def may_propose(self, by: str, records: Iterable[Record]) -> bool:
        """Whether somebody may propose these."""
        found = list(records)
        if not all(by in each.readers and self.is_due(each) for each in found):
            return False
        return len(set.intersection(*(each.readers for each in found)) - {by}) >= 2

    def may_approve(self, proposed: Proposed, by: str) -> bool:
        """Whether a signature of somebody counts for a list now."""
        records = proposed.records
        return (
            proposed.approved is None
            and by != proposed.by
            and by not in proposed.signed
            and all(by in each.readers for each in records)
            and not any(set(proposed.signed) & each.out for each in records)
            and all(self.is_due(each) and proposed.is_unchanged(each) for each in records)
        )

    def keeps(self, proposed: Proposed, record: Record) -> str | None:
        """Why a record on an approved list stays when its days of cooling are over; None to go."""
        if record.gone:
            return "CHANGED"
        if record.aside is None:
            return "REOPENED"
        if any(each.stood(record, proposed.on) for each in self.holds):
            return "ON_HOLD"
        if record.out & {proposed.by, *proposed.signed}:
            return "RECUSED"
        return None if proposed.is_unchanged(record) else "CHANGED"

    def overdue(self) -> set[str]:
        """What should have gone by now, and is there."""
        return {
            each.name
            for each in self.records
            if not each.gone and each.due is not None and self.today > each.due + LATE
            and not self.is_held(each)
        }  # fmt: skip
