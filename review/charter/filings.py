"""The company's filings and the firm's reports, as the days that other rules hang on.

KFD is the 10-K's filing day, QFD the 10-Q's, PFD the proxy statement's, ARD the day of the audit
report, ASM the annual meeting of stockholders.
"""

from datetime import date

from review.charter.book import Event
from review.charter.view import View


class Filings:
    """Filings and reports by fiscal year."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.all = view.of("filing_made")
        self._first: dict[tuple[str, int, int], Event] = {}
        for event in self.all:
            key = (event.text("form"), event.number("fiscal_year"), event.number("quarter"))
            self._first.setdefault(key, event)
        self._reports: dict[int, list[Event]] = {}
        for event in view.of("firm_report_issued"):
            if event.text("kind") == "AUDIT":
                self._reports.setdefault(event.number("fiscal_year"), []).append(event)
        self._by_id = {event.text("filing"): event for event in reversed(self.all)}

    def by_id(self, name: str) -> Event | None:
        """A filing by its name."""
        return self._by_id.get(name)

    def annual(self, fiscal_year: int) -> Event | None:
        """The year's 10-K, once filed."""
        return self._first.get(("10-K", fiscal_year, 0))

    def quarterly(self, fiscal_year: int, quarter: int) -> Event | None:
        """A quarter's 10-Q, once filed."""
        return self._first.get(("10-Q", fiscal_year, quarter))

    def proxy(self, fiscal_year: int) -> Event | None:
        """The proxy statement that reports on a year, once filed."""
        return self._first.get(("DEF 14A", fiscal_year, 0))

    def kfd(self, fiscal_year: int) -> date | None:
        """The day the year's 10-K was filed."""
        found = self.annual(fiscal_year)
        return found.day_of if found else None

    def ard(self, fiscal_year: int, firm: str = "") -> date | None:
        """The day of the year's first audit report, of one firm if it issued one."""
        reports = self._reports.get(fiscal_year, [])
        own = [event for event in reports if event.text("firm") == firm]
        found = own or reports
        return found[0].day_of if found else None

    def audit_years(self) -> list[int]:
        """The years for which a 10-K was filed."""
        return sorted({year for form, year, _ in self._first if form == "10-K"})

    def quarters(self) -> list[Event]:
        """Every first 10-Q, by day."""
        return [event for key, event in self._first.items() if key[0] == "10-Q"]

    def reports_on(self, name: str, form: str, item: str = "") -> list[Event]:
        """The current reports that say they are about an event or entity, for one item."""
        return [
            event
            for event in self.all
            if event.text("form") == form
            and name in event.texts("about")
            and (not item or any(text.startswith(item) for text in event.texts("items")))
        ]


class StockholderMeetings:
    """Annual meetings of stockholders: planned, moved and held."""

    def __init__(self, view: View) -> None:
        self._held: dict[str, date] = {}
        for event in view.of("stockholder_meeting_held"):
            self._held.setdefault(event.text("stockholder_meeting"), event.day_of)
        self._plans: dict[str, list[tuple[date, date]]] = {}
        for event in view.of("stockholder_meeting_planned"):
            plan = (event.day_of, event.day("for_date") or event.day_of)
            self._plans.setdefault(event.text("stockholder_meeting"), []).append(plan)

    def held(self) -> list[tuple[date, str]]:
        """The meetings that were held, oldest first."""
        return sorted((day, name) for name, day in self._held.items())

    def next_after(self, day: date) -> date | None:
        """The next annual meeting after a day: as held, else as last planned."""
        days = [when for when in self._held.values() if when > day]
        for name, plans in self._plans.items():
            if name not in self._held and plans[-1][1] > day:
                days.append(plans[-1][1])
        return min(days, default=None)
