"""The stockholders' vote on the firm (R-1a.3): after selection, at the next annual meeting.

A firm chosen before the year's meeting waits for it. One engaged after it is pending until the next
meeting votes, which is a warning and never a breach. A meeting that passes without the vote, or a
vote against, is high until the committee has reconsidered.
"""

from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.engagements import Engagement
from review.charter.findings import Severity, Status
from review.charter.notes import Notes

LEAVES = ("R-1a.3",)


def assess(notes: Notes) -> None:
    """A03 and the instances of R-1a.3."""
    for engagement in notes.facts.engagements.all:
        if notes.view.setting("stockholder_ratification", engagement.begins) is True:
            _vote(notes, engagement)


def _vote(notes: Notes, engagement: Engagement) -> None:
    chosen = engagement.begins
    held = notes.facts.stockholder_meetings.held()
    meeting = next(((day, name) for day, name in held if day >= chosen), None)
    vote = _vote_at(notes, engagement, meeting[1]) if meeting else None
    over = engagement.ended.day_of if engagement.ended else None
    if meeting is None and over is not None:
        return
    year = engagement.fiscal_year
    passed_by = [day for day, _ in held if notes.facts.calendar.year_of(day) == year]
    if passed_by and passed_by[0] < chosen:
        pending = engagement.engaged_on or chosen
        ends = [day for day in (meeting[0] if meeting else None, over) if day]
        _note(notes, engagement, pending, Severity.W, "awaits", min(ends, default=None), [])
    failed = vote is not None and vote.text("result") == "NOT_RATIFIED"
    if meeting is not None and (vote is None or failed) and (over is None or over > meeting[0]):
        again = _reconsidered(notes, engagement, meeting[0])
        what = "was refused" if failed else "was not asked for"
        record = [vote.id] if vote else []
        _note(notes, engagement, meeting[0], Severity.H, what, again, record)
    _instance(notes, engagement, meeting, vote)


def _vote_at(notes: Notes, engagement: Engagement, meeting: str) -> Event | None:
    """The vote on the firm at a meeting, whichever of its years it was put for."""
    own = {one.id for one in notes.facts.engagements.of_firm(engagement.firm)}
    for event in notes.view.by("stockholder_meeting", "ratification_voted").get(meeting, ()):
        if event.text("engagement") in own:
            return event
    return None


def _reconsidered(notes: Notes, engagement: Engagement, after: date) -> date | None:
    events = notes.view.by("engagement", "ratification_reconsidered").get(engagement.id, ())
    days = [event.day_of for event in events if event.day_of >= after and notes.acted(event)]
    return min(days, default=None)


def _note(
    notes: Notes,
    engagement: Engagement,
    since: date,
    severity: Severity,
    what: str,
    until: date | None,
    records: list[str],
) -> None:
    notes.finding(
        "A03",
        engagement.id,
        since,
        severity,
        f"The stockholders' approval of {engagement.firm} {what}.",
        until=until,
        period=year_name(engagement.fiscal_year),
        records=[*records, *(event.id for event in engagement.selected[:1])],
    )


def _instance(
    notes: Notes, engagement: Engagement, meeting: tuple[date, str] | None, vote: Event | None
) -> None:
    coming = notes.facts.stockholder_meetings.next_after(notes.view.as_of)
    due = meeting[0] if meeting else coming
    ratified = vote is not None and vote.text("result") == "RATIFIED"
    status = notes.status(due, due if ratified else None, Status.OVERDUE)
    if meeting is not None and not ratified:
        again = _reconsidered(notes, engagement, meeting[0])
        status = Status.SATISFIED_LATE if again else Status.OVERDUE
    done = status in (Status.SATISFIED, Status.SATISFIED_LATE)
    if done or notes.view.is_kept("R-1a.3", engagement.begins):
        notes.occurrence(
            "R-1a.3", engagement.id, status, due=due,
            period=year_name(engagement.fiscal_year), records=[vote.id if vote else ""],
        )  # fmt: skip
