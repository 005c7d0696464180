"""How long the charter's pages take to be computed, with a book of ten well-kept years.

Run with python -m tests.bench.charter_pages. Exit status 1 if a page's model takes more than 200 ms
on top of nothing kept from before: assessment, names and model together.
"""

import sys
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
from tests.review.charter.good_years import good_book

MOST_SECONDS = 0.2
FIRST, YEARS = 2000, 10
Model = Callable[[Charter, Book, Assessment, Shelf], object]
MODELS: dict[str, Model] = {
    "coverage": lambda charter, book, found, shelf: coverage(charter, found, shelf),
    "clause": lambda charter, book, found, shelf: clause_page(charter, found, shelf, "R-1d"),
    "due": calendar,
    "pictures": measures,
}


def seconds(book: Book, model: Model) -> float:
    """The best of five computations of a page, in the processor's time."""
    charter, day, best = default_charter(), date(FIRST + YEARS - 1, 12, 31), float("inf")
    for _ in range(5):
        start = time.process_time()
        model(charter, book, assess(charter, book, day), Shelf(book))
        best = min(best, time.process_time() - start)
    return best


def main() -> int:
    """Measure, print, and say whether it holds."""
    book = good_book(FIRST, YEARS)
    taken = {name: seconds(book, model) for name, model in MODELS.items()}
    for name, each in taken.items():
        print(f"{name:9} {len(book.events):5} records: {each * 1000:6.1f} ms")
    return int(max(taken.values()) > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
