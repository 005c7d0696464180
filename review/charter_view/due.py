"""What is due: by meeting, so that an agenda can be made, and by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter.facts import Facts
from review.charter.findings import Assessment, Occurrence, Status
from review.charter.view import View
from review.charter_view.shelf import COMMITTEE, Shelf
from review.charter_view.states import State, begun, state_of

WAITING = (Status.OVERDUE, Status.DUE_SOON, Status.UPCOMING, Status.IN_CURE, Status.JUDGEMENT)


@dataclass(frozen=True)
class Item:
    """One thing that waits: an occurrence, with the name of its leaf and of what it is about.

    about is empty where it is the committee, or named already.
    """

    occurrence: Occurrence
    name: str
    about: str
    state: State


@dataclass(frozen=True)
class Meeting:
    """A meeting held or to come; covers is what must be done at it or before."""

    id: str
    day: date
    is_held: bool
    counts: bool
    covers: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Month:
    """What is due in a month; first is its first day."""

    first: date
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Calendar:
    """The year's meetings, what no planned meeting can cover in time, and the months."""

    as_of: date
    held: tuple[Meeting, ...]
    coming: tuple[Meeting, ...]
    uncovered: tuple[Item, ...]
    undated: tuple[Item, ...]
    months: tuple[Month, ...]


def calendar(charter: Charter, book: Book, found: Assessment, shelf: Shelf) -> Calendar:
    """What waits on the assessment's day.

    A thing belongs to the last planned meeting on or before its due day, and what is overdue to
    the next meeting. What is due before every planned meeting is uncovered.
    """
    view = View(charter, book, found.as_of, found.known_at)
    gatherings = Facts(view).gatherings
    plans = gatherings.planned(found.as_of, regular=False)
    items = waiting(charter, found, shelf)
    covered, uncovered = _placed(items, [day for day, _ in plans], found.as_of)
    start = view.calendar.start(view.calendar.year_of(found.as_of))
    held = [Meeting(g.id, g.day, True, g.counts) for g in gatherings.held if g.day >= start]
    return Calendar(
        found.as_of,
        tuple(held),
        tuple(
            Meeting(name, day, False, True, tuple(covered[place]))
            for place, (day, name) in enumerate(plans)
        ),
        tuple(uncovered),
        tuple(item for item in items if item.occurrence.due is None),
        tuple(_months(items)),
    )


def waiting(charter: Charter, found: Assessment, shelf: Shelf) -> list[Item]:
    """What waits on the assessment's day: the soonest first, and last what has no day."""
    items = [_item(charter, one, shelf) for one in found.occurrences if one.status in WAITING]
    return sorted(items, key=lambda item: item.occurrence.due or date.max)


def _item(charter: Charter, one: Occurrence, shelf: Shelf) -> Item:
    leaf = charter.leaf.get(one.leaf)
    name = leaf.name if leaf else one.leaf
    about = "" if one.about == COMMITTEE else shelf.name(one.about)
    return Item(one, begun(name), "" if about in name else about, state_of(one.status))


def _placed(
    items: Iterable[Item], days: Sequence[date], today: date
) -> tuple[list[list[Item]], list[Item]]:
    covered: list[list[Item]] = [[] for _ in days]
    uncovered = []
    for item in items:
        due = item.occurrence.due
        if due is None:
            continue
        in_time = [place for place, day in enumerate(days) if day <= due]
        if due <= today and days:
            covered[0].append(item)
        elif in_time:
            covered[in_time[-1]].append(item)
        else:
            uncovered.append(item)
    return covered, uncovered


def _months(items: Iterable[Item]) -> Iterable[Month]:
    found: dict[date, list[Item]] = {}
    for item in items:
        if item.occurrence.due:
            found.setdefault(item.occurrence.due.replace(day=1), []).append(item)
    return (Month(first, tuple(found[first])) for first in sorted(found))
