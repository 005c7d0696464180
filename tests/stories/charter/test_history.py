"""Day by day, a breach that was there once is there ever after, open or closed."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from review.charter.clauses import default_charter
from review.charter.engine import assess
from review.charter.findings import Severity
from review.charter.story import Chapter, read_story

HERE = Path(__file__).parent
CHARTER = default_charter()
# A superseding record changes the past on purpose, and its story says how it shows.
CHAPTERS = [
    (path.stem, chapter)
    for path in sorted(HERE.glob("*.json"))
    if path.stem != "a-correction-shows"
    for chapter in read_story(path.read_text(), CHARTER)
]
STEP = 5


@pytest.mark.parametrize(
    ("story", "chapter"), CHAPTERS, ids=[f"{story}:{c.name or 'book'}" for story, c in CHAPTERS]
)
def test_no_day_takes_a_breach_back(story: str, chapter: Chapter) -> None:
    days = [event.recorded for event in chapter.parsed.events]
    day, end = max(min(days), date(2017, 1, 1)), max(days) + timedelta(days=120)
    seen: dict[tuple[object, ...], date] = {}
    while day <= end:
        there = {
            (one.code, one.about, one.period, one.source_class, one.whose, one.since)
            for one in assess(CHARTER, chapter.parsed, day).findings
            if one.severity is Severity.B
        }
        lost = {key: first for key, first in seen.items() if key not in there}
        assert lost == {}, (story, day)
        seen.update({key: day for key in there if key not in seen})
        day += timedelta(days=STEP)
