"""How one duty stands: its clauses, and what waits in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from review.charter.clauses import Charter
from review.charter.findings import Assessment, Status
from review.charter_view.coverage import ClauseLine, Coverage, coverage, worst_first
from review.charter_view.due import Item, waiting
from review.charter_view.shelf import Shelf
from review.charter_view.states import State, state_of

NOTHING = state_of(Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class DutyLine:
    """One duty among all: its gravest state, its next day, and how many findings are open."""

    name: str
    state: State
    next_due: date | None
    opened: int


@dataclass(frozen=True)
class DutyPage:
    """The clauses that a duty's records are for, and what is due in them, soonest first."""

    lines: tuple[ClauseLine, ...]
    waiting: tuple[Item, ...]


def duty_page(
    charter: Charter, found: Assessment, shelf: Shelf, clauses: Collection[str]
) -> DutyPage:
    """How the clauses with these ids stand on the assessment's day."""
    lines = coverage(charter, found, shelf).lines
    leaves = {leaf.id for leaf in charter.leaves if leaf.clause in clauses}
    return DutyPage(
        tuple(line for line in lines if line.clause.id in clauses),
        tuple(item for item in waiting(charter, found, shelf) if item.occurrence.leaf in leaves),
    )


def duty_line(name: str, whole: Coverage, clauses: Collection[str]) -> DutyLine:
    """How the duty of this name stands, by the coverage of the whole charter."""
    own = [line for line in whole.lines if line.clause.id in clauses and line.state]
    return DutyLine(
        name,
        min((line.state for line in own if line.state), key=worst_first, default=NOTHING),
        min((line.next_due for line in own if line.next_due), default=None),
        sum(len(line.open_findings) for line in own),
    )
