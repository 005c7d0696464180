"""A book with its names: what an assessment calls s-erp or ana, a page calls by its own words."""

from collections.abc import Mapping
from functools import cached_property

from review.charter.book import Book, Event
from review.charter.located import Json
from review.charter_view.states import plain

_TITLES = ("description", "title", "party", "text", "name")


class Shelf:
    """A book's records by id, and the names of what they speak of."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @cached_property
    def records(self) -> Mapping[str, Event]:
        """Every record, those that were superseded too."""
        return {event.id: event for event in self.book.events}

    @cached_property
    def successors(self) -> Mapping[str, Event]:
        """Of a record that was superseded, the one that replaced it."""
        return {event.supersedes: event for event in self.book.events if event.supersedes}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The words of people, firms and what records bring up, by id."""
        names = dict(_headed(self.book.header, "people"))
        names |= _headed(self.book.header, "firms")
        for event in self.book.events:
            _name_entities(event, names)
        return names

    def name(self, word: str) -> str:
        """What a person calls this id; the id itself where the book has no words for it."""
        return self.names.get(word) or plain(word)

    @cached_property
    def company(self) -> str:
        """The company's name."""
        found = self.book.header.get("company")
        name = found.get("name") if isinstance(found, dict) else None
        return name if isinstance(name, str) else ""


def _headed(header: Mapping[str, Json], part: str) -> dict[str, str]:
    rows = header.get(part)
    found = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            found[str(row.get("id", ""))] = str(row.get("name", ""))
    return found


def _name_entities(event: Event, names: dict[str, str]) -> None:
    """The words under which a record brings up something new."""
    if event.type in ("meeting_held", "meeting_planned"):
        kind = event.text("kind").lower()
        day = event.text("for_date") or event.text("event_date")
        names[event.text("meeting")] = f"{kind} meeting of {day}"
    elif event.type == "service_requested":
        names[event.text("service")] = next(
            (event.text(name) for name in _TITLES if event.has(name)), ""
        )
    elif event.type == "invoice_received":
        names[event.text("invoice")] = f"invoice of {event.text('event_date')}"
    elif event.type == "independence_letter_received":
        names[event.text("letter")] = f"independence letter of {event.text('dated')}"
    elif event.type == "pre_approval_given":
        names[event.text("pre_approval")] = f"pre-approval of {event.text('event_date')}"
    elif event.type == "filing_made":
        names[event.text("filing")] = f"{event.text('form')} of {event.text('event_date')}"


def title(event: Event, shelf: Shelf) -> str:
    """One line for a record: what kind it is, and of what."""
    named = plain(event.type.upper())
    for value in event.fields.values():
        if isinstance(value, str) and value in shelf.names:
            return f"{named}: {shelf.name(value)}"
    return named
