"""The records of a duty, newest first, with those that a later record replaced or withdrew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book, Event
from review.charter.located import Json
from review.charter_forms.drafts import typed
from review.charter_forms.duties import Duty
from review.charter_forms.inputs import label

LATE_DAYS = 7
_FRAME = {"id", "event_date", "recorded_at", "recorded_by"}


@dataclass(frozen=True)
class Line:
    """One record of the register; replaced_by is empty while it stands."""

    id: str
    type: str
    title: str
    day: date
    recorded: date
    says: tuple[tuple[str, str], ...]
    replaced_by: str

    @property
    def days_late(self) -> int:
        """Days between what happened and its record, when more than a week; otherwise zero."""
        late = (self.recorded - self.day).days
        return late if late > LATE_DAYS else 0


def register(book: Book, duty: Duty) -> tuple[Line, ...]:
    """Every record of a duty: newest first, none left out, the withdrawn among them."""
    replaced = {event.supersedes: event.id for event in book.events if event.supersedes}
    types = {event.id: event.type for event in book.events}
    of_duty = [event for event in book.events if _is_of(event, duty, types)]
    of_duty.sort(key=lambda event: (event.day_of, event.recorded, event.id), reverse=True)
    return tuple(_line(event, replaced.get(event.id, "")) for event in of_duty)


def _is_of(event: Event, duty: Duty, types: dict[str, str]) -> bool:
    withdrawn = event.type == "record_withdrawn" and types.get(event.supersedes) in duty.types
    return withdrawn or event.type in duty.types


def _line(event: Event, replaced_by: str) -> Line:
    return Line(
        event.id,
        event.type,
        label(event.type),
        event.day_of,
        event.recorded,
        tuple(_says(dict(event.fields))),
        replaced_by,
    )


def _says(fields: dict[str, Json]) -> Iterator[tuple[str, str]]:
    own = {name: value for name, value in fields.items() if name not in _FRAME}
    for name, texts in typed(own).items():
        yield _words(name), ", ".join(texts) or "nobody or nothing"


def _words(name: str) -> str:
    steps = [str(int(step) + 1) if step.isdigit() else step for step in name.split(".")]
    text = " ".join(steps).replace("_", " ")
    return text[:1].upper() + text[1:]
