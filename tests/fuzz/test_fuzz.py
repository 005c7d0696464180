"""Every parser of outside bytes, against inputs that a coverage-guided search comes up with.

The search is bounded by a number of inputs and begins from a fixed seed. What an earlier, longer
search found worth keeping is in corpus/, and is also read without any fuzzer.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.run import CORPUS, kept
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST_CORPUS = 1 << 20


@pytest.mark.fuzz
@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_parser(name: str, tmp_path: Path) -> None:
    runs = TARGETS[name].runs
    words = [sys.executable, "-m", "tests.fuzz.run", name, "--runs", str(runs)]
    done = subprocess.run(
        [*words, "--faults", tmp_path], cwd=ROOT, capture_output=True, text=True, errors="replace"
    )
    broken = [path.read_bytes() for path in tmp_path.iterdir()]
    assert done.returncode == 0, (broken, done.stderr[-3000:])
    assert f"Done {runs} runs" in done.stderr


@pytest.mark.fuzz
def test_a_broken_parser_is_found(tmp_path: Path) -> None:
    """The search itself works: it finds a fault that random bytes would not."""
    words = [sys.executable, "-m", "tests.fuzz.run", "broken-on-purpose", "--runs", "200000"]
    done = subprocess.run([*words, "--faults", tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "broken on purpose" in done.stdout + done.stderr


@pytest.mark.parametrize("name", TARGETS)
def test_the_kept_inputs_are_taken_or_refused(name: str) -> None:
    inputs = kept(name)
    assert inputs, "a target without a corpus has never been searched"
    taken = [TARGETS[name].run(data) for data in [*inputs, *TARGETS[name].seeds()]]
    assert any(taken), "a target that takes nothing tests only its first check"


def test_the_corpus_stays_small_and_belongs_to_targets() -> None:
    assert {path.stem for path in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.iterdir()) < LARGEST_CORPUS
