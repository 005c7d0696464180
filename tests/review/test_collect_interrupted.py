"""The collector, killed at every single step: nothing lost, nothing twice."""

from functools import partial
from pathlib import Path

import pytest

from tests.browser.installation import Installation
from tests.review.collecting import busy, close, close_days, collector_of, contents, run
from tests.review.killed import copies, deaths
from tests.review.ledgers import batch
from tests.stores import here

pytestmark = pytest.mark.stores
SOME = 15


def overdue(installation: Installation) -> None:
    """Everything that a collection can find to do."""
    busy(installation)
    batch(installation)
    close_days(installation)


def test_killed_at_any_step_and_run_again_nothing_is_lost_and_nothing_twice(
    installation: Installation, tmp_path: Path
) -> None:
    overdue(installation)
    made = copies(installation, tmp_path)
    whole = collector_of(installation, next(made))
    problems = set(run(whole).problems)
    expected = contents(whole)
    assert expected["proof posts"] and expected["days"]  # noqa: PT018 - one thing: there are some
    close(whole)
    killed = 0
    # On a server, where copies take long, at some of them; tests/faults kills there at random.
    every = SOME if here().on_postgresql else 1
    for allowed, folder in deaths(made, partial(collector_of, installation), run, every):
        killed += 1
        again = collector_of(installation, folder)
        # What was listed before the end is not told again.
        assert set(run(again).problems) <= problems
        assert contents(again) == expected, f"after {allowed} steps"
        close(again)
    assert killed > (50 // SOME if here().on_postgresql else 50)
