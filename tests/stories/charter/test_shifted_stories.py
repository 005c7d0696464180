"""The stories hold on other days, under other names and in other fiscal years.

Nothing in a rule may be fitted to an example. Twenty-eight years on, every date is the same day of
the week; with other names, only names differ; and a year that ends in June has its tests there.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from review.charter.clauses import default_charter
from review.charter.located import Json
from review.charter.story import check, read_story
from review.workdays import months_after

HERE = Path(__file__).parent
CHARTER = default_charter()
STORIES = sorted(HERE.glob("*.json"))
CYCLE_YEARS = 28
HALF_YEAR = 6
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
YEAR = re.compile(r"FY(\d{4})")


def disappointments(story: Json) -> list[str]:
    chapters = read_story(json.dumps(story), CHARTER)
    return [
        f"{one.expectation}; found {', '.join(one.found)}"
        for chapter in chapters
        for one in check(chapter, CHARTER)
    ]


def changed(value: Json, change: Callable[[str, Json], Json], key: str = "") -> Json:
    """A document with every value changed that has no parts."""
    if isinstance(value, dict):
        return {name: changed(part, change, name) for name, part in value.items()}
    if isinstance(value, list):
        return [changed(part, change, key) for part in value]
    return change(key, value)


def in_time(move: Callable[[date], date], years: int) -> Callable[[str, Json], Json]:
    """Moves every day, and every fiscal year by a number of years."""

    def change(key: str, value: Json) -> Json:
        if key in ("fiscal_year", "year") and isinstance(value, int):
            return value + years
        if isinstance(value, str) and DAY.fullmatch(value):
            return str(move(date.fromisoformat(value)))
        if isinstance(value, str) and key in ("about", "period"):
            return YEAR.sub(lambda found: f"FY{int(found[1]) + years}", value)
        return value

    return change


def names_of(story: Json) -> set[str]:
    """Everything that a book's author named."""
    found: set[str] = set()
    entities = re.compile(
        r'"(?:service|pre_approval|meeting|engagement|invoice|letter|filing|consent|plan|policy'
        r"|audit_finding|advisor|action|relationship|transaction|board_meeting|id"
        r'|stockholder_meeting|quality_control_report)": "([^"]+)"'
    )
    found.update(entities.findall(json.dumps(story)))
    return found - {"administration"}


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_holds_twenty_eight_years_later(path: Path) -> None:
    def move(day: date) -> date:
        return day.replace(year=day.year + CYCLE_YEARS)

    story = changed(json.loads(path.read_text()), in_time(move, CYCLE_YEARS))
    assert disappointments(story) == []


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_holds_under_other_names(path: Path) -> None:
    story = json.loads(path.read_text())
    names = names_of(story)

    def change(key: str, value: Json) -> Json:
        return f"zz.{value}" if isinstance(value, str) and value in names else value

    other = changed(story, change)
    assert names
    assert disappointments(other) == []


# In the others a span of days decides, and half a year is not always as many days.
IN_JUNE = (
    "f1-the-late-de-minimis",
    "quorum-lost-before-the-vote",
    "three-routes",
    "blank-is-not-nil",
)


@pytest.mark.parametrize("name", IN_JUNE)
def test_a_story_holds_in_a_year_that_ends_in_june(name: str) -> None:
    def move(day: date) -> date:
        return months_after(day, HALF_YEAR)

    story = changed(json.loads((HERE / f"{name}.json").read_text()), in_time(move, 1))
    assert isinstance(story, dict)
    books = [story["book"]]
    for book in books:
        assert isinstance(book, dict)
        company = book["company"]
        assert isinstance(company, dict)
        company["fiscal_year_end"] = "06-30"
    assert disappointments(story) == []
