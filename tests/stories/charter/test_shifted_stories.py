"""The stories hold on other days, under other names and in other fiscal years.

Nothing in a rule may be fitted to an example. Twenty-eight years on, every date is the same day of
the week; with other names, only names differ; and a year that ends elsewhere has its tests there.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from review.charter.clauses import default_charter
from review.charter.located import Json
from review.charter.story import check, read_story
from review.workdays import months_after
from tests.stories.charter.shifting import changed, in_time

HERE = Path(__file__).parent
CHARTER = default_charter()
STORIES = sorted(HERE.glob("*.json"))
CYCLE_YEARS = 28
# In these months decide; in the others days do, and months are not always as many days.
IN_MONTHS = (
    "f1-the-late-de-minimis",
    "quorum-lost-before-the-vote",
    "three-routes",
    "blank-is-not-nil",
    "lead-then-reviewer",
    "the-letter-of-february",
)
IN_WEEKS = [path for path in STORIES if path.stem not in IN_MONTHS]


def disappointments(story: Json) -> list[str]:
    chapters = read_story(json.dumps(story), CHARTER)
    return [
        f"{one.expectation}; found {', '.join(one.found)}"
        for chapter in chapters
        for one in check(chapter, CHARTER)
    ]


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


def ending(story: Json, day: str) -> Json:
    """The story of a company whose fiscal year ends on this day."""
    assert isinstance(story, dict)
    book = story["book"]
    assert isinstance(book, dict)
    company = book["company"]
    assert isinstance(company, dict)
    company["fiscal_year_end"] = day
    return story


@pytest.mark.parametrize("weeks", [4, 6])
@pytest.mark.parametrize("path", IN_WEEKS, ids=lambda path: path.stem)
def test_a_story_holds_in_a_fiscal_year_that_ends_weeks_later(path: Path, weeks: int) -> None:
    """The same days of the week and the same spans, four or six weeks on; no holiday interferes."""
    later = timedelta(weeks=weeks)

    def move(day: date) -> date:
        return day + later

    story = changed(json.loads(path.read_text()), in_time(move, 1))
    end = date(2026, 12, 31) + later
    assert disappointments(ending(story, f"{end:%m-%d}")) == []


@pytest.mark.parametrize(("months", "end"), [(3, "03-31"), (6, "06-30"), (9, "09-30")])
@pytest.mark.parametrize("name", IN_MONTHS)
def test_a_story_holds_in_a_year_that_ends_in_another_month(
    name: str, months: int, end: str
) -> None:
    def move(day: date) -> date:
        return months_after(day, months)

    story = changed(json.loads((HERE / f"{name}.json").read_text()), in_time(move, 1))
    assert disappointments(ending(story, end)) == []
