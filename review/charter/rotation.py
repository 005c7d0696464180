"""Partner rotation and cooling-off (L-04, L-05): people of the firm, counted in fiscal years.

A lead and a quality reviewing partner's years count together, at most five in a row and then five
away; other audit partners seven and two. Each year counts once, from the first day of any audit or
review work for it.
"""

from collections.abc import Iterable
from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import days_after, years_after

LEAVES = ("L-04", "L-05")
LEADING = ("LEAD", "EQR")
FEW_HOURS = 10


def assess(notes: Notes) -> None:
    """R01 to R05 and C01."""
    served = notes.view.of("partner_served")
    for person in sorted({event.text("person") for event in served}):
        own = [event for event in served if event.text("person") == person]
        _leading(notes, person, own, served)
        _others(notes, person, own)
        _reviewing(notes, person, own)
        if own:
            last = own[-1]
            notes.occurrence(
                "L-04", person, Status.SATISFIED, due=last.day_of,
                period=year_name(last.number("fiscal_year")), records=[last.id],
            )  # fmt: skip
    for event in notes.view.of("oversight_role_hired"):
        _hired(notes, event)


def _years(own: Iterable[Event], roles: tuple[str, ...]) -> dict[int, Event]:
    """The first record of service of each year in one of the roles."""
    found: dict[int, Event] = {}
    for event in own:
        if event.text("role") in roles:
            found.setdefault(event.number("fiscal_year"), event)
    return dict(sorted(found.items()))


def _runs(years: dict[int, Event]) -> list[list[int]]:
    """Years in a row, run by run."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _replaced(person: str, year: int, served: Iterable[Event]) -> date | None:
    """The first day another lead partner is on record for a year or a later one."""
    days = [
        event.day_of
        for event in served
        if event.text("role") == "LEAD"
        and event.text("person") != person
        and event.number("fiscal_year") >= year
    ]
    return min(days, default=None)


def _leading(notes: Notes, person: str, own: list[Event], served: Iterable[Event]) -> None:
    years, before = _years(own, LEADING), None
    for run in _runs(years):
        if len(run) >= 4:
            _last_years(notes, person, run, years, served)
        for year in run[5:]:
            until = _replaced(person, year, served)
            first = years[year]
            notes.finding(
                "R02", person, first.day_of, Severity.B,
                f"{person} serves a year beyond the fifth in a row, {year_name(year)}.",
                until=until if until and until > first.day_of else None,
                period=year_name(year), records=[first.id],
            )  # fmt: skip
        if before is not None and len(before) >= 5 and run[0] - before[-1] <= 5:
            first = years[run[0]]
            notes.finding(
                "R03", person, first.day_of, Severity.B,
                f"{person} came back in {year_name(run[0])}; the last year was"
                f" {year_name(before[-1])}.",
                period=year_name(run[0]), records=[first.id],
            )  # fmt: skip
        before = run


def _last_years(
    notes: Notes, person: str, run: list[int], years: dict[int, Event], served: Iterable[Event]
) -> None:
    """R01: the fourth year in a row asks for a successor, the fifth is the last."""
    until = _replaced(person, run[min(len(run), 5) - 1] + 1, served)
    fifth = len(run) >= 5
    notes.finding(
        "R01",
        person,
        years[run[3]].day_of,
        Severity.H if fifth else Severity.W,
        f"{person} serves the {'fifth' if fifth else 'fourth'} year in a row,"
        f" {year_name(run[4] if fifth else run[3])}.",
        until=until,
        figures={"count": min(len(run), 5)},
        records=[years[year].id for year in run[:5]],
    )


def _others(notes: Notes, person: str, own: list[Event]) -> None:
    """R04: seven years for other audit partners, then two away."""
    years, before = _years(own, ("OTHER_AP",)), None
    for run in _runs(years):
        back = before is not None and len(before) >= 7 and run[0] - before[-1] <= 2
        early = run[0] if back else None
        for year in [*([early] if early else []), *run[6:]]:
            breach = year == early or run.index(year) >= 7
            first = years[year]
            notes.finding(
                "R04", person, first.day_of, Severity.B if breach else Severity.H,
                f"{person} is an audit partner in {year_name(year)}, year"
                f" {run.index(year) + 1} in a row.",
                until=None if breach else _year_over(notes, year),
                period=year_name(year), records=[first.id],
            )  # fmt: skip
        before = run


def _year_over(notes: Notes, year: int) -> date | None:
    return notes.facts.filings.kfd(year)


def _reviewing(notes: Notes, person: str, own: list[Event]) -> None:
    """R05: who led one of the last two audits does not review the quality of this one."""
    led = set(_years(own, ("LEAD",)))
    for year, event in _years(own, ("EQR",)).items():
        if led & {year - 1, year - 2}:
            notes.finding(
                "R05", person, event.day_of, Severity.B,
                f"{person} reviews {year_name(year)} and led one of the two audits before it.",
                period=year_name(year), records=[event.id],
            )  # fmt: skip


def _hired(notes: Notes, event: Event) -> None:
    """C01: someone of the audit team is hired within the year before procedures began."""
    left = event.day("last_team_day")
    few = event.has("team_hours") and event.number("team_hours") <= FEW_HOURS
    person, firm = event.text("person"), event.text("former_firm")
    own = notes.facts.engagements.of_firm(firm)
    if left is None or few or not own:
        return
    begins = [_procedures_begin(notes, event.day_of)]
    begins += [
        days_after(filed, 1)
        for year in notes.facts.filings.audit_years()
        if (filed := notes.facts.filings.kfd(year)) and filed > event.day_of
    ]
    if left < years_after(begins[0], -1):
        return
    free = next((day for day in begins if left < years_after(day, -1)), None)
    ended = notes.facts.engagements.ended_for(firm)
    if ended is not None and ended <= event.day_of:
        notes.finding(
            "C01", person, event.day_of, Severity.I,
            f"{person} comes from the team of {firm}, which is not the firm any more.",
            until=free, records=[event.id],
        )  # fmt: skip
        return
    ends = [day for day in (free, ended) if day]
    notes.finding(
        "C01", person, event.day_of, Severity.B,
        f"{person} was hired on {event.day_of} and left the team of {firm} on {left}.",
        until=min(ends, default=None), records=[event.id],
    )  # fmt: skip


def _procedures_begin(notes: Notes, day: date) -> date:
    """The day the audit procedures of the running cycle are deemed to have begun."""
    filed = [
        found
        for year in notes.facts.filings.audit_years()
        if (found := notes.facts.filings.kfd(year)) and found <= day
    ]
    calendar = notes.facts.calendar
    return days_after(max(filed), 1) if filed else calendar.start(calendar.year_of(day))
