"""A case that is called a drill and is none, and drills that never were: each is found."""

import datetime

import pytest

from crypto import drill, signing, strict
from review.audit.checks.drills import Drills
from review.casework.course import Stage, Step
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
from tests.review.audit.looking import look
from tests.review.audit.world import World

OTHERS_SEED = committee.seed("somebody's own drill key")


@pytest.fixture
def case(world: World) -> InBook:
    """A case that was opened and answered, in a world whose days go on."""
    found = world.submit()
    world.morning()
    world.read(found)
    world.reply(found)
    return found


def mark_of(world: World, case_id: str, seed: bytes = committee.DRILL_SEED) -> list[str]:
    return list(drill.make(committee.INSTALLATION, case_id, world.today, seed).words)


def run(world: World, **data: str | None) -> None:
    """Record a drill that passed today, but for what is given here."""
    today = world.today.isoformat()
    told = {"outcome": "passed", "sent": today, "answered": today, "marked": None}
    world.record("drill.run", data={**told, **data})


def unchecked(world: World) -> list[str]:
    verified = look(world).verified
    assert verified is not None
    (check,) = [each for each in verified.checks if each.name == Drills.name]
    return check.told.unchecked


def test_a_drill_with_its_mark_holds_and_is_told(world: World, case: InBook) -> None:
    sent = world.today.isoformat()
    signed = world.step(case, Step.MARK_DRILL, "member-1", mark=mark_of(world, case.id))
    assert case.state == Stage.NOT_A_REPORT
    world.morning()
    run(world, sent=sent, marked=signed.act.hash)
    world.morning()
    assert look(world).status == 0
    key = strict.to_b64(signing.verify_key(committee.DRILL_SEED))
    (said,) = unchecked(world)
    assert said.startswith(f"1 case is called a drill, with marks of the drill key {key}")


def test_a_real_case_that_is_called_a_drill_is_found(world: World, case: InBook) -> None:
    """Attack: a server and a reader hide a case, whose submission has no mark."""
    elsewhere = mark_of(world, "ab" * 32)
    world.step(case, Step.MARK_DRILL, "member-1", mark=elsewhere)
    world.morning()
    text = look(world).by("drills")
    assert f"calls case {case.id} a drill without its mark" in text


@pytest.mark.parametrize("mark", [[], ["2026-11-21"], ["2026-11-21", "x", "y"]])
def test_a_mark_that_is_none_is_found(world: World, case: InBook, mark: list[str]) -> None:
    world.step(case, Step.MARK_DRILL, "member-1", mark=mark)
    world.morning()
    text = "\n".join(each.says for each in look(world).found["drills"])
    assert f"calls case {case.id} a drill without its mark" in text


def test_a_drill_that_nobody_signed_is_found(world: World, case: InBook) -> None:
    signed = world.step(case, Step.MARK_DRILL, "member-1", mark=mark_of(world, case.id))
    world.acts.remove(signed)
    world.morning()
    assert "names an act that nobody has signed" in look(world).by("signatures")


def test_marks_of_another_drill_key_are_told_apart(world: World, case: InBook) -> None:
    world.step(case, Step.MARK_DRILL, "member-1", mark=mark_of(world, case.id, OTHERS_SEED))
    other = world.submit()
    world.morning()
    world.read(other)
    world.step(other, Step.MARK_DRILL, "chair", mark=mark_of(world, other.id))
    world.morning()
    keys = {strict.to_b64(signing.verify_key(each)) for each in (OTHERS_SEED, committee.DRILL_SEED)}
    said = unchecked(world)
    assert len(said) == len(keys)
    assert all(any(key in each for each in said) for key in keys)


def test_a_drill_that_passed_without_a_marked_case_is_found(world: World) -> None:
    run(world)
    run(world, marked="ab" * 32)
    world.morning()
    assert look(world).by("drills").count("of which no case has the mark") == 2


def test_a_drill_that_passes_twice_is_found(world: World, case: InBook) -> None:
    signed = world.step(case, Step.MARK_DRILL, "member-1", mark=mark_of(world, case.id))
    run(world, marked=signed.act.hash)
    run(world, marked=signed.act.hash)
    world.morning()
    assert "says that a drill passed once more" in look(world).by("drills")


@pytest.mark.parametrize(
    ("days", "says"),
    [({"sent": -ONE_DAY}, "on another day than its mark"), ({"answered": ONE_DAY}, "in order")],
)
def test_days_of_a_drill_that_cannot_be_are_found(
    world: World, case: InBook, days: dict[str, datetime.timedelta], says: str
) -> None:
    signed = world.step(case, Step.MARK_DRILL, "member-1", mark=mark_of(world, case.id))
    told = {name: (world.today + by).isoformat() for name, by in days.items()}
    run(world, marked=signed.act.hash, **told)
    world.morning()
    assert says in look(world).by("drills")


def test_a_drill_that_nobody_answered_is_on_the_record_and_no_exception(world: World) -> None:
    run(world, outcome="failed", answered=None)
    world.morning()
    assert look(world).status == 0
