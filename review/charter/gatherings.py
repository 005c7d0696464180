"""Meetings as they were: who was there at each item, whether that was a quorum, and the vote.

Quorum is never stated in a book. It is computed for each item from the seats of the day, the
intervals of attendance, and who was recused; the default is a majority of the members then
serving, never below a third of them (DGCL 141(c)(4)). A recused member is not counted.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from review.charter.book import Event, Row
from review.charter.seats import Seats
from review.charter.view import View

ACTED = ("APPROVED", "REVIEWED", "NOTED")


def quorum(serving: int, rule: object) -> int:
    """How many members make a quorum of so many serving, under the owner's rule."""
    chosen = rule if isinstance(rule, int) else serving // 2 + 1
    return max(chosen, -(-serving // 3))


@dataclass(frozen=True)
class Count:
    """A quorum as it was counted at one moment."""

    serving: tuple[str, ...]
    counted: tuple[str, ...]
    required: int

    @property
    def is_quorate(self) -> bool:
        """Whether enough members were counted."""
        return len(self.counted) >= self.required > 0


class Gathering:
    """One meeting that was held, with or without a quorum."""

    def __init__(self, event: Event, seats: Seats, rule: object) -> None:
        self.event, self.id, self.day = event, event.text("meeting"), event.day_of
        self.kind = event.text("kind")
        self.items = {row.text("item"): row for row in event.rows("items")}
        self._serving = seats.serving(self.day)
        self._required = quorum(len(self._serving), rule)
        self.seats_known = seats.is_known

    @property
    def is_regular(self) -> bool:
        """Whether it was a regular meeting."""
        return self.kind == "REGULAR"

    @cached_property
    def _intervals(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for row in self.event.rows("attendance"):
            if row.text("as") == "MEMBER":
                begin = row.text("in") or self.event.text("opened")
                end = row.text("out") or "24:00"
                found.setdefault(row.text("person"), []).append((begin, end))
        return found

    def attended(self, role: str) -> tuple[str, ...]:
        """Everybody who was there in a role, for any time."""
        rows = self.event.rows("attendance")
        return tuple(row.text("person") for row in rows if row.text("as") == role)

    def _was_there(self, person: str, at: str) -> bool:
        return any(begin <= at < end for begin, end in self._intervals.get(person, ()))

    def _stayed(self, person: str) -> bool:
        opened, closed = self.event.text("opened"), self.event.text("closed")
        spans = self._intervals.get(person, ())
        return any(begin <= opened and end >= closed for begin, end in spans)

    @cached_property
    def call(self) -> Count:
        """The quorum when the meeting was called to order."""
        opened = self.event.text("opened")
        there = tuple(person for person in self._serving if self._was_there(person, opened))
        return Count(self._serving, there, self._required)

    @property
    def counts(self) -> bool:
        """Whether it is a meeting: a quorum answered the call, or nobody knows who serves."""
        return self.call.is_quorate or not self.seats_known

    def count(self, item: Row) -> Count:
        """The quorum at an item, after recusals.

        Without a time, somebody who came late or left early is counted only where they voted.
        """
        at, recused, voted = item.text("at"), item.texts("recused"), _voters(item)
        counted = tuple(
            person
            for person in self._serving
            if person not in recused
            and (self._was_there(person, at) if at else self._untimed(person, voted))
        )
        return Count(self._serving, counted, self._required)

    def _untimed(self, person: str, voted: frozenset[str]) -> bool:
        return self._stayed(person) or (person in self._intervals and person in voted)

    def passed(self, item: Row) -> bool:
        """Whether the item was acted on: a quorum, and a majority of those present if voted."""
        if item.text("outcome") not in ACTED:
            return False
        if not self.seats_known:
            return True
        count = self.count(item)
        vote = item.row("vote")
        if vote is None:
            return count.is_quorate
        favour = set(vote.texts("for")) & set(count.counted)
        return count.is_quorate and 2 * len(favour) > len(count.counted)


def _voters(item: Row) -> frozenset[str]:
    vote = item.row("vote") or Row({})
    return frozenset((*vote.texts("for"), *vote.texts("against"), *vote.texts("abstain")))


class Gatherings:
    """The committee's meetings: planned, moved, cancelled and held."""

    def __init__(self, view: View, seats: Seats) -> None:
        self._view = view
        held = view.of("meeting_held")
        self.held = [Gathering(e, seats, view.setting("quorum", e.day_of)) for e in held]
        self.by_id = {one.id: one for one in reversed(self.held)}
        self.regular = [one for one in self.held if one.is_regular and one.counts]
        self._plans = self._planned()

    def _planned(self) -> dict[str, list[tuple[date, date, str]]]:
        """For each meeting, from which day it was planned for which day and as what kind."""
        plans: dict[str, list[tuple[date, date, str]]] = {}
        for event in self._view.of("meeting_planned", "meeting_moved", "meeting_cancelled"):
            name = event.text("meeting")
            before = plans.setdefault(name, [])
            kind = event.text("kind") or (before[-1][2] if before else "REGULAR")
            before.append((event.day_of, event.day("for_date") or date.max, kind))
        return plans

    @cached_property
    def _by_year(self) -> Mapping[int, list[str]]:
        """The plans by each calendar year they ever named, so that one year is looked up fast."""
        found: dict[int, list[str]] = {}
        for name, steps in self._plans.items():
            for year in {when.year for _, when, _ in steps if when != date.max}:
                found.setdefault(year, []).append(name)
        return found

    def planned(
        self, day: date, *, regular: bool = True, last: date | None = None
    ) -> list[tuple[date, str]]:
        """Meetings still to come after a day, as the plans stood at its end, soonest first.

        With last, only those planned for a day up to it.
        """
        names: Iterable[str] = self._plans
        if last is not None:
            years = range(day.year, last.year + 1)
            names = dict.fromkeys(name for year in years for name in self._by_year.get(year, ()))
        found = []
        for name in names:
            when, kind = self._standing_plan(name, day)
            held = self.by_id.get(name)
            if when is None or when <= day or (held is not None and held.day <= day):
                continue
            if (kind == "REGULAR" or not regular) and (last is None or when <= last):
                found.append((when, name))
        return sorted(found)

    def _standing_plan(self, name: str, day: date) -> tuple[date | None, str]:
        """For which day a meeting was planned at the end of a day, and as what kind."""
        known = [step for step in self._plans[name] if step[0] <= day]
        if not known or known[-1][1] == date.max:
            return None, ""
        return known[-1][1], known[-1][2]

    @cached_property
    def _coming(self) -> list[tuple[date, str]]:
        return self.planned(self._view.as_of)

    @cached_property
    def _regular_days(self) -> list[date]:
        return [one.day for one in self.regular]

    def next_regular(self, after: date, shown: str = "") -> tuple[date | None, bool]:
        """The next regular meeting after a day: its day, and whether it was held already.

        A meeting of that same day counts if it is the one named in shown. Without one to come the
        day is None.
        """
        first = bisect_left(self._regular_days, after)
        for one in self.regular[first : first + 8]:
            if one.day > after or one.id == shown:
                return one.day, True
        later = bisect_right(self._regular_days, after)
        if later < len(self.regular):
            return self.regular[later].day, True
        return (self._coming[0][0], False) if self._coming else (None, False)
