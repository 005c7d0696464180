"""How one duty stands: its clauses, and what waits in them."""

from collections.abc import Collection
from dataclasses import dataclass

from review.charter.clauses import Charter
from review.charter.findings import Assessment
from review.charter_view.coverage import ClauseLine, coverage
from review.charter_view.due import Item, waiting
from review.charter_view.shelf import Shelf


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
