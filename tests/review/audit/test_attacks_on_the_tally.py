"""Deposits dropped so that the tally does not tell: its beginning withheld, or set aside."""

import pytest

from crypto import entry
from tests import committee
from tests.review.audit.company import BEGAN, ONE_DAY, Deposit
from tests.review.audit.looking import look
from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """A week, with cases and nothing wrong."""
    made = World(3)
    made.batch()
    made.submit()
    made.live(7)
    made.morning()
    assert look(made).status == 0
    return made


def without_a_tally(world: World, days: int) -> None:
    """A collector that drops every deposit, and the days that intake signed."""
    for _ in range(days):
        world.submit()
        world.deposits = []
        world.today += ONE_DAY
        world.batch()


def test_a_tally_cannot_begin_when_the_keeper_likes() -> None:
    """Deposits of the first days dropped, and the signed days with them."""
    world = World(11)
    world.batch()
    without_a_tally(world, 3)
    world.tally = {BEGAN + day * ONE_DAY: b"" for day in range(3)}
    world.submit()
    world.live(3)
    world.tally = {day: document for day, document in world.tally.items() if document}
    text = look(world).by("tally")
    assert f"the ledger began on {BEGAN}, and the tally only on {min(world.tally)}" in text


def test_a_ledger_without_any_tally_is_not_one_that_holds() -> None:
    world = World(12)
    world.batch()
    without_a_tally(world, 2)
    assert look(world).status == 0, "the first day may still be under way"
    without_a_tally(world, 1)
    assert "there is no tally: every deposit may have been dropped" in look(world).by("tally")


def test_in_a_demonstration_a_late_tally_is_said() -> None:
    world = World(12, rosters=[committee.roster()])
    world.batch()
    without_a_tally(world, 9)
    seen = look(world)
    assert seen.status == 0
    assert seen.verified is not None
    told = [line for check in seen.verified.checks for line in check.told.unchecked]
    assert any("there is no tally" in line for line in told)


def set_aside(world: World, *, waits: int = 0) -> Deposit:
    """Drop a deposit of today, by saying so many mornings later that it was set aside."""
    world.submit()
    left = world.deposits.pop()
    for _ in range(1 + waits):
        world.morning()
    act = world.record("deposit.set-aside", digest=left.digest, data={"reason": "routing"})
    act.nonce = left.nonce
    world.morning()
    return left


def test_setting_a_deposit_aside_does_not_excuse_it_for_ever(world: World) -> None:
    left = set_aside(world)
    assert look(world).status == 0
    world.live(8, busy=False)
    text = look(world).text
    assert "(routing), and it was never taken in" in text
    assert entry.tally_value(left.digest, left.nonce) in text


def test_what_was_set_aside_and_then_received_is_not_outstanding(world: World) -> None:
    left = set_aside(world)
    world.deposits.append(left)
    world.morning()
    seen = look(world)
    assert seen.verified is not None
    told = [line for check in seen.verified.checks for line in check.told.unchecked]
    assert "set a deposit aside" not in "".join(told) + seen.text


def test_a_deposit_cannot_be_set_aside_after_it_was_missed(world: World) -> None:
    set_aside(world, waits=3)
    assert "it was dropped first" in look(world).by("tally")


def test_what_was_received_cannot_be_set_aside(world: World) -> None:
    world.submit()
    taken = world.deposits[-1]
    world.morning()
    act = world.record("deposit.set-aside", digest=taken.digest, data={"reason": "routing"})
    act.nonce = taken.nonce
    world.morning()
    assert "sets aside a deposit that has a receipt already" in look(world).by("tally")


def test_a_deposit_that_was_never_tallied_cannot_be_set_aside(world: World) -> None:
    world.record("deposit.set-aside", digest="ab" * 32, data={"reason": "routing"})
    world.morning()
    world.morning()
    assert "is of a deposit that intake has not tallied" in look(world).by("tally")
