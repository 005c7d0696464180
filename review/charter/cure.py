"""Lapses of the committee and their cure periods under the exchange's rules (5605(c)(4)).

One vacancy is cured by the earlier of the next annual meeting and a year; if that meeting is 180
days away or less, by the 180th day. A member's loss of independence outside their control is cured
by the earlier of the meeting and a year. A second lapse while one is being cured, or two vacancies,
leave no cure period. The charter itself knows none.
"""

from dataclasses import dataclass
from datetime import date

from review.charter.book import Event
from review.charter.directors import Directors, Taint
from review.charter.facts import Facts
from review.workdays import days_after, on_or_after, years_after

MEMBERS = 3
HALF_YEAR = 180
NASDAQ = "NASDAQ"


@dataclass(frozen=True)
class Lapse:
    """A time in which the committee was not composed as it must be."""

    kind: str
    event: Event
    since: date
    until: date | None
    raw: date | None
    hopeless: date | None
    """The day from which no cure period runs, if there is one."""

    @property
    def deadline(self) -> date | None:
        """The deadline, moved off weekends and holidays."""
        return on_or_after(self.raw) if self.raw else None

    def cure_ended(self, day: date) -> bool:
        """Whether the listing is breached at the end of a day."""
        # Without a known annual meeting the period is over after a year at the latest.
        late = day > (self.deadline or years_after(self.since, 1))
        return late or (self.hopeless is not None and day >= self.hopeless)

    def figures(self) -> dict[str, str | int]:
        """Both dates, as findings show them."""
        if self.raw is None or self.deadline is None:
            return {}
        return {"deadline_raw": str(self.raw), "deadline_rolled": str(self.deadline)}


def vacancy_deadline(event_on: date, meeting: date | None) -> date | None:
    """By when one vacancy is to be filled; None while no annual meeting is known."""
    if meeting is None:
        return None
    half = days_after(event_on, HALF_YEAR)
    return half if meeting <= half else min(meeting, years_after(event_on, 1))


def independence_deadline(event_on: date, meeting: date | None) -> date | None:
    """By when a member who lost independence is to be replaced."""
    return min(meeting, years_after(event_on, 1)) if meeting else None


class Lapses:
    """The lapses of a book, with what they do to each other."""

    def __init__(self, facts: Facts, directors: Directors) -> None:
        self._facts = facts
        self._has_cure = facts.view.book.exchange == NASDAQ
        self.taints = list(directors.taints())
        vacancies = self._runs()
        lost = [self._of_taint(taint) for taint in self.taints if not taint.needs_judgement]
        self.stacked = self._stacking([*vacancies, *lost])
        self.vacancies = [self._marked(one) for one in vacancies]
        self.lost = {id(t): self._marked(self._of_taint(t)) for t in self.taints}

    def _runs(self) -> list[Lapse]:
        """The times with fewer than three members."""
        found: list[Lapse] = []
        running: tuple[Event, date, date | None] | None = None
        for change in self._facts.seats.changes:
            count = len(change.serving)
            if count < MEMBERS:
                begin = running or (change.events[0], change.day, None)
                alone = begin[2] or (change.day if count < MEMBERS - 1 else None)
                running = (begin[0], begin[1], alone)
            elif running is not None:
                found.append(self._vacancy(running, change.day))
                running = None
        return [*found, self._vacancy(running, None)] if running else found

    def _vacancy(self, run: tuple[Event, date, date | None], until: date | None) -> Lapse:
        event, since, alone = run
        meeting = self._facts.stockholder_meetings.next_after(since)
        raw = vacancy_deadline(since, meeting) if self._has_cure else None
        first = event.type != "seat_ended"
        return Lapse("VACANCY", event, since, until, raw, since if first else alone)

    def _of_taint(self, taint: Taint) -> Lapse:
        meeting = self._facts.stockholder_meetings.next_after(taint.since)
        raw = independence_deadline(taint.since, meeting) if self._has_cure else None
        hopeless = taint.since if taint.within_control else None
        return Lapse("INDEPENDENCE", taint.event, taint.since, taint.until, raw, hopeless)

    @staticmethod
    def _stacking(lapses: list[Lapse]) -> list[tuple[date, date | None, tuple[str, ...]]]:
        """From when to when lapses lay upon each other, so that no cure period runs."""
        found: list[tuple[date, date | None, tuple[str, ...]]] = [
            (one.hopeless, one.until, (one.event.id,))
            for one in lapses
            if one.kind == "VACANCY" and one.hopeless and one.event.type == "seat_ended"
        ]
        ordered = sorted(lapses, key=lambda one: (one.since, one.event.id))
        for place, later in enumerate(ordered):
            for one in ordered[:place]:
                if one.until is None or one.until > later.since:
                    ends = [end for end in (one.until, later.until) if end]
                    until = max(ends) if len(ends) == 2 else None
                    found.append((later.since, until, (one.event.id, later.event.id)))
        return sorted(found, key=lambda row: row[0])

    def _marked(self, lapse: Lapse) -> Lapse:
        """The lapse with the day from which stacking takes its cure period away."""
        days = [
            max(since, lapse.since)
            for since, until, _ in self.stacked
            if (lapse.until is None or since < lapse.until)
            and (until is None or until > lapse.since)
        ]
        days += [lapse.hopeless] if lapse.hopeless else []
        first = min(days, default=None)
        return Lapse(lapse.kind, lapse.event, lapse.since, lapse.until, lapse.raw, first)

    def all(self) -> list[Lapse]:
        """Every lapse that the exchange has to hear of, oldest first."""
        own = [self.lost[id(t)] for t in self.taints if not t.needs_judgement]
        return sorted([*self.vacancies, *own], key=lambda one: (one.since, one.event.id))
