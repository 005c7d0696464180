"""Attack 20: whatever people and jobs do, in any order, a case goes in its time and no sooner.

Hypothesis draws what happens: people write, hold, release, propose, approve, change the schedule,
reopen and leave cases, days go by, jobs run, stores are restored. Each act is signed and taken as
the console takes it. Beside it runs a model (tests.review.retention_model) of what has to be so.
"""

import itertools
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.browser.installation import Installation
from tests.review.retention_house import House
from tests.review.retention_machine import MEANWHILE, Ending
from tests.review.retention_model import COOLING
from tests.stores import here


def machine(installation: Installation, folder: Path) -> type[Ending]:
    """The machine on an installation."""

    class Here(Ending):
        house = House(installation, folder)

    return Here


@pytest.mark.stores
def test_whatever_happens_no_case_goes_too_soon_and_none_is_lost(
    installation: Installation, tmp_path: Path
) -> None:
    examples, steps = (2, 12) if here().on_postgresql else (20, 25)
    # What was found is told as it was drawn: making it smaller takes longer than to read it.
    how = settings(
        max_examples=examples, stateful_step_count=steps, derandomize=True, database=None,
        deadline=None, phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine(installation, tmp_path), settings=how)


@pytest.mark.sqlite("the machine before has a server")
def test_what_comes_between_approval_and_execution_decides(
    installation: Installation, tmp_path: Path
) -> None:
    """What the machine may draw, drawn for certain: each of these, too soon and in time."""
    made = machine(installation, tmp_path)
    for what, wait in itertools.product(MEANWHILE, (0, 6, 7)):
        one = made()
        one.begin()
        first = one.world.records[0]
        one.go("chair", ["member-1", "alternate"], first, wait, what)
        one.nothing_is_lost()
        one.what_is_overdue_is_reported()
        assert one.world.lists[0].approved
        assert first.gone == (what == "" and wait == COOLING.days)
        one.teardown()
