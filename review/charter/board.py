"""Reports and recommendations to the board (MT-3): at its next meeting, and to an answer."""

from datetime import date

from review.charter.book import Event
from review.charter.findings import Severity
from review.charter.gatherings import Gathering
from review.charter.notes import Notes

LEAVES = ("MT-3.1", "MT-3.2")
WARN_AFTER, HIGH_AFTER = 3, 4


def assess(notes: Notes) -> None:
    """B01 and B02, with the instances of MT-3."""
    boards = [e for e in notes.view.of("board_meeting_held") if e.text("kind") == "REGULAR"]
    _reports(notes, boards)
    held = [e for e in notes.view.of("board_meeting_held") if e.text("kind") != "CONSENT"]
    for event in notes.view.of("recommendation_made"):
        _recommendation(notes, event, held)


def _reports(notes: Notes, boards: list[Event]) -> None:
    """B01: the meetings that a regular board meeting should have heard of, and did not."""
    told: dict[str, Event] = {}
    for event in notes.view.of("board_report_made"):
        for name in event.texts("covers"):
            told.setdefault(name, event)
    missed: dict[str, list[Gathering]] = {}
    for meeting in (one for one in notes.facts.gatherings.held if one.counts):
        report = told.get(meeting.id)
        done = report.day_of if report else None
        due = _next_board(boards, meeting.day, done)
        notes.due(
            "MT-3.1", meeting.id, due.day_of if due else None, done, bucket_from=meeting.day,
            records=[meeting.event.id, report.id if report else ""],
        )  # fmt: skip
        late = due is not None and (done is None or done > due.day_of)
        if due is not None and late and notes.view.is_kept("MT-3.1", meeting.day):
            missed.setdefault(due.id, []).append(meeting)
    for place, board in enumerate(boards):
        if board.id in missed:
            days = [told[one.id].day_of if one.id in told else None for one in missed[board.id]]
            _missed(notes, board, boards[place + 1 :], missed[board.id], days)


def _next_board(boards: list[Event], day: date, done: date | None) -> Event | None:
    """The first regular board meeting after a day; of the same day only if it heard."""
    for board in boards:
        if board.day_of > day or (board.day_of == day == done):
            return board
    return None


def _missed(
    notes: Notes,
    board: Event,
    later: list[Event],
    meetings: list[Gathering],
    done: list[date | None],
) -> None:
    until = max((day for day in done if day), default=None) if None not in done else None
    twice = [one for one in later if until is None or one.day_of < until]
    notes.finding(
        "B01",
        board.text("board_meeting"),
        board.day_of,
        Severity.H if twice else Severity.W,
        f"The board did not hear on {board.day_of} of {', '.join(one.id for one in meetings)}.",
        until=until,
        due=board.day_of,
        figures={"count": 1 + len(twice)},
        records=[board.id, *(one.event.id for one in meetings)],
    )


def _recommendation(notes: Notes, event: Event, boards: list[Event]) -> None:
    """B02: W when a third board meeting has passed without an answer, H when a fourth has."""
    name, made_at = event.text("recommendation"), event.text("board_meeting")
    answers = notes.view.by("recommendation", "recommendation_answered").get(name, ())
    answered = answers[0].day_of if answers else None
    passed = [
        board.day_of
        for board in boards
        if board.day_of > event.day_of
        and board.text("board_meeting") != made_at
        and (answered is None or board.day_of < answered)
    ]
    records = [event.id, answers[0].id if answers else ""]
    if len(passed) >= WARN_AFTER:
        notes.finding(
            "B02",
            name,
            passed[WARN_AFTER - 1],
            Severity.H if len(passed) >= HIGH_AFTER else Severity.W,
            f"The board has not answered the recommendation {name} of {event.day_of}.",
            until=answered,
            figures={"count": len(passed)},
            records=records,
        )
    due = passed[WARN_AFTER - 2] if len(passed) >= WARN_AFTER else None
    notes.due("MT-3.2", name, due, answered, bucket_from=event.day_of, records=records)
