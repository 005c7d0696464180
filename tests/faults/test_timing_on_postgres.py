"""What the times of answers tell when a database server does a part of the work.

The attacker counts the time that passes, as the server is another process. Whatever else this
machine does befalls all kinds of answers alike, in the order drawn by lot.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import test_timing
from tests.faults.telling import by_chance, distance, sample
from tests.faults.test_timing import Watch, Watched, case_told_apart, watched_in
from tests.stores import KINDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]
ANSWERS = {"page": 2_000, "mailbox": 1_500, "case": 500}


def test_ten_thousand_answers_are_compared_over_both_databases() -> None:
    assert sum(ANSWERS.values()) + sum(test_timing.ANSWERS.values()) == 10_000


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = watched_in(tmp_path, Watch(time.perf_counter))
    yield made
    made.house.engine.dispose()


def test_over_postgresql_a_reply_or_a_proof_that_waits_does_not_show_in_the_time_of_a_page(
    watched: Watched,
) -> None:
    assert watched.told_apart(watched.pages(watched.codes), ANSWERS["page"]) == {}


def test_over_postgresql_a_mailbox_that_exists_does_not_show_in_the_time_of_an_answer_to_scripts(
    watched: Watched,
) -> None:
    assert watched.told_apart(watched.mailboxes(), ANSWERS["mailbox"]) == {}


def test_over_postgresql_a_case_that_somebody_may_not_see_takes_the_time_of_one_not_there(
    tmp_path: Path,
) -> None:
    assert case_told_apart(tmp_path, Watch(time.perf_counter), ANSWERS["case"]) == {}


def test_the_clock_sees_what_the_server_does(watched: Watched) -> None:
    """Attack on the test: of two answers, one for which the server alone works longer."""
    watch, engine = watched.watch, watched.house.engine

    def ask(rows: int) -> float:
        begun = watch.clock()
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT sum(n) FROM generate_series(1, {rows}) AS n")
        return watch.clock() - begun

    found = sample({"little": lambda: ask(10), "much": lambda: ask(400_000)}, 40, 1)
    assert distance(found["little"], found["much"]) > by_chance(40, 40)
