"""What every page of the charter stands on: the book as the database has it at this moment.

An answer that was kept could be of a book that has changed since, so nothing is.
"""

from dataclasses import dataclass
from datetime import date

from flask import render_template

from review import charter_desk
from review.charter.book import Book
from review.charter.clauses import Charter
from review.charter.engine import assess
from review.charter.findings import Assessment
from review.charter_desk import NoBook
from review.charter_forms.start import Step, steps
from review.charter_view.shelf import Shelf
from review.store.database import reading
from review.web.parts import parts


@dataclass(frozen=True)
class Desk:
    """What the pages are computed from: the charter, the book, and what is said of it today."""

    charter: Charter
    book: Book
    today: date
    found: Assessment
    shelf: Shelf


def own_charter() -> Charter:
    """The charter that the committee keeps its book for."""
    with reading(parts().book) as connection:
        return charter_desk.charter_of(connection)


def begun_book() -> Book | None:
    """The book, or None before somebody has set it up."""
    try:
        with reading(parts().book) as connection:
            return charter_desk.read_book(connection, own_charter())
    except NoBook:
        return None


def laid_out(book: Book) -> Desk:
    """The book with its assessment of today."""
    charter, today = own_charter(), parts().today
    return Desk(charter, book, today, assess(charter, book, today), Shelf(book))


def unbegun(part: str) -> str:
    """The one page of a book that nobody has set up; part is the row's page that was asked for."""
    return render_template(
        "charter/empty.html", place=part, charter=own_charter(), steps=steps(None)
    )


def undone(book: Book) -> tuple[Step, ...]:
    """The first steps while one of them is left; owner's decisions may stay as they are shipped."""
    found = steps(book)
    return () if all(step.is_done for step in found[:-1]) else found
