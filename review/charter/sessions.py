"""Executive sessions (MT-2): with management, the internal auditor and the firm, each alone.

A session counts only if nobody else was there: the members, counsel and that counterparty. Each
counterparty has its own counter, which starts with the last session or the first day it existed.
"""

from datetime import date

from review.charter.book import Row
from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.findings import SEVERITIES, Severity, Status
from review.charter.gatherings import Gathering
from review.charter.notes import Notes
from review.workdays import days_after, months_after

LEAVES = ("MT-2.1", "MT-2.2", "MT-2.3", "P-d")
COUNTERPARTIES = (
    ("N05a", "MT-2.1", "MANAGEMENT"),
    ("N05b", "MT-2.2", "INTERNAL_AUDITOR"),
    ("N05c", "MT-2.3", "FIRM"),
)


def assess(notes: Notes) -> None:
    """N05a to N05c and N09, with the instances of MT-2."""
    for code, leaf, party in COUNTERPARTIES:
        for begin, end in _existed(notes, leaf, party):
            _counter(notes, code, leaf, party, begin, end)
    _designated(notes)


def held_with(notes: Notes, party: str) -> list[date]:
    """The days of the sessions with a counterparty that count."""
    return [
        meeting.day
        for meeting in notes.facts.gatherings.held
        if meeting.counts
        for row in meeting.event.rows("executive_sessions")
        if row.text("with") == party and _alone(notes, meeting, row)
    ]


def _alone(notes: Notes, meeting: Gathering, session: Row) -> bool:
    """Whether the counterparty was there with members and counsel, and nobody else."""
    members = set(notes.facts.seats.serving(meeting.day)) | set(meeting.attended("MEMBER"))
    party, present = session.text("with"), session.texts("present")
    own = {name for name, kind in notes.view.book.people.items() if kind == party}
    own |= set(meeting.attended(party)) | _designees(notes, party)
    counsel = {name for name, kind in notes.view.book.people.items() if kind == "COUNSEL"}
    return (
        bool(own & set(present))
        and bool(members & set(present))
        and not set(present) - members - own - counsel
    )


def _designees(notes: Notes, party: str) -> set[str]:
    if party != "INTERNAL_AUDITOR":
        return set()
    events = notes.view.of("internal_audit_function_set")
    return {event.text("designee") for event in events if event.has("designee")}


def _existed(notes: Notes, leaf: str, party: str) -> list[tuple[date, date | None]]:
    """From when to when there was somebody to meet, within what the book is kept for."""
    if party == "INTERNAL_AUDITOR":
        return _function(notes)
    firms = [one.begins for one in notes.facts.engagements.all]
    spans = notes.view.kept_spans(leaf)
    if not spans:
        return []
    if party == "FIRM":
        return [(max(min(firms), spans[0][0]), None)] if firms else []
    return [(spans[0][0], None)]


def _function(notes: Notes) -> list[tuple[date, date | None]]:
    found: list[tuple[date, date | None]] = []
    for event in notes.view.of("internal_audit_function_set"):
        there = event.text("arrangement") != "NONE"
        if there and (not found or found[-1][1] is not None):
            found.append((event.day_of, None))
        elif not there and found and found[-1][1] is None:
            found[-1] = (found[-1][0], event.day_of)
    return found


def _counter(notes: Notes, code: str, leaf: str, party: str, begin: date, end: date | None) -> None:
    """The time since the last session, and the fiscal years that ended without one."""
    sessions = [day for day in held_with(notes, party) if end is None or day < end]
    starts = sorted({begin, *(day for day in sessions if day >= begin)})
    earlier = [day for day in sessions if day < begin]
    if earlier:
        starts[0] = max(earlier)
    points: list[Point] = []
    for place, start in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else end
        if place:
            points.append(Point(start, None))
        points += _growing(notes, leaf, begin, start, following, set(sessions))
    if end is not None:
        points.append(Point(end, None))
    for run in episodes(points):
        notes.finding(
            code,
            party,
            run.since,
            run.severity,
            f"No executive session with {party.lower().replace('_', ' ')} counts since"
            f" {run.figure}.",
            leaves=(leaf, "R-1c.1") if code == "N05c" else (leaf,),
            until=run.until,
            condition=True,
        )
    _instance(notes, leaf, party, starts[-1], bool(sessions), end)


def _growing(
    notes: Notes, leaf: str, begin: date, start: date, following: date | None, sessions: set[date]
) -> list[Point]:
    """How grave the wait after one session becomes until the next."""
    warn = notes.view.number("executive_session_warn_months")
    high = notes.view.number("executive_session_high_months")
    steps = [
        (days_after(months_after(start, warn), 1), Severity.W),
        (days_after(months_after(start, high), 1), Severity.H),
    ]
    calendar, last = notes.facts.calendar, min(following or date.max, notes.view.as_of)
    for year in range(calendar.year_of(start), calendar.year_of(last) + 1):
        first, end = calendar.start(year), calendar.end(year)
        missed = not any(first <= day <= end for day in sessions)
        if missed and end <= last and notes.view.is_kept(leaf, max(first, begin)):
            steps.append((end, Severity.H))
    points, worst = [], Severity.I
    for day, severity in sorted(steps):
        if following is not None and day >= following:
            break
        if SEVERITIES.index(severity) < SEVERITIES.index(worst):
            worst = severity
        if day <= last:
            points.append(Point(day, worst, str(start)))
    return points


def _instance(
    notes: Notes, leaf: str, party: str, start: date, met: bool, end: date | None
) -> None:
    """The next session: due within the months after which it is high."""
    if end is not None and end <= notes.view.as_of:
        notes.occurrence(leaf, party, Status.NOT_APPLICABLE)
        return
    warn = notes.view.number("executive_session_warn_months")
    high = notes.view.number("executive_session_high_months")
    due, today = months_after(start, high), notes.view.as_of
    status = Status.SATISFIED if met else Status.UPCOMING
    if today > due:
        status = Status.OVERDUE
    elif today > months_after(start, warn):
        status = Status.DUE_SOON
    year = year_name(notes.facts.calendar.year_of(due))
    notes.occurrence(leaf, party, status, due=due, period=year)


def _designated(notes: Notes) -> None:
    """N09: nobody is the internal auditor, by decision or because nothing is recorded."""
    spans = notes.view.kept_spans("MT-2.2") or notes.view.kept_spans("P-d")
    if not spans:
        return
    begin = spans[0][0]
    points = [Point(begin, Severity.W)]
    for event in notes.view.of("internal_audit_function_set"):
        none = event.text("arrangement") == "NONE"
        points.append(Point(max(event.day_of, begin), Severity.W if none else None))
    for run in episodes(points):
        notes.finding(
            "N09", "INTERNAL_AUDITOR", run.since, Severity.W,
            "Nobody is designated as the internal auditor whom the committee is to meet.",
            until=run.until, condition=True,
        )  # fmt: skip
