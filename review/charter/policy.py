"""The pre-approval policy (R-1e): one in force, specific, reviewed, and each use of it reported."""

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.charter.services import Approval, Services, entry_problem
from review.workdays import days_after, months_after

LEAVES = ("R-1e.1", "R-1e.2", "R-1e.3")


def assess(notes: Notes, services: Services) -> None:
    """P05, P19 and P20, with the instances of R-1e."""
    versions = services.policies.versions
    for version in versions:
        _entries(notes, version, services)
    for approval in services.approvals:
        if approval.route == "POLICY":
            _reported(notes, approval)
    if versions:
        newest = versions[-1]
        notes.occurrence("R-1e.1", newest.text("policy"), Status.SATISFIED, records=[newest.id])
    elif notes.view.is_kept("R-1e.1", notes.view.as_of):
        notes.occurrence("R-1e.1", "committee", Status.OVERDUE)
    _reviews(notes, versions)


def _entries(notes: Notes, version: Event, services: Services) -> None:
    for entry in version.rows("entries"):
        problem = entry_problem(entry)
        if problem:
            notes.finding(
                "P05",
                entry.text("entry"),
                version.day_of,
                Severity.H,
                f"The policy {version.text('policy')} is too broad: {problem}.",
                until=services.policies.replaced_on(version),
                records=[version.id],
                condition=True,
            )


def _reviews(notes: Notes, versions: list[Event]) -> None:
    """P19 W from twelve months after the last review; R-1e.2 once in each fiscal year."""
    reviews = [e for e in notes.view.of("pre_approval_policy_reviewed") if notes.acted(e)]
    days = sorted({(e.day_of, e.id) for e in (*versions, *reviews)})
    names = {e.id: e.text("policy") for e in (*versions, *reviews)}
    months = notes.view.number("annual_warn_months")
    for place, (day, record) in enumerate(days):
        following = days[place + 1][0] if place + 1 < len(days) else None
        since = days_after(months_after(day, months), 1)
        if following is None or following >= since:
            notes.finding(
                "P19",
                names[record],
                since,
                Severity.W,
                f"The policy was last reviewed on {day}.",
                until=following,
                records=[record],
            )
    for year in notes.facts.fiscal_years("R-1e.2"):
        done = [day for day, _ in days if notes.facts.calendar.year_of(day) == year]
        notes.due(
            "R-1e.2",
            "committee",
            notes.facts.calendar.end(year),
            min(done, default=None),
            bucket_from=notes.facts.calendar.start(year),
            period=year_name(year),
        )


def _reported(notes: Notes, approval: Approval) -> None:
    """P20: the committee hears of each use at the next regular meeting."""
    for name in approval.services:
        told = [
            (e.day_of, (e.row("decision") or e).text("meeting"), e.id)
            for e in notes.view.by("service", "policy_use_presented").get(name, ())
            if e.day_of >= approval.day and notes.acted(e)
        ]
        done, meeting = (told[0][0], told[0][1]) if told else (None, "")
        due, held = notes.facts.gatherings.next_regular(approval.day, meeting)
        records = [approval.event.id, told[0][2] if told else ""]
        if due is not None and held and (done is None or done > due):
            notes.finding(
                "P20",
                name,
                due,
                Severity.H,
                f"The committee was not told on {due} that {name} was used under the policy.",
                until=done,
                due=due,
                records=records,
            )
        status = notes.status(due, done, Status.OVERDUE)
        if held and done is None:
            status = Status.OVERDUE
        if done is not None or notes.view.is_kept("R-1e.3", approval.day):
            notes.occurrence("R-1e.3", name, status, due=due, records=records)
