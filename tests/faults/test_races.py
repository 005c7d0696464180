"""Two programs at the same thing at once, with nothing between them but the databases.

The commands keep each other out by a lock; here they do not, as if it were gone. Whatever each of
them says, afterwards everything is there once.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError

from intake import drop
from review.errors import ReviewError
from tests.faults.deeds import SECRETS, Deed, NotTaken, begin, deeds
from tests.faults.forked import Say, at_once, in_child
from tests.faults.ground import Ground
from tests.faults.judge import Thread, judge, judge_files, verify_bundle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite("test_races_on_postgres.py has a server"),
]

ROUNDS = 6
# What is done at once, and whether both are of people who wait for an answer.
PAIRS = (
    ("a submission, scripts off", "a submission, scripts off"),
    ("the same with files", "the same with files"),
    ("slices and a sealed submission", "slices and a sealed submission"),
    ("a follow-up with a file, scripts off", "a follow-up with a file, scripts off"),
    ("a slice and a sealed follow-up", "a slice and a sealed follow-up"),
    ("a collection", "a collection"),
    ("a collection", "closing a day of the tally"),
    ("posting proofs", "posting proofs"),
    ("the ledger's first batch", "the ledger's first batch"),
    ("a submission, scripts off", "posting proofs"),
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(tmp_path_factory.mktemp("ground"))
    begin(made)
    return made


@pytest.fixture(scope="module")
def known(ground: Ground) -> dict[str, Deed]:
    return {each.name: each for each in deeds(ground)}


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda name: name)
def test_two_at_once_do_it_once(
    ground: Ground, known: dict[str, Deed], one: str, other: str
) -> None:
    race(ground, known, (one, other), ROUNDS)


def race(ground: Ground, known: Mapping[str, Deed], names: Sequence[str], rounds: int) -> None:
    """Do two deeds at the same moment, so often, and judge what is there after each time."""
    pair = [known[name] for name in names]
    for _ in range(rounds):
        ground.put_back(pair[-1].state)
        at_once([partial(_do, ground, each) for each in pair])
        in_child(partial(_again, ground, pair))


def _do(ground: Ground, deed: Deed, say: Say) -> None:
    with ground.life() as life:
        try:
            deed.act(life, say)
        except (NotTaken, DBAPIError, ReviewError, drop.IntakeError):
            # One of two may be turned away; what counts is what is there afterwards.
            return


def _again(ground: Ground, pair: Sequence[Deed], _say: Say) -> None:
    with ground.life() as life:
        for deed in pair:
            deed.act(life, lambda _heard: None)
        problems = life.settle(1, 2)
        judge(life, _promised(pair), problems)
        verify_bundle(life)
        judge_files(life, SECRETS)


def _promised(pair: Sequence[Deed]) -> list[Thread]:
    """The threads of both, the longer of two under one code."""
    found: dict[str, Thread] = {}
    for each in (*pair[0].threads, *pair[1].threads):
        if each.code not in found or len(each.said) > len(found[each.code].said):
            found[each.code] = each
    return list(found.values())


def test_a_pair_is_named_that_exists(known: dict[str, Deed]) -> None:
    assert {name for pair in PAIRS for name in pair} <= set(known)
