"""Who comes to meetings (M12): three in four of the committee's and the board's, each year."""

from collections.abc import Iterator
from datetime import date

from review.charter.book import Event
from review.charter.calendars import year_name
from review.charter.findings import Severity
from review.charter.notes import Notes
from review.charter.seats import Seats


def assess(notes: Notes) -> None:
    """M12, final at the end of the fiscal year."""
    board = Seats(notes.view, "BOARD")
    for year in notes.facts.fiscal_years("M-0.2"):
        start, end = notes.facts.calendar.start(year), notes.facts.calendar.end(year)
        if end > notes.view.as_of or not notes.view.is_kept("M-0.2", start):
            continue
        tally: dict[str, list[bool]] = {}
        for person, came in _calls(notes, board, start, end):
            tally.setdefault(person, []).append(came)
        for person, calls in sorted(tally.items()):
            if 4 * sum(calls) < 3 * len(calls):
                notes.finding(
                    "M12",
                    person,
                    end,
                    Severity.W,
                    f"{person} came to {sum(calls)} of {len(calls)} meetings in {year_name(year)}.",
                    period=year_name(year),
                    figures={"counted": sum(calls), "required": len(calls)},
                )


def _calls(notes: Notes, board: Seats, start: date, end: date) -> Iterator[tuple[str, bool]]:
    """Each meeting that each director of the committee owed attendance, and whether they came."""
    people = set(notes.facts.seats.people())
    for meeting in notes.facts.gatherings.held:
        if start <= meeting.day <= end:
            came = _came(meeting.event, "MEMBER")
            yield from ((p, p in came) for p in notes.facts.seats.serving(meeting.day))
    for event in notes.view.of("board_meeting_held"):
        if start <= event.day_of <= end and event.has("attendance"):
            came = _came(event, "DIRECTOR") | _came(event, "MEMBER")
            serving = people & set(board.serving(event.day_of)) if board.is_known else people & came
            yield from ((person, person in came) for person in sorted(serving))


def _came(event: Event, role: str) -> set[str]:
    return {row.text("person") for row in event.rows("attendance") if row.text("as") == role}
