"""Holds and changes of the schedule that nobody could have made: each is found."""

from crypto import act as act_format
from crypto.act import Act
from review.audit.acts import SignedAct
from review.retention import changing, custody, holding
from tests import committee, retention
from tests.review.audit.company import ONE_DAY
from tests.review.audit.looking import look
from tests.review.audit.world import World

SEALED = b"the reason, sealed"


def keep(world: World, act: Act, *by: str) -> Act:
    """These people sign an act, and the bundle has it."""
    made = act_format.build(
        installation=committee.INSTALLATION,
        subject=act.subject,
        act=act.act,
        data=act.data,
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=act.previous,
    )
    signed = tuple(act_format.sign(made, one, committee.signing_seed(one)) for one in sorted(by))
    world.acts.append(SignedAct(made, signed))
    return made


def place(world: World, *by: str) -> Act:
    act = keep(world, retention.hold(SEALED), *by)
    data = {"act": act.hash, "hold": retention.HOLD}
    world.record("hold.placed", by=by[-1], data=data)
    world.morning()
    return act


def release(world: World, placed: Act, *by: str, hold: str = retention.HOLD) -> None:
    act = keep(world, retention.release(placed), *by)
    world.record("hold.released", by=by[-1], data={"act": act.hash, "hold": hold})
    world.morning()


def change(world: World, *by: str, told: str = "2026-14", days: int = 30, version: int = 1) -> None:
    effective = (world.today + days * ONE_DAY).isoformat()
    act = keep(world, retention.change(effective=effective, version=version), *by)
    line = changing.read(act.subject, act.data)
    entry = {**changing.told(act.hash, line), "resolution": told}
    world.record("schedule.changed", by=by[-1], data=entry)
    world.morning()


def note(
    world: World, kind: str, by: str = "chair", previous: str | None = None, **more: str
) -> Act:
    """Somebody notes something of the hold; told is the hold that the entry names."""
    hold = more.pop("told", retention.HOLD)
    if kind != custody.REVIEW:
        more.setdefault("day", str(world.today))
    act = keep(world, retention.noted(kind, previous, **more), by)
    world.record(custody.ENTRIES[kind], by=by, data={"act": act.hash, "hold": hold})
    world.morning()
    return act


def test_what_is_noted_of_a_hold_holds(world: World) -> None:
    place(world, "counsel")
    first = note(world, custody.NOTIFY)
    second = note(world, custody.ACKNOWLEDGE, "member-1", first.hash)
    note(world, custody.REVIEW, "counsel", second.hash)
    assert look(world).status == 0


def warned(world: World) -> list[str]:
    """What is to be looked at of the custody of holds; it is no exception."""
    seen = look(world)
    assert seen.verified is not None
    (check,) = [each for each in seen.verified.checks if each.name == "custody"]
    assert check.told.exceptions == []
    return [each.says for each in check.told.warnings]


def test_a_review_of_a_hold_that_is_late_is_a_warning(world: World) -> None:
    placed = place(world, "counsel")
    world.today = by = custody.review_by(placed.on, [])
    world.batch()
    assert warned(world) == []
    world.morning()
    assert warned(world) == [f"the hold {retention.HOLD} had to be looked at again by {by}"]
    note(world, custody.REVIEW, "counsel")
    assert warned(world) == []


def test_a_notice_that_is_not_acknowledged_is_a_warning(world: World) -> None:
    placed = place(world, "counsel")
    first = note(world, custody.NOTIFY)
    (said,) = warned(world)
    assert said.startswith("IT-2 was told of the hold")
    assert said.endswith("has not acknowledged it")
    note(world, custody.ACKNOWLEDGE, "member-1", first.hash)
    assert warned(world) == []
    note(world, custody.NOTIFY, previous=world.acts[-1].act.hash)
    assert len(warned(world)) == 1
    release(world, placed, "chair", "member-1")
    assert warned(world) == []


def test_a_note_of_a_hold_that_was_never_placed_is_found(world: World) -> None:
    note(world, custody.REVIEW)
    assert "is of a hold that was never placed" in look(world).by("custody")


def test_a_note_that_tells_of_another_hold_is_found(world: World) -> None:
    place(world, "chair")
    note(world, custody.NOTIFY, told="cd" * 32)
    assert "names an act of another hold" in look(world).by("custody")


def test_an_acknowledgement_by_somebody_who_was_never_told_is_found(world: World) -> None:
    place(world, "chair")
    note(world, custody.ACKNOWLEDGE)
    assert "Nobody has told them of the hold yet." in look(world).by("custody")


def test_a_review_that_is_told_as_a_notice_is_found(world: World) -> None:
    place(world, "chair")
    act = keep(world, retention.noted(custody.REVIEW), "chair")
    world.record("hold.notified", by="chair", data={"act": act.hash, "hold": retention.HOLD})
    world.morning()
    assert "names an act of another kind" in look(world).by("custody")


def test_a_note_by_somebody_who_may_place_no_hold_is_found(world: World) -> None:
    place(world, "chair")
    act = keep(world, retention.noted(custody.REVIEW), "chair")
    data = {"act": act.hash, "hold": retention.HOLD}
    world.record("hold.reviewed", by="auditor", data=data)
    world.morning()
    assert "whose role may not do that (place_hold)" in look(world).said("people")


def test_a_note_of_a_day_that_had_not_come_is_found(world: World) -> None:
    place(world, "chair")
    note(world, custody.NOTIFY, day=(world.today + 30 * ONE_DAY).isoformat())
    assert "That day is still to come." in look(world).by("custody")


def test_a_hold_that_one_placed_and_two_released_holds(world: World) -> None:
    placed = place(world, "counsel")
    release(world, placed, "chair", "member-1")
    assert look(world).status == 0


def test_a_release_signed_by_one_is_found(world: World) -> None:
    release(world, place(world, "chair"), "chair")
    assert "fewer than two who may release a hold" in look(world).by("holds")


def test_a_hold_placed_by_somebody_who_may_not_is_found(world: World) -> None:
    act = keep(world, retention.hold(SEALED), "member-1")
    told = {"act": act.hash, "hold": retention.HOLD}
    world.record("hold.placed", by="auditor", data=told)
    world.morning()
    seen = look(world)
    assert "whose role may not do that (place_hold)" in seen.said("people")
    assert "is by somebody who did not sign its act" in seen.said("signatures")


def test_a_hold_without_its_act_is_found(world: World) -> None:
    told = {"act": "0" * 64, "hold": retention.HOLD}
    world.record("hold.placed", by="chair", data=told)
    world.morning()
    assert "names an act that nobody has signed" in look(world).by("signatures")


def test_a_release_of_another_hold_or_of_none_is_found(world: World) -> None:
    placed = place(world, "chair")
    release(world, placed, "chair", "member-1", hold="cd" * 32)
    said = look(world).by("holds")
    assert "names an act of another hold" in said


def test_an_act_that_places_nothing_is_found(world: World) -> None:
    act = keep(world, retention.hold(SEALED, classes=["RC-99"]), "chair")
    told = {"act": act.hash, "hold": retention.HOLD}
    world.record("hold.placed", by="chair", data=told)
    world.morning()
    assert "names an act that places nothing" in look(world).by("holds")


def test_a_release_of_a_hold_that_was_never_placed_is_found(world: World) -> None:
    act = keep(world, retention.release(retention.hold(SEALED)), "chair", "member-1")
    world.acts[-1] = SignedAct(act, world.acts[-1].signatures)
    told = {"act": act.hash, "hold": holding.hold_of(act.subject)}
    world.record("hold.released", by="chair", data=told)
    world.morning()
    assert "releases a hold that was never placed" in look(world).said("holds")


def test_a_change_of_the_schedule_by_two_for_a_later_day_holds(world: World) -> None:
    change(world, "chair", "alternate")
    assert look(world).status == 0


def test_a_change_of_the_schedule_by_one_is_found(world: World) -> None:
    change(world, "chair")
    assert "fewer than two of the committee" in look(world).by("schedule")


def test_counsel_does_not_count_for_the_schedule(world: World) -> None:
    change(world, "counsel", "chair")
    assert "fewer than two of the committee" in look(world).by("schedule")


def test_a_change_that_moves_days_that_run_already_is_found(world: World) -> None:
    change(world, "chair", "member-1", days=0)
    assert "it moves no day that runs already" in look(world).by("schedule")


def test_an_entry_that_tells_of_another_line_is_found(world: World) -> None:
    change(world, "chair", "member-1", told="2026-99")
    assert "tells of another line than its act" in look(world).by("schedule")


def test_a_version_that_was_left_out_is_found(world: World) -> None:
    change(world, "chair", "member-1", version=2)
    assert "The class has another version by now" in look(world).by("schedule")


def test_a_release_on_other_terms_than_the_hold_was_placed_on_is_found(world: World) -> None:
    placed = place(world, "chair")
    other = retention.hold(b"another reason", classes=["RC-01"])
    act = keep(world, retention.release(other, previous=placed.hash), "chair", "member-1")
    world.record("hold.released", by="chair", data={"act": act.hash, "hold": retention.HOLD})
    world.morning()
    assert "on other terms than it was placed on" in look(world).by("holds")


def test_a_hold_that_names_a_case_and_says_more_is_looked_at(world: World) -> None:
    act = keep(world, retention.hold(SEALED, cases=["ab" * 32], classes=["RC-01"]), "chair")
    data = {"act": act.hash, "hold": retention.HOLD}
    world.record("hold.placed", by="chair", data=data)
    world.morning()
    verified = look(world).verified
    assert verified is not None
    warned = [one.says for each in verified.checks for one in each.told.warnings]
    assert any("names a case and says more" in says for says in warned)
