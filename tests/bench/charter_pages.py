"""How long the charter's pages take to be computed, with a book of ten well-kept years.

A page's model is to take at most 200 ms with nothing kept from before: assessment, names and model
together.
"""

import time
from collections.abc import Callable
from datetime import date

from review.charter.book import Book
from review.charter.clauses import Charter, default_charter
from review.charter.engine import assess
from review.charter.findings import Assessment
from review.charter_view.clause import clause_page
from review.charter_view.coverage import coverage
from review.charter_view.due import calendar
from review.charter_view.measures import measures
from review.charter_view.shelf import Shelf
from tests.bench.figures import Figure
from tests.review.charter.good_years import good_book

MOST_MS = 200.0
FIRST, YEARS = 2000, 10
Model = Callable[[Charter, Book, Assessment, Shelf], object]
MODELS: dict[str, Model] = {
    "coverage": lambda charter, book, found, shelf: coverage(charter, found, shelf),
    "clause": lambda charter, book, found, shelf: clause_page(charter, found, shelf, "R-1d"),
    "due": calendar,
    "pictures": measures,
}


def seconds(book: Book, model: Model, years: int) -> float:
    """The best of five computations of a page, in the processor's time."""
    charter, day, best = default_charter(), date(FIRST + years - 1, 12, 31), float("inf")
    for _ in range(5):
        start = time.process_time()
        model(charter, book, assess(charter, book, day), Shelf(book))
        best = min(best, time.process_time() - start)
    return best


def measure(years: int = YEARS) -> list[Figure]:
    """The milliseconds for each page of a book of so many years."""
    book = good_book(FIRST, years)
    return [
        Figure(
            f"the charter's {name} of a book of {years} years",
            "ms",
            seconds(book, model, years) * 1000,
            MOST_MS,
            most=True,
        )
        for name, model in MODELS.items()
    ]
