"""A charter book assessed whole: the charter's half by its rules, the cases by those of treatment.

The halves share what the book says of seats, meetings and settings; the charter's half never looks
at a case.
"""

from datetime import date
from functools import cache, partial
from pathlib import Path

from review.casework.filed import committee, duties, retention
from review.casework.filed.case import cases_of
from review.casework.filed.viewers import seen_by
from review.charter import engine
from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter.facts import Facts
from review.charter.findings import Assessment
from review.charter.notes import Code, Notes, read_codes

# and L-14 are said where somebody has taken an inventory, and are UNKNOWN where nobody has.
LEAVES = frozenset({"R-5.4", "MT-1.2"})


@cache
def codes() -> dict[str, Code]:
    """Every code that casework raises."""
    return dict(read_codes(Path(__file__).with_name("codes.toml")))


def notes_of(facts: Facts, viewer: str = "") -> Notes:
    """What the rules of treatment find in the cases of a book, for one viewer."""
    notes = Notes(facts, codes())
    cases = cases_of(facts)
    for case in cases:
        duties.assess(notes, case)
    committee.assess(notes, cases, viewer)
    retention.assess(notes, cases)
    return notes


def assess(
    charter: Charter, book: Book, as_of: date, known_at: date | None = None, viewer: str = ""
) -> Assessment:
    """What a whole book comes to on a day, as it was known on another, for one viewer.

    Without a viewer nothing is left out. For somebody who may not know of a case, the result is
    that of the same book without it. Total: nothing is raised.
    """
    known = known_at or as_of
    half = engine.Half(LEAVES, partial(notes_of, viewer=viewer), retention.opinion)
    return engine.assess(charter, seen_by(charter, book, known, viewer), as_of, known, half)
