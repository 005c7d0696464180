"""Evaluations, the charter itself, and what rolls up (R-7, L-11, the purposes).

The law watch holds the charter's own citations against what has become of them.
"""

from collections.abc import Mapping
from datetime import date

from review.charter import annual
from review.charter.annual import Yearly, committee
from review.charter.book import Event
from review.charter.episodes import Point, episodes
from review.charter.findings import Severity, Status
from review.charter.notes import Notes

LEAVES = ("R-7.1", "R-7.2", "L-11", "P-a", "P-b")
# Citations known to be superseded, since when, and by what; a book adds its own with law_changed.
SUPERSEDED: Mapping[str, tuple[date, str]] = {"SAS 61": (date(2012, 12, 15), "AS 1301")}
ROLLED_UP = ("R-1", "R-2", "R-3", "R-4")


def assess(notes: Notes) -> None:
    """E01 to E04, E06 and E07, with the instances of R-7 and L-11."""
    for leaf, code, kind, what in (
        ("R-7.1", "E01", "committee_evaluated", "The evaluation of the committee"),
        ("R-7.2", "E02", "charter_reviewed", "The assessment of the charter"),
    ):
        acts = [(event.day_of, event.id) for event in notes.view.of(kind) if notes.acted(event)]
        annual.assess(notes, Yearly(leaf, code, committee, what, acts))
    _posted(notes)
    _law_watch(notes)
    _compliance(notes)
    for event in notes.view.of("related_party_transaction"):
        _related(notes, event)


def _posted(notes: Notes) -> None:
    """E03: a version of the charter that nobody can read."""
    posted: dict[str, date] = {}
    for event in notes.view.of("charter_posted"):
        posted.setdefault(event.text("version"), event.day_of)
    adopted = notes.view.of("charter_adopted")
    for place, event in enumerate(adopted):
        since = max(event.day("effective") or event.day_of, event.day_of)
        following = adopted[place + 1].day_of if place + 1 < len(adopted) else None
        done = posted.get(event.text("version"))
        ends = [day for day in (done, following) if day]
        until = min(ends, default=None)
        if until is None or until > since:
            notes.finding(
                "E03", "committee", since, Severity.W,
                f"The charter adopted on {event.day_of} is not posted.",
                until=until, records=[event.id], condition=True,
            )  # fmt: skip


def _law_watch(notes: Notes) -> None:
    """E04: the charter cites law that has been superseded."""
    found = dict(SUPERSEDED)
    for event in notes.view.of("law_changed"):
        if event.text("status") == "SUPERSEDED":
            found[event.text("citation")] = (event.day_of, event.text("superseded_by") or "another")
        else:
            found.pop(event.text("citation"), None)
    own = notes.view.charter.sha256
    replaced = [
        event.day("effective") or event.day_of
        for event in notes.view.of("charter_adopted")
        if event.text("version") != own
    ]
    cited = {name: row for name, row in found.items() if name in notes.view.charter.text}
    if cited:
        notes.finding(
            "E04", "committee", min(day for day, _ in cited.values()), Severity.I,
            "; ".join(f"{name} is superseded by {by}" for name, (_, by) in sorted(cited.items()))
            + ".",
            until=min(replaced, default=None), condition=True,
        )  # fmt: skip


def _compliance(notes: Notes) -> None:
    """E06: two regular meetings in a row without an item on compliance."""
    points, row = [], 0
    for meeting in notes.facts.gatherings.regular:
        there = any("P-b" in item.texts("clauses") for item in meeting.items.values())
        row = 0 if there or not notes.view.is_kept("P-b", meeting.day) else row + 1
        points.append(Point(meeting.day, Severity.W if row >= 2 else None))
    for run in episodes(points):
        notes.finding(
            "E06", "committee", run.since, Severity.W,
            "Two regular meetings in a row had no item on compliance.", until=run.until,
        )  # fmt: skip


def _related(notes: Notes, event: Event) -> None:
    """E07: reviewed before it is entered into."""
    name = event.text("transaction")
    entered = event.day("entered_on") or event.day_of
    reviews = [
        one.day_of
        for one in notes.view.by("transaction", "related_party_reviewed").get(name, ())
        if notes.acted(one)
    ]
    done = min(reviews, default=None)
    if done is None or done > entered:
        notes.finding(
            "E07", name, entered, Severity.H,
            f"The transaction {name} was entered into on {entered} without review.",
            until=done, due=entered, records=[event.id],
        )  # fmt: skip
    notes.due("L-11", name, entered, done, bucket_from=event.day_of, records=[event.id])


def roll_up(notes: Notes) -> None:
    """E05: something of the firm's oversight, the statements or the findings is breached."""
    leaves = {leaf for name in ROLLED_UP for leaf in notes.view.charter.below.get(name, ())}
    open_breaches = [
        one
        for one in notes.findings
        if one.is_open and one.severity is Severity.B and one.leaf in leaves
    ]
    if open_breaches:
        count = len({one.leaf for one in open_breaches})
        say = (
            "1 duty of R-1 to R-4 is breached."
            if count == 1
            else (f"{count} duties of R-1 to R-4 are breached.")
        )
        notes.finding(
            "E05", "committee", min(one.since for one in open_breaches), Severity.W,
            say,
            figures={"count": len(open_breaches)}, condition=True,
        )  # fmt: skip
    if notes.view.is_kept("P-a", notes.view.as_of):
        status = Status.OVERDUE if open_breaches else Status.SATISFIED
        notes.occurrence("P-a", "committee", status)
