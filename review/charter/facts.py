"""Everything the duties share, worked out once for a view and only when asked for."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from review.charter.book import Event
from review.charter.calendars import FiscalCalendar
from review.charter.engagements import Engagements
from review.charter.filings import Filings, StockholderMeetings
from review.charter.gatherings import Gatherings
from review.charter.payments import Payments
from review.charter.rulings import Rulings
from review.charter.seats import Seats
from review.charter.view import View
from review.workdays import days_after


class Facts:
    """The view of a book, and what is looked up in it again and again."""

    def __init__(self, view: View) -> None:
        self.view = view

    @property
    def as_of(self) -> date:
        """The day of the assessment."""
        return self.view.as_of

    @property
    def calendar(self) -> FiscalCalendar:
        """The company's fiscal years."""
        return self.view.calendar

    @cached_property
    def seats(self) -> Seats:
        """The committee's seats."""
        return Seats(self.view, "COMMITTEE")

    @cached_property
    def gatherings(self) -> Gatherings:
        """The committee's meetings."""
        return Gatherings(self.view, self.seats)

    @cached_property
    def rulings(self) -> Rulings:
        """Decisions, looked up."""
        return Rulings(self.view, self.seats, self.gatherings)

    @cached_property
    def filings(self) -> Filings:
        """Filings and audit reports."""
        return Filings(self.view)

    @cached_property
    def stockholder_meetings(self) -> StockholderMeetings:
        """Annual meetings of stockholders."""
        return StockholderMeetings(self.view)

    @cached_property
    def engagements(self) -> Engagements:
        """The firm's engagements."""
        return Engagements(self.view)

    @cached_property
    def payments(self) -> Payments:
        """Invoices and what was paid on them."""
        return Payments(self.view)

    @cached_property
    def discussions(self) -> Mapping[str, list[Event]]:
        """The valid discussions of independence, by the letter discussed."""
        found: dict[str, list[Event]] = {}
        for event in self.view.of("independence_discussed"):
            if self.rulings.committee_acted(event):
                for name in event.texts("letters"):
                    found.setdefault(name, []).append(event)
        return found

    def judgement(self, about: str, *questions: str) -> tuple[str, date, str] | None:
        """The last conclusion a person reached on one of the questions: it, its day, the event."""
        found = None
        for event in self.view.by("about", "judgement_recorded").get(about, ()):
            if event.text("question") in questions:
                found = (event.text("conclusion"), event.day_of, event.id)
        return found

    def fiscal_years(self, leaf: str) -> list[int]:
        """The fiscal years up to as_of that touch a leaf's kept time."""
        spans = self.view.kept_spans(leaf)
        last = self.calendar.year_of(self.as_of)
        years: set[int] = set()
        for begin, end in spans:
            first = self.calendar.year_of(begin)
            years.update(range(first, min(last, self.calendar.year_of(end)) + 1))
        return sorted(years)

    def cycle_start(self, fiscal_year: int) -> date:
        """The first day of a year's audit cycle: after the 10-K before it, else of the year."""
        before = self.filings.kfd(fiscal_year - 1)
        return days_after(before, 1) if before else self.calendar.start(fiscal_year)

    def keeps_cycle(self, leaf: str, fiscal_year: int) -> bool:
        """Whether the book is kept for a leaf since the cycle began, so that it can be missed."""
        return self.view.is_kept(leaf, self.cycle_start(fiscal_year))

    def keeps_quarter(self, leaf: str, fiscal_year: int, quarter: int) -> bool:
        """Whether the book is kept for a leaf since a quarter began."""
        before = (fiscal_year, quarter - 1) if quarter > 1 else (fiscal_year - 1, 4)
        return self.view.is_kept(leaf, days_after(self.calendar.quarter_end(*before), 1))
