"""The complaint procedures as numbers (R-5, L-10, L-16): adopted, tested, published, reviewed.

Nothing here knows a case. What happens to one is casework's own half; the charter's book sees
procedures, drills, aggregates, the retention auditor's result and the firm's inquiry.
"""

from datetime import date

from review.charter import annual
from review.charter.annual import Act, Yearly
from review.charter.book import Event, Row
from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import days_after, years_after

_OPINIONS = {"NO_EXCEPTIONS": Status.SATISFIED, "EXCEPTIONS_NOTED": Status.OVERDUE}
LEAVES = ("R-5.1", "R-5.2", "R-5.5", "L-10", "L-16")


def assess(notes: Notes) -> None:
    """K09 to K11 and K13, with the instances of R-5 that numbers can show."""
    adopted = [e for e in notes.view.of("complaint_procedures_adopted") if notes.acted(e)]
    reviews = [e for e in notes.view.of("complaint_procedures_reviewed") if notes.acted(e)]
    acts = [(event.day_of, event.id) for event in (*adopted, *reviews)]

    def procedures(day: date) -> str:
        known = [event.text("procedures") for event in adopted if event.day_of <= day]
        return known[-1] if known else "committee"

    what = "The review of the complaint procedures"
    annual.assess(notes, Yearly("R-5.1", "K10", procedures, what, acts, breach=False))
    if not adopted and notes.view.is_kept("R-5.1", notes.view.as_of):
        notes.occurrence("R-5.1", "committee", Status.OVERDUE)
    _channels(notes, adopted)
    _published(notes)
    _checked(notes)
    _aggregates(notes)
    for event in notes.view.of("firm_inquiry_received"):
        _inquiry(notes, event)
    for event in notes.view.of("attorney_report_received"):
        _attorney(notes, event)


def _channels(notes: Notes, adopted: list[Event]) -> None:
    """K09 for each channel of the procedures: a test in time, and one that passed."""
    opened: dict[str, date] = {}
    for event in adopted:
        for channel in event.texts("channels"):
            opened.setdefault(channel, event.day_of)
    tests = notes.view.by("channel", "channel_tested")
    for channel in sorted({*opened, *tests}):
        own = tests.get(channel, ())
        points = []
        starts = [(opened[channel], "")] if channel in opened else []
        starts += [(event.day_of, event.text("result")) for event in own]
        starts.sort()
        for place, (day, result) in enumerate(starts):
            following = starts[place + 1][0] if place + 1 < len(starts) else None
            bad = result == "FAILED"
            points.append(Point(day, Severity.H if bad else None))
            late = days_after(day, notes.view.number("channel_test_days", day) + 1)
            if late <= notes.view.as_of and (following is None or late < following):
                points.append(Point(late, Severity.H if bad else Severity.W))
        for run in episodes(points):
            notes.finding(
                "K09", channel, run.since, run.severity,
                f"The channel {channel} was not tested in time, or its test did not pass.",
                until=run.until, records=[event.id for event in own], condition=True,
            )  # fmt: skip
        last, result = starts[-1]
        due = days_after(last, notes.view.number("channel_test_days", last))
        status = Status.OVERDUE if result == "FAILED" else notes.status(due, None, Status.OVERDUE)
        fresh = result == "PASSED" and status is Status.UPCOMING
        year = [event for event in own if event.day_of > years_after(notes.view.as_of, -1)]
        passed = sum(event.text("result") == "PASSED" for event in year)
        notes.occurrence(
            "R-5.2", channel, Status.SATISFIED if fresh else status, due=due,
            records=[own[-1].id if own else ""], figures={"tests": len(year), "passed": passed},
        )  # fmt: skip


def _checked(notes: Notes) -> None:
    """R-5.3 by the retention auditor's last result: kept as it must be, not, or not to be told."""
    checks = notes.view.of("retention_checked")
    for event in checks[-1:]:
        status = _OPINIONS.get(event.text("opinion"), Status.JUDGEMENT)
        counts = [row.number("count") for row in event.rows("exceptions")]
        notes.occurrence(
            "R-5.3", event.text("period"), status, period=event.text("period"),
            records=[event.id], figures={"exceptions": sum(counts)},
        )  # fmt: skip


def _aggregates(notes: Notes) -> None:
    """R-5.4: each quarter's released numbers, as they came; whether a case was treated in time is
    casework's to say, so they leave the leaf unknown.
    """
    for event in notes.view.of("quarter_aggregate"):
        cells = event.row("cells") or Row({})
        figures = {
            name: cell
            for name, cell in cells.fields.items()
            if isinstance(cell, int | str) and not isinstance(cell, bool)
        }
        notes.occurrence(
            "R-5.4", event.text("period"), Status.UNKNOWN, period=event.text("period"),
            records=[event.id], figures=figures,
        )  # fmt: skip


def _published(notes: Notes) -> None:
    """R-5.5: employees hear of the channel once in each fiscal year."""
    events = notes.view.of("complaint_procedures_published", "awareness_raised")
    acts: list[Act] = [(event.day_of, event.id) for event in events]
    for year in notes.facts.fiscal_years("R-5.5"):
        start, end = notes.facts.calendar.start(year), notes.facts.calendar.end(year)
        done = next((act for act in acts if start <= act[0] <= end), None)
        notes.due(
            "R-5.5", "committee", end, done[0] if done else None, bucket_from=start,
            period=year_name(year), records=[done[1] if done else ""],
        )  # fmt: skip


def _inquiry(notes: Notes, event: Event) -> None:
    """K11: from the day the firm asks until a valid decision answers; H at its report."""
    name, year = event.text("inquiry"), event.number("fiscal_year")
    answers = [
        one
        for one in notes.view.by("inquiry", "firm_inquiry_answered").get(name, ())
        if notes.acted(one, "released_by")
    ]
    done = min((one.day_of for one in answers), default=None)
    report = notes.facts.filings.ard(year, event.text("firm"))
    late = report is not None and (done is None or done >= report)
    if done is None or done > event.day_of:
        notes.finding(
            "K11", name, event.day_of, Severity.H if late else Severity.W,
            f"The firm's inquiry of {event.day_of} is not answered.",
            until=done, due=report, period=year_name(year), records=[event.id],
        )  # fmt: skip
    notes.due(
        "L-16", name, report, done, bucket_from=event.day_of, period=year_name(year),
        records=[event.id, *(one.id for one in answers)],
    )  # fmt: skip


def _attorney(notes: Notes, event: Event) -> None:
    logged = event.flag("logged")
    if not logged:
        notes.finding(
            "K13", event.id, event.day_of, Severity.H,
            f"The attorney's report of {event.day_of} is not logged.", records=[event.id],
        )  # fmt: skip
    notes.occurrence(
        "L-10", event.id, Status.SATISFIED if logged else Status.OVERDUE, due=event.day_of,
        records=[event.id],
    )  # fmt: skip
