"""Tells every story of this folder: sentences first, then the texts that they name.

A story is what somebody new may read to learn what the programs do. A sentence without a form is a
mistake in the story, and a form that no story uses is a mistake in sentences.py.
"""

import re
from pathlib import Path

import pytest

from tests.stories.sentences import SENTENCES, Stage, find
from tests.stories.world import new_world

pytestmark = pytest.mark.sqlite("told to a demo, whose data are files")

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


def parts(path: Path) -> tuple[list[str], dict[str, str]]:
    """The sentences of a story, and the texts below them by their names."""
    head, *rest = re.split(r"^-- (\S+) --\n", path.read_text(), flags=re.M)
    lines = (line.strip() for line in head.splitlines())
    texts = {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    return [line for line in lines if line and not line.startswith("#")], texts


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_goes_as_it_is_told(path: Path, tmp_path: Path) -> None:
    sentences, texts = parts(path)
    with new_world(tmp_path / "installation") as world:
        stage = Stage(world, texts, tmp_path)
        for sentence in sentences:
            form, words = find(sentence)
            SENTENCES[form](stage, **words)


def test_every_form_of_sentence_is_used() -> None:
    used = {find(sentence)[0] for path in STORIES for sentence in parts(path)[0]}
    assert used == set(SENTENCES)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_every_text_of_a_story_is_named_in_it(path: Path) -> None:
    sentences, texts = parts(path)
    told = " ".join(sentences).split()
    assert [name for name in texts if name not in told] == []
