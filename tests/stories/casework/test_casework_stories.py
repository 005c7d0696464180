"""The stories of cases that a book records, run by code: every expectation of every variant."""

from pathlib import Path

import pytest

from review.casework.filed.assess import assess
from review.charter.clauses import default_charter
from review.charter.story import Chapter, check, read_story

HERE = Path(__file__).parent
CHARTER = default_charter()
CHAPTERS = [
    (path.stem, chapter)
    for path in sorted(HERE.glob("*.json"))
    for chapter in read_story(path.read_text(), CHARTER)
]


@pytest.mark.parametrize(
    ("story", "chapter"), CHAPTERS, ids=[f"{story}:{c.name or 'book'}" for story, c in CHAPTERS]
)
def test_every_expectation_of_the_story_holds(story: str, chapter: Chapter) -> None:
    assert chapter.expect, story
    wrong = [
        f"line {one.expectation.line}: {one.expectation}; found {', '.join(one.found) or 'nothing'}"
        for one in check(chapter, CHARTER, assess)
    ]
    assert wrong == []
