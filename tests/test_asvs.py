"""Every requirement of OWASP ASVS is answered once, and by tests that exist or with a reason."""

import re
from pathlib import Path

import pytest

from deploy import asvs
from deploy.asvs import Answer, Chapter, Status
from tests.test_docs import known_tests

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = asvs.chapters()
ANSWERS = [answer for chapter in CHAPTERS for answer in chapter.answers]

# Where we do something else on purpose, each with its reason in docs/asvs/.
DEVIATIONS = {
    "2.4.2",
    *("3.4.3", "3.4.7", "3.7.4"),
    *("5.2.2", "5.4.3"),
    *("6.2.4", "6.2.8", "6.2.12", "6.3.3", "6.3.5", "6.3.7", "6.5.5", "6.7.1"),
    "7.2.4",
    *("8.1.4", "8.2.4", "8.4.2"),
    *("11.2.2", "11.2.4", "11.4.1", "11.5.1", "11.7.1"),
    *("12.1.4", "12.1.5", "12.3.5"),
    *("13.3.1", "13.3.3", "13.3.4"),
    "14.2.8",
    "15.3.4",
    *("16.2.1", "16.2.2", "16.3.1", "16.3.2", "16.3.3", "16.4.3"),
}
# What is not so yet, or what no test proves. This only ever becomes smaller.
OPEN = {"14.2.7", "15.2.1"}


def ids(status: Status) -> set[str]:
    """The requirements that are answered so."""
    return {answer.id for answer in ANSWERS if answer.status is status}


def test_the_list_is_the_whole_standard() -> None:
    levels = [level for chapter in CHAPTERS for level in chapter.levels.values()]
    assert asvs.version() == "5.0.0"
    assert [levels.count(level) for level in (1, 2, 3)] == [70, 183, 92]
    assert len(levels) == 345


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_requirement_is_answered_once_and_in_order(chapter: Chapter) -> None:
    assert [answer.id for answer in chapter.answers] == list(chapter.levels)
    assert all(number.split(".")[0] == str(chapter.number) for number in chapter.levels)


def test_every_test_that_answers_a_requirement_exists() -> None:
    known = known_tests()
    missing = {(a.id, name) for a in ANSWERS for name in a.tests if name not in known}
    assert missing == set()


def test_every_page_that_answers_a_requirement_says_so() -> None:
    silent = [
        (answer.id, page, words)
        for answer in ANSWERS
        for page, words in answer.says.items()
        if words not in " ".join((ROOT / page).read_text().split())
    ]
    assert silent == []


def test_an_answer_is_tests_a_page_or_a_reason() -> None:
    assert [answer.id for answer in ANSWERS if not is_whole(answer)] == []


def is_whole(answer: Answer) -> bool:
    """Whether an answer has all that its status needs, in words that fit a table."""
    proof = bool(answer.tests or answer.says)
    reason = re.fullmatch(r"[^|]{10,}[.)]", answer.why)
    twice = len(set(answer.tests)) < len(answer.tests)
    enough = proof if answer.status is Status.MET else reason
    return bool(enough and re.fullmatch(r"[^|]+[^|.]", answer.asks) and not twice)


def test_nothing_is_added_to_what_is_open_or_otherwise() -> None:
    assert ids(Status.OPEN) <= OPEN
    assert ids(Status.DEVIATION) <= DEVIATIONS


def test_the_page_is_what_the_data_say() -> None:
    assert (ROOT / "docs/asvs.md").read_text() == asvs.page()
