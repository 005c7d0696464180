"""Audit findings (R-4): reviewed at each regular meeting, assessed, retested, closed.

From reported to closed. A grave one is a material weakness or a significant deficiency. What the
certifying officers disclose for each periodic filing (L-07) belongs here too.
"""

from dataclasses import dataclass, field
from datetime import date

from review.charter.book import Event
from review.charter.calendars import quarter_name, year_name
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Status
from review.charter.notes import Notes
from review.workdays import business_days_after, days_after, months_after

LEAVES = ("R-4.1", "R-4.2", "R-4.3", "L-07")
GRAVE = ("MW", "SD")
SOON_DAYS, FOLLOW_UP_MONTHS, LONG_MONTHS = 10, 6, 12


@dataclass
class AuditFinding:
    """One finding of clause 4, with what was done about it."""

    id: str
    event: Event
    reviews: list[Event] = field(default_factory=list)
    targets: list[Event] = field(default_factory=list)
    retests: list[Event] = field(default_factory=list)
    closed: Event | None = None

    @property
    def is_grave(self) -> bool:
        """Whether it is a material weakness or a significant deficiency."""
        return self.event.text("severity") in GRAVE

    @property
    def closed_on(self) -> date | None:
        """The day it was closed."""
        return self.closed.day_of if self.closed else None

    def is_open(self, day: date) -> bool:
        """Whether it was reported before a day and is not closed on it."""
        return self.event.day_of < day and (self.closed_on is None or self.closed_on >= day)


def assess(notes: Notes) -> None:
    """G01 to G07, with the instances of R-4 and L-07."""
    for one in _read(notes):
        _targets(notes, one)
        _reviews(notes, one)
        _closing(notes, one)
        _instances(notes, one)
    _disclosures(notes)


def _read(notes: Notes) -> list[AuditFinding]:
    found: dict[str, AuditFinding] = {}
    for event in notes.view.of("audit_finding_reported"):
        name = event.text("audit_finding")
        found.setdefault(name, AuditFinding(name, event))
    for name, one in found.items():
        reviews = notes.view.by("audit_finding", "audit_finding_reviewed").get(name, ())
        one.reviews = [event for event in reviews if notes.acted(event)]
        one.targets = list(notes.view.by("audit_finding", "audit_finding_target_set").get(name, ()))
        one.retests = list(notes.view.by("audit_finding", "audit_finding_retested").get(name, ()))
        closings = notes.view.by("audit_finding", "audit_finding_closed").get(name, ())
        one.closed = next((event for event in closings if notes.acted(event)), None)
    return list(found.values())


def _targets(notes: Notes, one: AuditFinding) -> None:
    """G01: past its target. G02: the target moved twice or more after the first."""
    first = one.event.day("target")
    steps = [(one.event.day_of, first)] if first else []
    steps += [(event.day_of, target) for event in one.targets if (target := event.day("target"))]
    severity = Severity.H if one.is_grave else Severity.W
    points = []
    for place, (day, target) in enumerate(steps):
        replaced = steps[place + 1][0] if place + 1 < len(steps) else None
        points.append(Point(day, None))
        late = days_after(target, 1)
        if late <= notes.view.as_of and (replaced is None or late < replaced):
            points.append(Point(max(late, day), severity, str(target)))
    points += [Point(one.closed_on, None)] if one.closed_on else []
    for run in episodes(p for p in points if one.closed_on is None or p.day <= one.closed_on):
        notes.finding(
            "G01", one.id, run.since, run.severity,
            f"The audit finding {one.id} is past its target, {run.figure}.",
            until=run.until, records=[one.event.id], condition=True,
        )  # fmt: skip
    moves = steps[1:]
    if len(moves) >= 2:
        notes.finding(
            "G02", one.id, moves[1][0], Severity.H,
            f"The target of {one.id} moved {len(moves)} times.",
            until=one.closed_on, figures={"count": len(moves)},
            records=[event.id for event in one.targets],
        )  # fmt: skip


def _reviews(notes: Notes, one: AuditFinding) -> None:
    """G03 and G05: regular meetings that passed it over, or half a year without follow-up."""
    days = {event.day_of for event in one.reviews}
    meetings = [m.day for m in notes.facts.gatherings.regular if one.is_open(m.day)]
    end = [Point(one.closed_on, None)] if one.closed_on else []
    again = [Point(day, None) for day in sorted(days)]
    if one.is_grave:
        missed = [Point(day, Severity.H) for day in meetings if day not in days]
        _note(notes, "G03", one, [*missed, *again, *end])
        row = 0
        twice = []
        for day in meetings:
            row = 0 if day in days else row + 1
            twice += [Point(day, Severity.W)] if row >= 2 else []
        _note(notes, "G05", one, [*twice, *again, *end])
        return
    waits = []
    steps = sorted({one.event.day_of, *days})
    for place, day in enumerate(steps):
        late = days_after(months_after(day, FOLLOW_UP_MONTHS), 1)
        following = steps[place + 1] if place + 1 < len(steps) else one.closed_on
        if late <= notes.view.as_of and (following is None or late < following):
            waits.append(Point(late, Severity.W))
    _note(notes, "G05", one, [*waits, *again, *end])


def _note(notes: Notes, code: str, one: AuditFinding, points: list[Point]) -> None:
    for run in episodes(points):
        notes.finding(
            code, one.id, run.since, run.severity,
            f"The audit finding {one.id} was not reviewed, as of {run.since}.",
            until=run.until, records=[one.event.id],
        )  # fmt: skip


def _closing(notes: Notes, one: AuditFinding) -> None:
    """G04: closed as remediated without a test by another. G06: a year without closing."""
    if one.closed is not None and one.closed.text("how") == "REMEDIATED":
        owner = one.event.text("owner")
        passed = [
            event.day_of
            for event in one.retests
            if event.text("result") == "PASS" and event.text("by") != owner
        ]
        if not any(day <= one.closed.day_of for day in passed):
            notes.finding(
                "G04", one.id, one.closed.day_of, Severity.H,
                f"The audit finding {one.id} was closed without a test by another.",
                until=min(passed, default=None), records=[one.closed.id],
            )  # fmt: skip
    since = days_after(months_after(one.event.day_of, LONG_MONTHS), 1)
    if one.event.text("severity") == "SD" and (one.closed_on is None or one.closed_on >= since):
        notes.finding(
            "G06", one.id, since, Severity.H,
            f"The significant deficiency {one.id} is open for more than a year.",
            until=one.closed_on, records=[one.event.id],
        )  # fmt: skip


def _instances(notes: Notes, one: AuditFinding) -> None:
    reported = one.event.day_of
    first = one.reviews[0] if one.reviews else None
    meeting = (first.row("decision") or first).text("meeting") if first else ""
    due, _ = notes.facts.gatherings.next_regular(reported, meeting)
    if one.event.text("severity") == "MW":
        soon = business_days_after(reported, SOON_DAYS)
        due = min(due, soon) if due else soon
    assessed = next((e for e in one.reviews if e.text("steps") != "NOT_ASSESSED"), None)
    records = [one.event.id]
    period = year_name(notes.facts.calendar.year_of(reported))
    for leaf, event in (("R-4.1", first), ("R-4.2", assessed)):
        notes.due(
            leaf, one.id, due, event.day_of if event else None, bucket_from=reported,
            period=period, records=[*records, event.id if event else ""],
        )  # fmt: skip
    if one.closed_on is not None or notes.view.is_kept("R-4.3", reported):
        following, _ = notes.facts.gatherings.next_regular(notes.view.as_of)
        due = following if one.is_grave else None
        status = notes.status(due, one.closed_on, Status.OVERDUE)
        notes.occurrence("R-4.3", one.id, status, due=due, period=period, records=records)


def _disclosures(notes: Notes) -> None:
    """G07: the certifying officers' disclosure for each periodic filing, nil or not."""
    made: dict[tuple[int, int], Event] = {}
    for event in notes.view.of("officer_disclosure_made"):
        made.setdefault((event.number("fiscal_year"), event.number("quarter")), event)
    for filing in notes.facts.filings.all:
        quarter = {"10-Q": filing.number("quarter"), "10-K": 4}.get(filing.text("form"), 0)
        if not quarter:
            continue
        year = filing.number("fiscal_year")
        done, about = made.get((year, quarter)), quarter_name(year, quarter)
        day = done.day_of if done else None
        records = [filing.id, done.id if done else ""]
        kept = notes.facts.keeps_quarter("L-07", year, quarter)
        if kept and (day is None or day > filing.day_of):
            notes.finding(
                "G07", about, filing.day_of, Severity.H,
                f"The officers had disclosed nothing for {about} when it was filed.",
                until=day, period=about, records=records,
            )  # fmt: skip
        notes.due(
            "L-07", about, filing.day_of, day, bucket_from=filing.day_of, period=about,
            records=records,
        )  # fmt: skip
