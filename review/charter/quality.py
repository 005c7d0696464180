"""The firm's quality-control report (R-1f.1): received, complete, reviewed once a year.

The duty is met by a report of the firm that was the incumbent when it was reviewed. A new firm's
missing report is a warning beside it, and no missed year.
"""

from datetime import date

from review.charter import annual
from review.charter.annual import Yearly
from review.charter.book import Event, Row
from review.charter.calendars import year_name
from review.charter.findings import Severity
from review.charter.notes import Notes
from review.workdays import days_after, years_after

LEAVES = ("R-1f.1",)
LOOK_BACK_YEARS, NEW_REPORT_DAYS = 5, 90
Reviews = list[tuple[date, Event, Event]]


def assess(notes: Notes) -> None:
    """Q01 to Q05, with the instances of R-1f.1."""
    reports = {
        event.text("quality_control_report"): event
        for event in reversed(notes.view.of("quality_control_report_received"))
    }
    reviews: Reviews = [
        (event.day_of, event, reports[name])
        for event in notes.view.of("quality_control_report_reviewed")
        if (name := event.text("quality_control_report")) in reports and notes.acted(event)
    ]
    counted = [
        (day, event.id) for day, event, report in reviews if _was_incumbent(notes, day, report)
    ]

    def firm(day: date) -> str:
        incumbent = notes.facts.engagements.incumbent(min(day, notes.view.as_of))
        return incumbent.firm if incumbent else "committee"

    what = "The review of a quality-control report"
    annual.assess(notes, Yearly("R-1f.1", "Q01", firm, what, counted))
    for report in reports.values():
        _complete(notes, report, reports)
    _inspections(notes, reviews)
    _other_firm(notes, reviews)


def _was_incumbent(notes: Notes, day: date, report: Event) -> bool:
    """Whether the report is that of the firm in office when it was reviewed, if that is known."""
    engagement = notes.facts.engagements.incumbent(day)
    return engagement is None or engagement.firm == report.text("firm")


def _complete(notes: Notes, report: Event, reports: dict[str, Event]) -> None:
    name, elements = report.text("quality_control_report"), report.row("elements") or Row({})
    lacks = [part for part, said in elements.fields.items() if said == "ABSENT"]
    until = min(
        (
            one.day_of
            for one in reports.values()
            if one.text("firm") == report.text("firm") and one.day_of > report.day_of
        ),
        default=None,
    )
    as_of, back = report.day("content_as_of"), report.day("lookback_from")
    if as_of is not None and (back is None or back > years_after(as_of, -LOOK_BACK_YEARS)):
        lacks.append("five years of inquiries")
    if lacks:
        notes.finding(
            "Q02", name, report.day_of, Severity.W,
            f"The report lacks {', '.join(part.replace('_', ' ') for part in lacks)}.",
            until=until, records=[report.id],
        )  # fmt: skip
    without = [row.text("issue") for row in report.rows("issues") if not row.flag("steps")]
    if without:
        notes.finding(
            "Q03", name, report.day_of, Severity.H,
            f"{len(without)} issues in the report have no steps.",
            until=until, figures={"count": len(without)}, records=[report.id],
        )  # fmt: skip


def _inspections(notes: Notes, reviews: Reviews) -> None:
    """Q04: a PCAOB report on the firm in office that no reviewed report covers after 90 days."""
    for event in notes.view.of("inspection_report_published"):
        firm, number = event.text("firm"), event.text("number")
        engagement = notes.facts.engagements.incumbent(event.day_of)
        if engagement is None or engagement.firm != firm:
            continue
        done = [
            day
            for day, _, report in reviews
            if report.text("firm") == firm
            and day >= event.day_of
            and (not number or number in report.texts("inspection_reports"))
        ]
        due, first = days_after(event.day_of, NEW_REPORT_DAYS), min(done, default=None)
        if first is None or first > due:
            notes.finding(
                "Q04", firm, days_after(due, 1), Severity.W,
                f"The PCAOB's report of {event.day_of} on {firm} was not reviewed by {due}.",
                until=first, due=due, period=year_name(event.number("year")), records=[event.id],
            )  # fmt: skip


def _other_firm(notes: Notes, reviews: Reviews) -> None:
    """Q05: the year's report is not that of the firm in office at its end."""
    for year in notes.facts.fiscal_years("R-1f.1"):
        end = notes.facts.calendar.end(year)
        engagement = notes.facts.engagements.incumbent(end)
        in_year = [row for row in reviews if notes.facts.calendar.year_of(row[0]) == year]
        if engagement is None or not in_year or end > notes.view.as_of:
            continue
        if any(report.text("firm") == engagement.firm for _, _, report in in_year):
            continue
        later = [
            day
            for day, _, report in reviews
            if report.text("firm") == engagement.firm and day > end
        ]
        notes.finding(
            "Q05", engagement.firm, end, Severity.W,
            f"The report reviewed in {year_name(year)} is not that of {engagement.firm}.",
            until=min(later, default=None), period=year_name(year),
            records=[event.id for _, event, _ in in_year],
        )  # fmt: skip
