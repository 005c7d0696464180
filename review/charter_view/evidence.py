"""What shows that the charter was kept: by clause and by record, what is missing, what came late.

A tick shows nothing. What does is a document, a resolution of a meeting or a consent, minutes that
were approved, and an attendance; a record with none of them rests on whoever wrote it down.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book, Event, Row, decisions
from review.charter.clauses import Charter, Leaf
from review.charter.findings import Assessment, Finding, Occurrence, Status
from review.charter_view.shelf import Shelf
from review.charter_view.states import State, state_of

_MISSING = (Status.OVERDUE, Status.BREACHED)
_DECIDED_BY = {
    "meeting": "Resolution of the",
    "consent": "Written consent",
    "delegate": "Decision of the delegate",
    "board_meeting": "Resolution of the board,",
    "management": "Decision of management,",
}


@dataclass(frozen=True)
class Proof:
    """One thing that shows a record: what it is, and of a document its hash."""

    text: str
    sha256: str = ""
    stored: str = ""


@dataclass(frozen=True)
class Shown:
    """A record, both of its days, and what shows it; late in days where the rules call it late."""

    event: Event
    title: str
    late: int
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class OfLeaf:
    """One obligation, its state, and the records that it rests on."""

    leaf: Leaf
    state: State
    records: tuple[Shown, ...]
    missing: tuple[Occurrence, ...]


@dataclass(frozen=True)
class Drills:
    """The drills of the channel in the year before a day."""

    passed: int
    all: int


@dataclass(frozen=True)
class Evidence:
    """The page."""

    leaves: tuple[OfLeaf, ...]
    bare: tuple[Shown, ...]
    late: tuple[Shown, ...]
    drills: Drills
    checked: Event | None


def evidence(charter: Charter, book: Book, found: Assessment, shelf: Shelf) -> Evidence:
    """Everything that shows how the charter was kept, as far as an assessment has it."""
    standing = [event for event in book.events if event.id not in shelf.successors]
    late = {one.about for one in found.findings if one.code == "Z01"}
    shown = {event.id: _shown(event, shelf, late) for event in book.events}
    replaced = set(shelf.successors)
    of_record = [shown[event.id] for event in sorted(standing, key=_by_day, reverse=True)]
    checks = [event for event in standing if event.type == "retention_checked"]
    return Evidence(
        tuple(_leaves(charter, found, shown, replaced)),
        tuple(one for one in of_record if not one.proofs),
        tuple(one for one in of_record if one.late),
        drills(standing, found.as_of),
        max(checks, key=_by_day, default=None),
    )


def drills(events: Iterable[Event], as_of: date) -> Drills:
    """How many drills of the channel there were in the year up to a day, and how many passed."""
    after = date(as_of.year - 1, as_of.month, min(as_of.day, 28))
    own = [
        event
        for event in events
        if event.type == "channel_tested" and after < event.day_of <= as_of
    ]
    return Drills(sum(event.text("result") == "PASSED" for event in own), len(own))


def proofs(event: Event, shelf: Shelf) -> tuple[Proof, ...]:
    """What shows a record: its documents, the decision it names, and who was there."""
    return (*_documents(event), *_resolved(event, shelf), *_attended(event))


def _documents(event: Event) -> Iterator[Proof]:
    for row in event.evidence():
        if row.text("sha256"):
            yield Proof(row.text("title"), row.text("sha256"), row.text("stored"))


def _resolved(event: Event, shelf: Shelf) -> Iterator[Proof]:
    for decision in decisions(event):
        for name, words in _DECIDED_BY.items():
            if decision.has(name):
                item = f", item {decision.text('item')}" if decision.has("item") else ""
                yield Proof(f"{words} {shelf.name(decision.text(name))}{item}")


def _attended(event: Event) -> Iterator[Proof]:
    there = {row.text("person") for row in event.rows("attendance")}
    if there:
        yield Proof(f"Attendance of {len(there)}")
    if event.type == "minutes_approved":
        yield Proof("Minutes, approved")
    signed: tuple[Row, ...] = event.rows("signatures")
    if signed:
        yield Proof(f"Signatures of {len(signed)}")


def _leaves(
    charter: Charter, found: Assessment, shown: Mapping[str, Shown], replaced: set[str]
) -> Iterator[OfLeaf]:
    named: dict[str, dict[str, None]] = {leaf.id: {} for leaf in charter.leaves}
    rows: Iterable[Finding | Occurrence] = (*found.occurrences, *found.findings)
    for one in rows:
        named.setdefault(one.leaf, {}).update(dict.fromkeys(one.records))
    status = {one.leaf: one.status for one in found.leaves}
    for leaf in charter.leaves:
        own = [shown[name] for name in named[leaf.id] if name in shown and name not in replaced]
        missing = tuple(
            one for one in found.occurrences if one.leaf == leaf.id and one.status in _MISSING
        )
        if own or missing:
            ordered = sorted(own, key=lambda one: _by_day(one.event), reverse=True)
            state = state_of(status.get(leaf.id, Status.UNKNOWN))
            yield OfLeaf(leaf, state, tuple(ordered), missing)


def _shown(event: Event, shelf: Shelf, late: set[str]) -> Shown:
    days = (event.recorded - event.day_of).days if event.id in late else 0
    return Shown(event, shelf.title(event), days, proofs(event, shelf))


def _by_day(event: Event) -> tuple[date, str]:
    return event.day_of, event.id
