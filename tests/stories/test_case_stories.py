"""Tells the stories of treatment, of which every day that counts is told too."""

from pathlib import Path

import pytest
from flask import Flask

from tests.browser.installation import Installation
from tests.review.conftest import app, installation
from tests.stories.sentences import find
from tests.stories.test_stories import parts
from tests.stories.treated import SENTENCES, Story

__all__ = ["app", "installation"]
STORIES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.mark.stores
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_case_goes_as_it_is_told_and_every_day_counts(
    path: Path, installation: Installation, app: Flask
) -> None:
    sentences, texts = parts(path)
    story = Story(installation, app, texts)
    for sentence in sentences:
        form, words = find(sentence, SENTENCES)
        SENTENCES[form](story, **words)


def test_every_form_of_sentence_is_used_in_a_case() -> None:
    used = {find(line, SENTENCES)[0] for path in STORIES for line in parts(path)[0]}
    assert used == set(SENTENCES)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_every_list_of_days_is_compared_with_a_page(path: Path) -> None:
    sentences, texts = parts(path)
    told = " ".join(sentences).split()
    assert texts
    assert [name for name in texts if name not in told] == []
