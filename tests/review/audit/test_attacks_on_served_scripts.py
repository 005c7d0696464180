"""A release whose scripts were changed after they had been told is found."""

from review.audit.checks.served import Served
from tests.review.audit.looking import look
from tests.review.audit.world import World


def served(world: World, release: str, scripts: str) -> None:
    """Tell the ledger what the pages have."""
    world.record("scripts.served", data={"release": release, "scripts": scripts * 64})
    world.morning()


def test_the_scripts_of_each_release_hold_and_the_last_is_to_be_compared(world: World) -> None:
    served(world, "0.1.0", "a")
    served(world, "0.2.0", "b")
    # A host that was made anew tells it again.
    served(world, "0.2.0", "b")
    found = look(world)
    assert found.status == 0
    assert found.verified is not None
    (check,) = [each for each in found.verified.checks if each.name == Served.name]
    (said,) = check.told.unchecked
    assert said.startswith(f"whether the public pages have the scripts of 0.2.0, {'b' * 64}:")


def test_one_release_with_two_sets_of_scripts_is_found(world: World) -> None:
    """Attack: who has the host serves scripts of their own and records them as the release's."""
    served(world, "0.2.0", "a")
    served(world, "0.2.0", "b")
    found = look(world)
    assert found.status == 1
    assert "says that 0.2.0 has other scripts than" in found.by("scripts")
