"""The audit plan (R-2): scope and resources reviewed before fieldwork, and each change of it.

The Qn meeting is the last regular meeting held after the end of fiscal quarter n and before the end
of the next one; where none was held, the tests fall on that quarter's last day.
"""

from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.facts import Facts
from review.charter.findings import Severity, Status
from review.charter.notes import Notes

LEAVES = ("R-2.1", "R-2.2")


def quarter_meeting(facts: Facts, fiscal_year: int, quarter: int) -> date:
    """The day of the meeting after a quarter: the last regular one held, else its last day."""
    after = facts.calendar.quarter_end(fiscal_year, quarter)
    following = (fiscal_year, quarter + 1) if quarter < 4 else (fiscal_year + 1, 1)
    before = facts.calendar.quarter_end(*following)
    days = [one.day for one in facts.gatherings.regular if after < one.day <= before]
    return max(days, default=before)


def assess(notes: Notes) -> None:
    """L01 to L04, with the instances of R-2."""
    plans = notes.view.of("audit_plan_presented")
    reviews = [e for e in notes.view.of("audit_plan_reviewed") if notes.acted(e)]
    by_plan: dict[str, list[Event]] = {}
    for event in reviews:
        by_plan.setdefault(event.text("plan"), []).append(event)
    for year in notes.facts.fiscal_years("R-2.1"):
        own = list(notes.view.of_year("audit_plan_presented", year))
        names = dict.fromkeys(event.text("plan") for event in own)
        _year(notes, year, own, [event for name in names for event in by_plan.get(name, ())])
    for event in plans:
        if event.number("version") >= 2:
            _change(notes, event, by_plan.get(event.text("plan"), []))
    _fieldwork(notes, by_plan)


def _first(reviews: list[Event], part: str) -> date | None:
    return min((e.day_of for e in reviews if part in e.texts("covers")), default=None)


def _about(notes: Notes, year: int, plans: list[Event], day: date) -> str:
    """The plan as it stood on a day, else the firm: what was missed keeps its name."""
    there = [event for event in plans if event.day_of <= day]
    if there:
        return there[-1].text("plan")
    incumbent = notes.facts.engagements.incumbent(
        min(notes.view.as_of, notes.facts.calendar.end(year))
    )
    return incumbent.firm if incumbent else "committee"


def _year(notes: Notes, year: int, plans: list[Event], reviews: list[Event]) -> None:
    scope, resources = _first(reviews, "SCOPE"), _first(reviews, "RESOURCES")
    start = notes.facts.calendar.start(year)
    about = _about(notes, year, plans, notes.view.as_of)
    second, third = (quarter_meeting(notes.facts, year, n) for n in (2, 3))
    report = notes.facts.filings.ard(year)
    steps = [(second, Severity.W), (third, Severity.H)]
    steps += [(report, Severity.B)] if report else []
    points = [
        Point(day, severity)
        for day, severity in sorted(steps)
        if day <= notes.view.as_of and (scope is None or scope > day)
    ]
    if notes.view.is_kept("R-2.1", start):
        for run in episodes([*points, *([Point(scope, None)] if scope else [])]):
            notes.finding(
                "L01", _about(notes, year, plans, run.since), run.since, run.severity,
                f"The audit plan for {year_name(year)} was not reviewed by {run.since}.",
                until=run.until, due=third, period=year_name(year),
                records=[event.id for event in plans],
            )  # fmt: skip
    if scope is not None and (resources is None or resources > scope):
        notes.finding(
            "L03", _about(notes, year, plans, scope), scope, Severity.W,
            f"The plan was reviewed on {scope}, and the use of resources was not minuted.",
            until=resources, period=year_name(year), records=[event.id for event in reviews],
        )  # fmt: skip
    breached = report is not None and report <= notes.view.as_of
    for leaf, day in (("R-2.1", scope), ("R-2.2", resources)):
        notes.due(
            leaf, about, third, day, missed=Status.BREACHED if breached else Status.OVERDUE,
            bucket_from=start, period=year_name(year), records=[event.id for event in reviews],
        )  # fmt: skip


def _change(notes: Notes, plan: Event, done: list[Event]) -> None:
    """L02: a changed plan is reviewed at the next regular meeting."""
    day = min((event.day_of for event in done), default=None)
    meeting = (done[0].row("decision") or done[0]).text("meeting") if done else ""
    due, held = notes.facts.gatherings.next_regular(plan.day_of, meeting)
    if due is not None and held and (day is None or day > due):
        notes.finding(
            "L02", plan.text("plan"), due, Severity.H,
            f"Version {plan.number('version')} of the plan was not reviewed on {due}.",
            until=day, due=due, period=year_name(plan.number("fiscal_year")), records=[plan.id],
        )  # fmt: skip


def _fieldwork(notes: Notes, by_plan: dict[str, list[Event]]) -> None:
    """L04: fieldwork that began before anybody had reviewed the plan for its year."""
    seen: set[int] = set()
    for event in notes.view.of("fieldwork_started"):
        year = event.number("fiscal_year")
        if year in seen:
            continue
        seen.add(year)
        own = list(notes.view.of_year("audit_plan_presented", year))
        names = {one.text("plan") for one in own}
        day = _first([one for name in names for one in by_plan.get(name, ())], "SCOPE")
        if day is None or day > event.day_of:
            notes.finding(
                "L04", _about(notes, year, own, event.day_of), event.day_of, Severity.W,
                f"Fieldwork for {year_name(year)} began on {event.day_of}, before the review.",
                until=day, period=year_name(year), records=[event.id],
            )  # fmt: skip
