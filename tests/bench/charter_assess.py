"""How long an assessment takes: a book of ten well-kept years, and whether it grows linearly.

Run with python -m tests.bench.charter_assess. Exit status 1 if ten years take more than 100 ms or
forty years more than six times as long as ten.
"""

import sys
import time
from datetime import date

from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.engine import assess
from tests.review.charter.good_years import good_book

MOST_SECONDS = 0.1
MOST_GROWTH = 6.0
FIRST = 2000


def seconds(book: Book, last: int) -> float:
    """The best of five assessments at the end of a book's last year, in the processor's time."""
    charter, day = default_charter(), date(last, 12, 31)
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        assess(charter, book, day)
        best = min(best, time.process_time() - start)
    return best


def main() -> int:
    """Measure, print, and say whether it holds."""
    taken = {}
    for years in (5, 10, 20, 40):
        book = good_book(FIRST, years)
        taken[years] = seconds(book, FIRST + years - 1)
        print(f"{years:3} years, {len(book.events):5} events: {taken[years] * 1000:6.1f} ms")
    return int(taken[10] > MOST_SECONDS or taken[40] > MOST_GROWTH * taken[10])


if __name__ == "__main__":
    sys.exit(main())
