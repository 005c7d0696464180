"""Somebody takes over a reader's account, and the book says that two others let them in again."""

import pytest

from review.audit.acts import SignedAct
from tests.review.audit.looking import look
from tests.review.audit.signing import renew
from tests.review.audit.world import World


def said(world: World) -> str:
    world.morning()
    return look(world).by("renewed")


def test_two_others_let_a_reader_in_again(world: World) -> None:
    renew(world, "chair", "alternate", "member-1")
    renew(world, "chair", "member-1", "member-2")
    world.morning()
    assert look(world).found == {}


@pytest.mark.parametrize("by", [("member-1",), ("chair", "member-1"), ("counsel", "member-1")])
def test_a_reader_whom_no_two_others_let_in_again_is_found(
    world: World, by: tuple[str, ...]
) -> None:
    """One alone, or with the person themselves, or with somebody who has no say in it."""
    renew(world, "chair", *by)
    assert "lets chair in, for whom no two others signed" in said(world)


def test_signatures_for_somebody_else_let_nobody_in(world: World) -> None:
    renew(world, "chair", "alternate", "member-1", about="member-2")
    assert "lets chair in by an act about something else" in said(world)


def test_signatures_for_something_else_let_nobody_in(world: World) -> None:
    renew(world, "chair", "alternate", "member-1", act="change-text")
    assert "lets chair in by an act about something else" in said(world)


def test_a_new_way_in_that_no_entry_tells_of_is_found(world: World) -> None:
    """The book let somebody in, and kept it from the ledger."""
    renew(world, "chair", "alternate", "member-1")
    world.waiting.pop()
    world.morning()
    assert "has no entry" in look(world).by("signatures")


def test_a_second_signature_that_is_taken_away_is_missed(world: World) -> None:
    """One of the two is named in an entry, and no signature of theirs is there."""
    act = renew(world, "chair", "alternate", "member-1")
    world.acts[-1] = SignedAct(act.act, act.signatures[:1])
    world.morning()
    assert "for whom no two others signed" in look(world).said("renewed")
