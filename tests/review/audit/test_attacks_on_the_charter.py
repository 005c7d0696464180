"""Records of the charter changed, taken away or put in behind the ledger: the book lies."""

import dataclasses

import pytest

from tests.review.audit.company import ONE_DAY
from tests.review.audit.looking import look
from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """A few days in which the secretary recorded things, and one record has ended."""
    made = World(5)
    made.record("person.enrolled", by="secretary", data={"role": "secretary"})
    made.batch()
    for _ in range(3):
        made.resolve()
        made.morning()
    made.end(made.charter[0])
    made.morning()
    assert look(made).status == 0
    return made


def test_what_was_recorded_or_ended_today_waits_for_the_next_batch(world: World) -> None:
    world.resolve()
    world.end(world.charter[1])
    assert look(world).status == 0


def test_a_record_changed_behind_the_ledger_is_found_twice(world: World) -> None:
    kept = world.charter[1]
    world.charter[1] = dataclasses.replace(kept, digest="ab" * 32)
    seen = look(world)
    assert "tells of a record of the charter that the book lacks" in seen.by("charter")
    assert f"the record {'ab' * 32} of the charter has no entry" in seen.by("charter")
    assert len(seen.places("charter")) == 1


def test_a_record_taken_away_is_found_by_its_entry(world: World) -> None:
    world.charter.pop()
    assert "it was changed, or taken away" in look(world).by("charter")


def test_a_record_put_in_behind_the_ledger_is_found(world: World) -> None:
    late = dataclasses.replace(world.charter[1], digest="cd" * 32)
    world.charter.append(late)
    assert "put in behind the ledger" in look(world).by("charter")


def test_a_record_cannot_say_that_it_waits_when_batches_have_come(world: World) -> None:
    """Attack: an act that is put back to the days before the newest batch."""
    world.resolve(on=world.today - 2 * ONE_DAY)
    assert "has no entry" in look(world).by("charter")


@pytest.mark.parametrize("changes", [{"by": "chair"}, {"on": "before"}], ids=str)
def test_a_record_of_another_person_or_day_than_its_entry_is_named(
    world: World, changes: dict[str, str]
) -> None:
    kept = world.charter[1]
    values = {"on": kept.on - ONE_DAY} if "on" in changes else changes
    world.charter[1] = dataclasses.replace(kept, **values)
    assert f"the book says that the record {kept.digest}" in look(world).by("charter")


def test_a_record_that_ended_without_an_entry_is_found(world: World) -> None:
    kept, stub = world.charter[1], world.charter[0]
    world.charter[1] = dataclasses.replace(kept, by=None, ended=stub.ended)
    assert "has ended without an entry" in look(world).by("charter")


def test_a_stub_taken_away_is_found_by_both_of_its_entries(world: World) -> None:
    world.charter.pop(0)
    text = look(world).by("charter")
    assert "that the book lacks" in text
    assert "ends a record of the charter that left no stub" in text


def test_a_stub_of_another_class_than_its_entry_is_found(world: World) -> None:
    stub = world.charter[0]
    assert stub.ended is not None
    other = dataclasses.replace(stub.ended, record_class="RC-14")
    world.charter[0] = dataclasses.replace(stub, ended=other)
    assert "of another day or class" in look(world).by("charter")


def test_a_hash_that_two_entries_tell_of_is_found(world: World) -> None:
    told = {"duty": "charter", "document": world.charter[1].digest, "event_on": "2026-01-01"}
    world.record("evidence.recorded", by="secretary", data=told)
    world.morning()
    assert "tells of a record of the charter that" in look(world).by("charter")


@pytest.mark.parametrize(("by", "finds"), [("secretary", False), ("chair", True)])
def test_only_the_secretary_takes_the_charter_s_book_away(
    world: World, by: str, finds: bool
) -> None:
    world.record("exported", by=by, data={"bundle": "ab" * 32, "reader": "charter"})
    world.morning()
    seen = look(world)
    assert ("whose role may not do that (record_charter)" in seen.text) is finds
    assert seen.status == int(finds)
