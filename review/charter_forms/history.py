"""The records of a duty, newest first, with those that a later record replaced or withdrew."""

from dataclasses import dataclass
from datetime import date

from review.charter.book import Book, Event
from review.charter_forms.duties import Duty
from review.charter_view.record import Line as Said
from review.charter_view.record import lines
from review.charter_view.shelf import Shelf

LATE_DAYS = 7


@dataclass(frozen=True)
class Line:
    """One record of the register; replaced_by is empty while it stands."""

    id: str
    type: str
    title: str
    day: date
    recorded: date
    says: tuple[Said, ...]
    replaced_by: str

    @property
    def days_late(self) -> int:
        """Days between what happened and its record, when more than a week; otherwise zero."""
        late = (self.recorded - self.day).days
        return late if late > LATE_DAYS else 0


def register(book: Book, duty: Duty, shelf: Shelf) -> tuple[Line, ...]:
    """Every record of a duty: newest first, none left out, the withdrawn among them."""
    replaced = {event.supersedes: event.id for event in book.events if event.supersedes}
    types = {event.id: event.type for event in book.events}
    of_duty = [event for event in book.events if _is_of(event, duty, types)]
    of_duty.sort(key=lambda event: (event.day_of, event.recorded, event.id), reverse=True)
    return tuple(_line(event, replaced.get(event.id, ""), shelf) for event in of_duty)


def _is_of(event: Event, duty: Duty, types: dict[str, str]) -> bool:
    withdrawn = event.type == "record_withdrawn" and types.get(event.supersedes) in duty.types
    return withdrawn or event.type in duty.types


def _line(event: Event, replaced_by: str, shelf: Shelf) -> Line:
    return Line(
        event.id,
        event.type,
        shelf.title(event),
        event.day_of,
        event.recorded,
        tuple(lines(event, shelf)),
        replaced_by,
    )
