"""What recording a few drafts would do: what is wrong with them, and which findings follow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter.engine import assess
from review.charter.errors import MalformedBook, Problem
from review.charter.findings import Assessment, Finding, Status
from review.charter.located import Json
from review.charter.parse import parse_book
from review.charter.render import render_book


@dataclass(frozen=True)
class Changed:
    """An obligation that would stand otherwise."""

    leaf: str
    name: str
    before: Status
    after: Status


@dataclass(frozen=True)
class Consequences:
    """Problems if the drafts cannot be recorded; otherwise what appears, and what is over."""

    problems: tuple[Problem, ...] = ()
    appear: tuple[Finding, ...] = ()
    disappear: tuple[Finding, ...] = ()
    # Open before and after, and no graver: but what is said of it is another thing.
    stay: tuple[Finding, ...] = ()
    # Every finding as it would be, for those who must know what stands already.
    after: tuple[Finding, ...] = ()
    leaves: tuple[Changed, ...] = ()
    # The book as it would be, for the names of what the drafts bring up.
    book: Book | None = None


def consequences(
    charter: Charter, book: Book, drafts: Sequence[Mapping[str, Json]], today: date
) -> Consequences:
    """What follows, as of today, if the drafts were recorded today; the book is not changed."""
    document = json.loads(render_book(book))
    taken = {event["id"] for event in document["events"]}
    document["events"] += [_dressed(one, n, taken, today) for n, one in enumerate(drafts, 1)]
    try:
        after = parse_book(json.dumps(document), charter, casework=False)
    except MalformedBook as error:
        return Consequences(problems=error.problems)
    return _compared(charter, assess(charter, book, today), assess(charter, after, today), after)


def _dressed(one: Mapping[str, Json], number: int, taken: set[str], today: date) -> dict[str, Json]:
    name = f"draft-{number}"
    while name in taken:
        name += "-"
    return {"id": name, "recorded_at": today.isoformat(), **one}


def _compared(charter: Charter, before: Assessment, after: Assessment, book: Book) -> Consequences:
    """Graver or new is what appears; open before and not open after is what disappears."""
    stood = {_said(one) for one in before.findings}
    open_after = {_key(one) for one in after.findings if one.is_open}
    said = {_said(one): one.sentence for one in before.findings}
    was = {one.leaf: one.status for one in before.leaves}
    return Consequences(
        appear=tuple(one for one in after.findings if one.is_open and _said(one) not in stood),
        disappear=tuple(
            one for one in before.findings if one.is_open and _key(one) not in open_after
        ),
        stay=tuple(
            one
            for one in after.findings
            if one.is_open and said.get(_said(one), one.sentence) != one.sentence
        ),
        after=after.findings,
        leaves=tuple(
            Changed(one.leaf, charter.leaf[one.leaf].name, was[one.leaf], one.status)
            for one in after.leaves
            if was[one.leaf] is not one.status
        ),
        book=book,
    )


def _key(one: Finding) -> tuple[str, ...]:
    return (one.code, one.about, one.period, one.leaf, one.source_class, one.whose)


def _said(one: Finding) -> tuple[str, ...]:
    return (*_key(one), one.severity, one.standing)
