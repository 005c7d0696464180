"""Charter books of cases that nobody would write, for Hypothesis: few cases, few days, no sense."""

from hypothesis import strategies as st

from review.charter.located import Json
from review.charter.vocabulary import event_types
from tests.review.charter import odd_books

Rows = list[dict[str, Json]]
TYPES = sorted(name for name, found in event_types().items() if found.half == "CASEWORK")
# What the cases are read together with.
BESIDE = ("meeting_held", "seat_began", "seat_ended", "awareness_raised", "setting_changed")
FIRST: Rows = [
    {
        "type": "submission_received",
        "event_date": day,
        "kind": "CONCERN",
        "case": case,
        "sealed_to": ["ana", "bo", "cy"],
    }
    for case, day in (("case-1", "2026-01-05"), ("case-2", "2026-05-30"))
]


def rows(most: int = 20, *, leave_out: frozenset[str] = frozenset()) -> st.SearchStrategy[Rows]:
    """A committee with two cases, and any events on any days."""
    names = [name for name in (*TYPES * 3, *BESIDE) if name not in leave_out]
    drawn = st.sampled_from(names).flatmap(odd_books.events)
    return st.lists(drawn, max_size=most).map(
        lambda events: [*odd_books.SEATS, *FIRST, *odd_books.MEETINGS, *events]
    )
