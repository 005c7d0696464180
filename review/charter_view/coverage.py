"""The charter on one page: each clause word for word, its state, next day and evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.clauses import Charter, Clause, Leaf
from review.charter.findings import (
    SEVERITIES,
    Assessment,
    Finding,
    LeafStatus,
    Occurrence,
    Severity,
    Standing,
    Status,
)
from review.charter_view.shelf import COMMITTEE, Shelf
from review.charter_view.states import STATES, State, begun, state_of, worst

STEPS = 5
AHEAD = (Status.DUE_SOON, Status.UPCOMING)


@dataclass(frozen=True)
class LeafLine:
    """One obligation as it stands."""

    leaf: Leaf
    state: State
    next_due: date | None
    reason: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class ClauseLine:
    """One sentence of the charter as it stands; state is None where it asks for nothing."""

    clause: Clause
    depth: int
    state: State | None
    next_due: date | None
    records: tuple[str, ...]
    newest: date | None
    open_findings: tuple[Finding, ...]
    leaves: tuple[LeafLine, ...]

    @property
    def reasons(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Why parts of it are unknown: each reason once, with the leaves that it is true of."""
        found: dict[str, list[str]] = {}
        for line in self.unknown:
            found.setdefault(line.reason, []).append(line.leaf.id)
        return tuple((reason, tuple(names)) for reason, names in found.items())

    @property
    def unknown(self) -> tuple[LeafLine, ...]:
        """The leaves of which nobody can say how they stand; each has its reason."""
        return tuple(line for line in self.leaves if line.state.status is Status.UNKNOWN)


@dataclass(frozen=True)
class Step:
    """Something to do next: why, by when, and where it is explained."""

    text: str
    why: str
    due: date | None
    leaf: str
    finding: Finding | None = None
    state: State | None = None


@dataclass(frozen=True)
class Coverage:
    """The charter's page."""

    as_of: date
    lines: tuple[ClauseLine, ...]
    overlay: tuple[LeafLine, ...]
    counts: tuple[tuple[Severity, int], ...]
    states: tuple[tuple[State, int], ...]
    steps: tuple[Step, ...]


def coverage(charter: Charter, found: Assessment, shelf: Shelf) -> Coverage:
    """How the whole charter stands, what is open in it, and what to do first."""
    leaves = leaf_lines(charter, found)
    lines = tuple(_line(charter, clause, found, leaves, shelf) for clause in charter.clauses)
    opened = [one for one in found.findings if one.is_open]
    counted = Counter(one.severity for one in opened)
    stands = Counter(line.state for line in lines if line.state)
    return Coverage(
        found.as_of,
        lines,
        tuple(line for line in leaves.values() if line.leaf.is_overlay),
        tuple((severity, counted[severity]) for severity in SEVERITIES),
        tuple(sorted(stands.items(), key=lambda pair: worst_first(pair[0]))),
        next_steps(charter, found, shelf),
    )


def worst_first(state: State) -> int:
    """The place of a state among all, the gravest first."""
    return STATES.index(state)


def leaf_lines(charter: Charter, found: Assessment) -> Mapping[str, LeafLine]:
    """Every leaf as it stands, by id, in the charter's order."""
    status = {one.leaf: one for one in found.leaves}
    return {leaf.id: _leaf_line(leaf, status.get(leaf.id)) for leaf in charter.leaves}


def _leaf_line(leaf: Leaf, said: LeafStatus | None) -> LeafLine:
    if said is None:
        return LeafLine(leaf, state_of(Status.UNKNOWN), None, "nothing was said of it", ())
    return LeafLine(leaf, state_of(said.status), said.next_due, said.reason, said.records)


def _line(
    charter: Charter,
    clause: Clause,
    found: Assessment,
    leaves: Mapping[str, LeafLine],
    shelf: Shelf,
) -> ClauseLine:
    own = tuple(line for line in leaves.values() if line.leaf.clause == clause.id)
    names = {line.leaf.id for line in own}
    opened = tuple(one for one in found.findings if one.is_open and one.leaf in names)
    records = tuple(dict.fromkeys(name for line in own for name in line.records))
    days = [shelf.records[name].day_of for name in records if name in shelf.records]
    return ClauseLine(
        clause,
        depth(charter, clause),
        worst((line.state.status for line in own), opened) if own else None,
        min((line.next_due for line in own if line.next_due), default=None),
        records,
        max(days, default=None),
        opened,
        own,
    )


def depth(charter: Charter, clause: Clause) -> int:
    """How deep a clause lies: 0 for a heading."""
    parents = {one.id: one.part_of for one in charter.clauses}
    place, steps = clause.part_of, 0
    while place:
        place, steps = parents.get(place, ""), steps + 1
    return steps


def next_steps(charter: Charter, found: Assessment, shelf: Shelf) -> tuple[Step, ...]:
    """What to do first: the gravest open findings, one for each code, then what is due soonest."""
    steps = [_cure(one) for one in _first_of_each(found.findings)]
    coming = sorted(
        (one for one in found.occurrences if one.status in AHEAD and one.due),
        key=lambda one: one.due or date.max,
    )
    steps += [_coming(charter, one, shelf) for one in coming]
    return tuple(steps[:STEPS])


def _first_of_each(findings: Sequence[Finding]) -> Iterable[Finding]:
    """The open findings that ask for something, one of each code; what was blocked is done with."""
    seen: set[str] = set()
    for one in findings:
        asks = one.is_open and one.standing is not Standing.BLOCKED
        if asks and one.severity in (Severity.B, Severity.H) and one.code not in seen:
            seen.add(one.code)
            yield one


def _cure(finding: Finding) -> Step:
    text = finding.cure or "See what it asks for."
    return Step(text, finding.code, finding.due, finding.leaf, finding)


def _coming(charter: Charter, one: Occurrence, shelf: Shelf) -> Step:
    leaf = charter.leaf.get(one.leaf)
    name = leaf.name if leaf else one.leaf
    about = shelf.name(one.about)
    why = "" if one.about == COMMITTEE or about in name else f"for {about}"
    return Step(begun(name), why, one.due, one.leaf, state=state_of(one.status))
