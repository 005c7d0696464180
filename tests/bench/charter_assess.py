"""How long an assessment takes: a book of ten well-kept years, and whether it grows linearly.

Ten years are to take at most 100 ms, and forty at most six times as long as ten.
"""

import time
from collections.abc import Sequence
from datetime import date

from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.engine import assess
from tests.bench.figures import Figure
from tests.review.charter.good_years import good_book

MOST_MS = 100.0
MOST_GROWTH = 6.0
FIRST, TEN = 2000, 10


def seconds(book: Book, last: int) -> float:
    """The best of five assessments at the end of a book's last year, in the processor's time."""
    charter, day = default_charter(), date(last, 12, 31)
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        assess(charter, book, day)
        best = min(best, time.process_time() - start)
    return best


def measure(years: Sequence[int] = (5, 10, 20, 40)) -> list[Figure]:
    """The milliseconds for books of so many years, and how they grow from ten to forty."""
    taken = {n: seconds(good_book(FIRST, n), FIRST + n - 1) for n in years}
    figures = [
        Figure(
            f"assessing a charter book of {n} years",
            "ms",
            each * 1000,
            MOST_MS if n == TEN else None,
            most=True,
        )
        for n, each in taken.items()
    ]
    if {TEN, 4 * TEN} <= set(years):
        growth = taken[4 * TEN] / taken[TEN]
        figures.append(Figure("the same, 40 years against 10", "", growth, MOST_GROWTH, most=True))
    return figures
