"""Meetings (MT-1): four with a quorum in a fiscal year, minutes in time, consents that decide.

A meeting counts if a quorum answered the call to order. A quorum lost later voids the items taken
after that and not the meeting; a gathering that never had one is none.
"""

from collections.abc import Iterable
from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Status
from review.charter.gatherings import Gathering
from review.charter.notes import Notes
from review.workdays import days_after

LEAVES = ("MT-1.1",)
COMMITTEE = "committee"


def assess(notes: Notes) -> None:
    """N01 to N04 and N06 to N08, with the instances of MT-1.1."""
    counted = [one for one in notes.facts.gatherings.held if one.counts]
    for year in notes.facts.fiscal_years("MT-1.1"):
        _year(notes, year, counted)
    for place, meeting in enumerate(notes.facts.gatherings.held):
        _quorum(notes, meeting, counted)
        _minutes(notes, meeting, notes.facts.gatherings.held[place + 1 :])
    _gaps(notes, counted)
    for consent in notes.view.of("consent_signed"):
        problem = notes.facts.rulings.consent_problem(consent)
        if problem:
            notes.finding(
                "N08", consent.text("consent"), consent.day_of, Severity.B,
                f"The written consent decides nothing: {problem}.", records=[consent.id],
            )  # fmt: skip


def _year(notes: Notes, year: int, counted: list[Gathering]) -> None:
    start, end = notes.facts.calendar.start(year), notes.facts.calendar.end(year)
    required = notes.view.number("meetings_per_year", end)
    held = [one for one in counted if start <= one.day <= end]
    done = held[required - 1].day if len(held) >= required else None
    notes.due(
        "MT-1.1", COMMITTEE, end, done, missed=Status.BREACHED, bucket_from=start,
        period=year_name(year), records=[one.event.id for one in held],
    )  # fmt: skip
    if not notes.view.is_kept("MT-1.1", start):
        return
    _at_risk(notes, year, required, held)
    if done is None:
        notes.finding(
            "N02",
            COMMITTEE,
            end,
            Severity.B,
            f"{len(held)} meetings with a quorum were held in {year_name(year)};"
            f" {required} are owed.",
            period=year_name(year),
            figures={"held_quorate": len(held), "required": required},
            records=[one.event.id for one in held],
        )


def _at_risk(notes: Notes, year: int, required: int, held: list[Gathering]) -> None:
    """N01 on every day that changed what was held or planned, until the year is over."""
    start, end = notes.facts.calendar.start(year), notes.facts.calendar.end(year)
    plans = _plans_about(notes, start, end)
    days = {start} | {event.day_of for event in plans} | {one.day for one in held}
    quarters = [notes.facts.calendar.quarter_end(year, n) for n in (1, 2, 3)]
    days |= {days_after(day, 1) for day in quarters}
    # A planned day that passed without a meeting counts no more from the day after.
    days |= {days_after(e.day("for_date") or end, 1) for e in plans}
    points = [
        _risk(notes, day, year, required, held)
        for day in sorted(days)
        if start <= day <= end and day <= notes.view.as_of
    ]
    for run in episodes(points):
        ends = [day for day in (run.until, end) if day and day <= notes.view.as_of]
        notes.finding(
            "N01",
            COMMITTEE,
            run.since,
            run.severity,
            f"{run.figure} meetings of {required} are held or planned for {year_name(year)}.",
            until=min(ends, default=None) if run.until or end < notes.view.as_of else None,
            due=end,
            period=year_name(year),
            figures={"count": int(run.figure), "required": required},
        )


def _plans_about(notes: Notes, start: date, end: date) -> list[Event]:
    """The plans that were made in a year, or for it."""
    return [
        event
        for event in notes.view.of("meeting_planned", "meeting_moved", "meeting_cancelled")
        if start <= event.day_of <= end or start <= (event.day("for_date") or start) <= end
    ]


def _risk(notes: Notes, day: date, year: int, required: int, held: list[Gathering]) -> Point:
    end = notes.facts.calendar.end(year)
    so_far = sum(one.day <= day for one in held)
    planned = notes.facts.gatherings.planned(day, regular=False, last=end)
    total = so_far + len(planned)
    left = sum(day <= notes.facts.calendar.quarter_end(year, n) for n in (1, 2, 3, 4))
    if total < required:
        return Point(day, Severity.H, str(total))
    if required - so_far > left:
        return Point(day, Severity.W, str(total))
    spare = total > required or so_far >= required
    return Point(day, None if spare else Severity.I, str(total))


def _quorum(notes: Notes, meeting: Gathering, counted: list[Gathering]) -> None:
    """N03: nobody could act. N04: the quorum was lost on the way."""
    if not meeting.seats_known:
        return
    if not meeting.counts:
        again = [one.day for one in counted if one.day > meeting.day]
        notes.finding(
            "N03",
            meeting.id,
            meeting.day,
            Severity.W,
            f"{len(meeting.call.counted)} of {meeting.call.required} members answered the call on"
            f" {meeting.day}.",
            until=min(again, default=None),
            figures={"counted": len(meeting.call.counted), "required": meeting.call.required},
            records=[meeting.event.id],
        )
        return
    lost = [item for item in meeting.items.values() if not meeting.count(item).is_quorate]
    if lost:
        voted = [item for item in lost if item.row("vote") is not None]
        worst = meeting.count((voted or lost)[0])
        names = ", ".join(item.text("item") for item in lost)
        notes.finding(
            "N04",
            meeting.id,
            meeting.day,
            Severity.B if voted else Severity.H,
            f"There was no quorum at item {names} of {meeting.day}; what was decided is void.",
            figures={"counted": len(worst.counted), "required": worst.required},
            records=[meeting.event.id],
        )


def _minutes(notes: Notes, meeting: Gathering, later: Iterable[Gathering]) -> None:
    """N06: a draft within thirty days, approval at the next regular meeting."""
    shown = any(one.text("kind") == "MIN" for one in meeting.event.evidence())
    approved = notes.view.by("meeting", "minutes_approved").get(meeting.id, ())
    drafted = notes.view.by("meeting", "minutes_drafted").get(meeting.id, ())
    if shown:
        return
    days = notes.view.number("minutes_draft_days", meeting.day)
    due = days_after(meeting.day, days)
    ready = min((event.day_of for event in (*drafted, *approved)), default=None)
    final = min((event.day_of for event in approved), default=None)
    if ready is None or ready > due:
        notes.finding(
            "N06", meeting.id, days_after(due, 1), Severity.W,
            f"No draft minutes of {meeting.day} were there by {due}.",
            until=ready, due=due, records=[meeting.event.id],
        )  # fmt: skip
    following = next((one.day for one in later if one.is_regular and one.counts), None)
    if following is not None and (final is None or final > following):
        notes.finding(
            "N06", meeting.id, following, Severity.H,
            f"The minutes of {meeting.day} were not approved on {following}.",
            until=final, due=following, records=[meeting.event.id],
        )  # fmt: skip


def _gaps(notes: Notes, counted: list[Gathering]) -> None:
    """N07: too long a time between meetings."""
    for place, meeting in enumerate(counted):
        following = counted[place + 1].day if place + 1 < len(counted) else None
        longest = notes.view.number("meeting_gap_days", meeting.day)
        since = days_after(meeting.day, longest + 1)
        if following is None or following >= since:
            notes.finding(
                "N07", COMMITTEE, since, Severity.W,
                f"The committee last met on {meeting.day}, more than {longest} days before.",
                until=following, records=[meeting.event.id],
            )  # fmt: skip
