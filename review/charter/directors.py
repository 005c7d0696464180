"""What is known of each director: the board's determinations, and facts against independence.

Each qualification is a determination of the board on record, not something a program decides; one
without a board meeting is not proven. A fact against independence is judged by the two tests, the
rule's without tolerance and the exchange's with its bright lines.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from review.charter.book import Event
from review.charter.facts import Facts
from review.workdays import days_after, years_after

INDEPENDENCE = ("N5605a2", "R10A3")
SOPHISTICATED = ("SOPHISTICATION", "ACFE")
LISTED_FEE = Decimal(120_000)
LOOK_BACK_YEARS = 3
# By which leaf a kind of fact is judged, and whether the rule leaves room for judgement.
KINDS = {
    "FEE": ("M-1.2", False),
    "AFFILIATE": ("M-1.2", False),
    "HOLDING_OVER_10_PERCENT": ("M-1.2", True),
    "EMPLOYMENT": ("M-1.1", False),
    "FIRM_TIE": ("M-1.1", False),
    "FAMILY": ("M-1.1", True),
    "INTERLOCK": ("M-1.1", True),
}


@dataclass(frozen=True)
class Taint:
    """A fact against a serving member's independence, from when to when it matters."""

    event: Event
    person: str
    leaf: str
    since: date
    until: date | None
    needs_judgement: bool
    within_control: bool


class Directors:
    """Determinations and taints, by person."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._tests: dict[tuple[str, str], tuple[list[date], list[Event]]] = {}
        self._determined: dict[str, list[Event]] = {}
        for event in facts.view.of("board_determination"):
            if event.has("board_meeting"):
                self._determined.setdefault(event.text("person"), []).append(event)

    def determinations(self, person: str, *tests: str) -> list[Event]:
        """The board's proven determinations of a person on any of the tests."""
        found = self._determined.get(person, [])
        return [event for event in found if set(tests) & set(event.texts("tests"))]

    def knows(self, person: str, day: date) -> bool:
        """Whether the board has determined anything about a person by a day."""
        return any(event.day_of <= day for event in self._determined.get(person, []))

    def is_met(self, person: str, day: date, *tests: str) -> bool:
        """Whether the latest determination by a day on one of the tests is that it is met."""
        for test in tests:
            days, events = self._of_test(person, test)
            place = bisect_right(days, day)
            if place and events[place - 1].text("result") == "MET":
                return True
        return False

    def _of_test(self, person: str, test: str) -> tuple[list[date], list[Event]]:
        """The determinations on one test, with their days, so that a day is found fast."""
        if (person, test) not in self._tests:
            events = self.determinations(person, test)
            self._tests[person, test] = ([event.day_of for event in events], events)
        return self._tests[person, test]

    def days(self) -> set[date]:
        """Every day on which the board determined something."""
        return {event.day_of for events in self._determined.values() for event in events}

    def taints(self) -> Iterator[Taint]:
        """Every fact against the independence of somebody while they serve."""
        for event in self._facts.view.of("independence_event"):
            kind = event.text("kind")
            if kind not in KINDS or (kind == "FEE" and not event.amount("amount")):
                continue
            for begin, end in self._facts.seats.spans(event.text("person")):
                found = self._taint(event, begin, end)
                if found is not None:
                    yield found

    def _taint(self, event: Event, begin: date, end: date | None) -> Taint | None:
        """The fact held against one term of service."""
        kind, person = event.text("kind"), event.text("person")
        leaf, judged = KINDS[kind]
        since, over = max(event.day_of, begin), self._over(event)
        if end is not None and event.day_of >= end:
            return None
        if event.day_of < begin:
            # What was paid or held before the term matters only as the exchange looks back.
            if kind == "FEE" and event.amount("amount") <= LISTED_FEE:
                return None
            leaf = "M-1.1" if kind == "FEE" else leaf
        if over is not None and over <= since:
            return None
        decided = self._facts.judgement(event.id, "M05") or self._facts.judgement(person, "M05")
        ends = [day for day in (end, over) if day]
        if decided is not None and decided[0] == "MET" and decided[1] >= since:
            ends.append(decided[1])
        until = min(ends, default=None)
        return Taint(event, person, leaf, since, until, judged, event.flag("within_control"))

    def _over(self, event: Event) -> date | None:
        """The day from which a fact that ended does not matter any more."""
        ended = event.day("ended_on")
        if ended is None and event.text("kind") == "FEE":
            ended = event.day_of
        if ended is None:
            return None
        return days_after(years_after(ended, LOOK_BACK_YEARS), 1)
