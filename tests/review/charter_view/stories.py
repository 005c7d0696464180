"""The books of the stories, as the tests of the pages' models read them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from review.charter.book import Book
from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.findings import Assessment
from review.charter.parse import parse_book
from review.charter_view.shelf import Shelf

STORIES = Path(__file__).resolve().parents[2] / "stories" / "charter"
CHARTER = default_charter()
F1 = "f1-the-late-de-minimis"
F2 = "f2-two-left-standing"


def book(name: str) -> Book:
    """The book of a story, without its variants."""
    document = json.loads((STORIES / f"{name}.json").read_text())["book"]
    return parse_book(json.dumps(document), CHARTER)


def without(whole: Book, *ids: str) -> Book:
    """A book less some of its records."""
    return replace(whole, events=tuple(e for e in whole.events if e.id not in ids))


def seen(name: str, as_of: date, known_at: date | None = None) -> tuple[Assessment, Shelf]:
    """A story's assessment on a day, and its book with its names."""
    whole = book(name)
    return assess(CHARTER, whole, as_of, known_at), Shelf(whole)
