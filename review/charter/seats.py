"""Who sits on the committee and on the board, on any day.

A seat runs from the day it began to the day before it ended, by the end of each day; a person whose
seat ends and begins on one day keeps it. An alternate is no serving member.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from review.charter.book import Event
from review.charter.view import View

VOTING = ("CHAIR", "MEMBER")


@dataclass(frozen=True)
class Change:
    """What a day changed: who serves from its end, and the events that changed it."""

    day: date
    roles: Mapping[str, str]
    events: tuple[Event, ...]

    @property
    def serving(self) -> tuple[str, ...]:
        """The voting members, by name."""
        return tuple(sorted(name for name, role in self.roles.items() if role in VOTING))


class Seats:
    """The seats of one body as changes, oldest first."""

    def __init__(self, view: View, body: str) -> None:
        days: dict[date, list[Event]] = {}
        for event in view.of("seat_began", "seat_ended"):
            if event.text("body") == body:
                days.setdefault(event.day_of, []).append(event)
        self.changes: list[Change] = []
        roles: dict[str, str] = {}
        for day in sorted(days):
            # Endings first: who leaves and is appointed again on one day serves on.
            events = sorted(days[day], key=lambda e: (e.type != "seat_ended", e.time, e.id))
            for event in events:
                roles.pop(event.text("person"), None)
                if event.type == "seat_began":
                    roles[event.text("person")] = event.text("role")
            self.changes.append(Change(day, dict(roles), tuple(events)))
        self._days = [change.day for change in self.changes]

    @property
    def is_known(self) -> bool:
        """Whether the book says anything about who serves."""
        return bool(self.changes)

    def on(self, day: date) -> Change:
        """The state at the end of a day."""
        place = bisect_right(self._days, day)
        return self.changes[place - 1] if place else Change(date.min, {}, ())

    def serving(self, day: date) -> tuple[str, ...]:
        """The voting members at the end of a day."""
        return self.on(day).serving

    def spans(self, person: str) -> list[tuple[date, date | None]]:
        """The days from which a person served, and from which not any more."""
        found: list[tuple[date, date | None]] = []
        for change in self.changes:
            serves = person in change.serving
            if serves and (not found or found[-1][1] is not None):
                found.append((change.day, None))
            elif not serves and found and found[-1][1] is None:
                found[-1] = (found[-1][0], change.day)
        return found

    def people(self) -> list[str]:
        """Everybody who ever served."""
        return sorted({name for change in self.changes for name in change.serving})
