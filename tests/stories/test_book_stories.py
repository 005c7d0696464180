"""The stories of books, of either half, run by code: every expectation of every variant."""

from pathlib import Path

import pytest

from review.casework.filed.assess import assess
from review.charter.clauses import default_charter
from review.charter.story import Chapter, charter_alone, check, read_story

HERE = Path(__file__).parent
CHARTER = default_charter()
HALVES = {"charter": charter_alone, "casework": assess}
CHAPTERS = [
    (half, path.stem, chapter)
    for half in HALVES
    for path in sorted((HERE / half).glob("*.json"))
    for chapter in read_story(path.read_text(), CHARTER)
]
NAMES = [f"{half}:{story}:{c.name or 'book'}" for half, story, c in CHAPTERS]


@pytest.mark.parametrize(("half", "story", "chapter"), CHAPTERS, ids=NAMES)
def test_every_expectation_of_the_story_holds(half: str, story: str, chapter: Chapter) -> None:
    assert chapter.expect, story
    wrong = [
        f"line {one.expectation.line}: {one.expectation}; found {', '.join(one.found) or 'nothing'}"
        for one in check(chapter, CHARTER, HALVES[half])
    ]
    assert wrong == []
