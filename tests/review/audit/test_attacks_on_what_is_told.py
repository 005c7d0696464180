"""Numbers of a quarter told twice or too early, and texts changed by who may not."""

import datetime

import pytest

from tests.review.audit.looking import look
from tests.review.audit.signing import change_text
from tests.review.audit.world import World


def told(world: World, quarter: str, document: str = "ab" * 32) -> None:
    """The job tells a quarter's numbers."""
    data = {"quarter": quarter, "document": document}
    world.record("statistics.published", data=data)


def test_a_quarter_that_is_over_is_told(world: World) -> None:
    told(world, "2026-Q2")
    told(world, "2026-Q3")
    world.morning()
    assert look(world).status == 0


def test_a_quarter_told_again_in_other_numbers_is_found(world: World) -> None:
    """Attack: asking twice, and subtracting."""
    told(world, "2026-Q3")
    world.morning()
    told(world, "2026-Q3", "cd" * 32)
    world.morning()
    seen = look(world)
    assert "tells the numbers of 2026-Q3 again" in seen.by("quarters")
    assert len(seen.places("quarters")) == 2


@pytest.mark.parametrize("quarter", ["2026-Q4", "2027-Q1"])
def test_a_quarter_told_before_it_was_over_is_found(world: World, quarter: str) -> None:
    assert world.today < datetime.date(2027, 1, 1)
    told(world, quarter)
    world.morning()
    assert "before it was over" in look(world).by("quarters")


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026", "0000-Q1", "Q1-2026"])
def test_what_is_no_quarter_is_named(world: World, quarter: str) -> None:
    told(world, quarter)
    world.morning()
    assert "which is no quarter" in look(world).by("quarters")


@pytest.mark.parametrize(("by", "finds"), [("chair", False), ("counsel", True), ("auditor", True)])
def test_only_the_committee_changes_its_texts(world: World, by: str, finds: bool) -> None:
    change_text(world, by)
    world.morning()
    seen = look(world)
    assert ("change_texts" in seen.text) is finds
