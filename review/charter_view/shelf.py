"""A book with its names: what an assessment calls s-erp or ana, a page calls by its own words."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property

from review.charter.book import Book, Event
from review.charter.findings import Finding
from review.charter.located import Json
from review.charter_view.states import plain
from review.charter_view.wording import label

_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
# What a finding or occurrence is about that is nobody's and nothing's in particular.
COMMITTEE = "committee"
_TWICE = re.compile(r"\b([\w ]+ \d+, \d{4}|\w+)(?: of)? \1\b")
_TITLES = ("description", "title", "party", "text", "name")


def written(day: date) -> str:
    """A day as people write it, such as November 21, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


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
        for event in self.book.events:
            # Several are given on one day, so the services tell them apart.
            if event.type == "pre_approval_given":
                services = ", ".join(names.get(one, one) for one in event.texts("services"))
                names[event.text("pre_approval")] += f": {services}" if services else ""
        return names

    def name(self, word: str) -> str:
        """What a person calls this id; the id itself where the book has no words for it."""
        found = self.names.get(word)
        if not found and word in self.records:
            return self.title(self.records[word])
        return found or plain(word)

    def said(self, finding: Finding) -> str:
        """A finding's sentence with names for ids, and days as people write them."""
        about = re.compile(rf"(?<![\w-]){re.escape(finding.about or ' ')}(?![\w-])")
        found = about.sub(lambda word: self.name(word[0]), finding.sentence)
        found = self._ids.sub(lambda word: self.name(word[0]), found)
        found = _DAY.sub(lambda day: written(date.fromisoformat(day[0])), found)
        # A name may say again what the sentence has said of it: its kind, and its day.
        return _TWICE.sub(r"\1", found)

    def title(self, event: Event) -> str:
        """One line for a record: what kind it is, and of what."""
        words = [value for value in event.fields.values() if isinstance(value, str)]
        words = [word for word in words if word in self._named]
        things = [word for word in words if word not in self._parties]
        of = next(iter(things or words), None)
        return f"{label(event.type)}: {self.name(str(of))}" if of else label(event.type)

    @cached_property
    def _named(self) -> Collection[Json]:
        return {word for word, said in self.names.items() if word and said}

    @cached_property
    def _parties(self) -> Collection[Json]:
        """People and firms, by whom a record is known only where it names nothing else."""
        return {*self.book.people, *self.book.firms}

    def record_name(self, name: str) -> str:
        """A record in a list: its title and its day; its id where there is no such record."""
        event = self.records.get(name)
        if event is None:
            return name
        title, day = self.title(event), written(event.day_of)
        return title if day in title else f"{title}, {day}"

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        """Every id that has words; one that could be a word of any sentence is left alone."""
        telling = [name for name in self.names if re.search(r"[-_\d]", name)]
        longest = sorted(telling, key=len, reverse=True)
        choices = "|".join([*map(re.escape, longest), "(?!)"])
        return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])")

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
        day = event.day("for_date") or event.day_of
        names[event.text("meeting")] = f"{kind} meeting of {written(day)}"
    elif event.type == "service_requested":
        names[event.text("service")] = next(
            (event.text(name) for name in _TITLES if event.has(name)), ""
        )
    elif event.type == "invoice_received":
        names[event.text("invoice")] = f"invoice of {written(event.day_of)}"
    elif event.type == "independence_letter_received":
        day = event.day("dated") or event.day_of
        names[event.text("letter")] = f"independence letter of {written(day)}"
    elif event.type == "pre_approval_given":
        names[event.text("pre_approval")] = f"pre-approval of {written(event.day_of)}"
    elif event.type == "filing_made":
        names[event.text("filing")] = f"{event.text('form')} of {written(event.day_of)}"
