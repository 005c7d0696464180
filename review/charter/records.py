"""The records themselves: written down late, edited after a period closed, without a hash.

Raised for every event, whatever the book is kept for.
"""

from review.charter.book import Event
from review.charter.findings import Severity
from review.charter.notes import Notes
from review.charter.vocabulary import event_types
from review.workdays import days_after

LEAVES: tuple[str, ...] = ()


def assess(notes: Notes) -> None:
    """Z01 and Z02."""
    old = {event.id: event for event in notes.view.book.events}
    first = notes.view.charter.leaves[0].id if notes.view.charter.leaves else ""
    for event in notes.view.events:
        if event_types()[event.type].half == "CASEWORK":
            # What is recorded of a case is casework's to look at, and shows in casework only.
            continue
        leaf = event.texts("obligations")[:1] or (first,)
        allowed = notes.view.number("late_record_days", event.day_of)
        edited = _edited_after_close(notes, event, old)
        late = (event.recorded - event.day_of).days > allowed
        if edited or late:
            what = "changed after its year had closed" if edited else "written down"
            notes.finding(
                "Z01",
                event.id,
                event.day_of,
                Severity.H if edited else Severity.W,
                f"The record {event.id} of {event.day_of} was {what} on {event.recorded}.",
                leaves=(*leaf, first),
                figures={"days": (event.recorded - event.day_of).days},
                records=[event.id, event.supersedes],
                always=True,
            )
        if any(not one.text("sha256") for one in event.evidence()):
            notes.finding(
                "Z02",
                event.id,
                event.day_of,
                Severity.W,
                f"Evidence of the record {event.id} has no hash.",
                leaves=(*leaf, first),
                records=[event.id],
                always=True,
            )


def _edited_after_close(notes: Notes, event: Event, old: dict[str, Event]) -> bool:
    """Whether it replaces a record of a year whose 10-K had been filed."""
    before = old.get(event.supersedes)
    if before is None:
        return False
    filed = notes.facts.filings.kfd(notes.facts.calendar.year_of(before.day_of))
    return filed is not None and days_after(filed, 1) <= event.recorded
