"""The firm's engagements: one for each firm and fiscal year, from selection to ending."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from review.charter.book import Event
from review.charter.view import View


@dataclass
class Engagement:
    """A firm's mandate for a year, and what happened to it."""

    id: str
    firm: str
    fiscal_year: int
    selected: list[Event] = field(default_factory=list)
    agreed: list[Event] = field(default_factory=list)
    fees: list[Event] = field(default_factory=list)
    ended: Event | None = None

    @property
    def engaged_on(self) -> date | None:
        """The day from which the firm is engaged: the letter was executed."""
        return self.agreed[0].day_of if self.agreed else None

    @property
    def selected_on(self) -> date | None:
        """The day it was first chosen."""
        return self.selected[0].day_of if self.selected else None

    def take(self, event: Event) -> None:
        """Note what happened to it; the first ending holds."""
        if event.type == "engagement_agreed":
            self.agreed.append(event)
        elif event.type == "fee_set":
            self.fees.append(event)
        else:
            self.ended = self.ended or event

    @cached_property
    def begins(self) -> date:
        """The first day anything of it is on record."""
        days = [day for day in (self.selected_on, self.engaged_on) if day]
        return min(days, default=date.max)

    def covers(self, day: date) -> bool:
        """Whether it was chosen or agreed by a day and had not ended."""
        return self.begins <= day and (self.ended is None or self.ended.day_of > day)


class Engagements:
    """All engagements of the book."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.by_id: dict[str, Engagement] = {}
        for event in view.of("firm_selected"):
            self._named(event).selected.append(event)
        for event in view.of("engagement_agreed", "fee_set", "engagement_ended"):
            known = self.by_id.get(event.text("engagement"))
            if known is not None:
                known.take(event)
        self.all = sorted(self.by_id.values(), key=lambda one: (one.begins, one.id))
        self._years: dict[int, list[Engagement]] = {}
        self._firms: dict[str, list[Engagement]] = {}
        for one in self.all:
            self._years.setdefault(one.fiscal_year, []).append(one)
            self._firms.setdefault(one.firm, []).append(one)
        self._newest = sorted(self._years, reverse=True)

    def _named(self, event: Event) -> Engagement:
        name = event.text("engagement")
        if name not in self.by_id:
            firm, year = event.text("firm"), event.number("fiscal_year")
            self.by_id[name] = Engagement(name, firm, year)
        return self.by_id[name]

    def of_year(self, fiscal_year: int) -> list[Engagement]:
        """The engagements for a year, oldest first."""
        return self._years.get(fiscal_year, [])

    def of_firm(self, firm: str) -> list[Engagement]:
        """A firm's engagements, oldest first."""
        return self._firms.get(firm, [])

    def incumbent(self, day: date) -> Engagement | None:
        """The engagement in force on a day: the one for its year, else the latest before."""
        year = self._view.calendar.year_of(day)
        for candidate in (*(y for y in self._newest if y <= year), *self._newest):
            running = [one for one in self._years[candidate] if one.covers(day)]
            if running:
                return running[-1]
        return None

    def ended_for(self, firm: str) -> date | None:
        """The day a firm's last engagement ended, if none of it runs any more."""
        own = self.of_firm(firm)
        ends = [one.ended.day_of for one in own if one.ended]
        return max(ends) if own and own[-1].ended and ends else None

    def is_new(self, engagement: Engagement) -> bool:
        """Whether the book shows that the firm was not the company's firm the year before.

        It does if another firm was engaged for that year, or if the book is kept for the selection
        of a firm since before that year and names none.
        """
        year = engagement.fiscal_year
        if any(one.fiscal_year < year for one in self.of_firm(engagement.firm)):
            return False
        if any(one.firm != engagement.firm for one in self.of_year(year - 1)):
            return True
        others = [one for one in self.of_year(year) if one.begins < engagement.begins]
        before = self._view.calendar.start(year - 1)
        return bool(others) or self._view.is_kept("R-1a.1", before, engagement.begins)


def services_in_scope(engagements: Engagements) -> Mapping[str, list[tuple[Engagement, Event]]]:
    """For each service, the agreements that name it in their scope."""
    found: dict[str, list[tuple[Engagement, Event]]] = {}
    for one in engagements.all:
        for event in one.agreed:
            for service in event.texts("services"):
                found.setdefault(service, []).append((one, event))
    return found
