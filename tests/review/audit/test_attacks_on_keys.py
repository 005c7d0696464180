"""Keys that were replaced, people who are to come on the roster, and lies about either."""

from crypto import strict
from crypto.roster import Roster, replaced_keys
from tests import committee
from tests.review.audit.looking import look
from tests.review.audit.world import World


def rotated(world: World) -> Roster:
    """A roster of today in which member-1 has another key, and the entries that say so."""
    issued = world.today.isoformat()
    readers = [
        {**each, "recipient": committee.recipient("second").text}
        if each["id"] == "member-1"
        else each
        for each in committee.roster_fields()["readers"]  # type: ignore[attr-defined]
    ]
    before = world.rosters[-1]
    roster = committee.next_roster(before, demo=False, issued_on=issued, readers=readers)
    world.publish(roster)
    for key, fingerprint, by in replaced_keys(before, roster):
        world.record("key.rotated", by=by, data={"key": key, "fingerprint": fingerprint})
    return roster


def told(world: World) -> str:
    return look(world).by("rotations")


def test_a_key_that_a_roster_replaced_and_the_ledger_tells_holds(world: World) -> None:
    rotated(world)
    world.live(1, busy=False)
    assert look(world).status == 0


def test_a_key_that_no_roster_replaced_is_found(world: World) -> None:
    fingerprint = "ab" * 32
    world.record("key.rotated", data={"key": "routing", "fingerprint": fingerprint})
    world.live(1, busy=False)
    assert "replaces a key (routing) by one that no roster brought" in told(world)


def test_a_rotation_told_of_another_person_is_found(world: World) -> None:
    rotated(world)
    world.waiting[-1].by = "member-2"
    world.live(1, busy=False)
    assert "replaces a key (reader) by one that no roster brought" in told(world)


def test_a_rotation_told_twice_is_found(world: World) -> None:
    rotated(world)
    again = world.waiting[-1]
    world.record("key.rotated", by=again.by, data=again.data)
    world.live(1, busy=False)
    assert "replaces a key (reader) that was replaced before" in told(world)


def test_a_rotation_that_nobody_told_is_left_open_and_said(world: World) -> None:
    rotated(world)
    world.waiting.pop()
    world.live(1, busy=False)
    verified = look(world).verified
    assert verified is not None
    left = [line for each in verified.checks for line in each.told.unchecked]
    assert any("when the keys that roster" in line for line in left)


def test_who_is_to_come_signs_in_before_the_roster_has_them(world: World) -> None:
    world.record("person.enrolled", by="gloria", data={"role": "candidate"})
    world.record("login.started", by="gloria", data={"means": "passkey"})
    world.live(1, busy=False)
    assert look(world).status == 0
    world.record("note.left", world.cases[0], by="gloria", digest="ab" * 32)
    world.live(1, busy=False)
    assert "by gloria, who was not on the roster" in look(world).text


def test_a_candidate_is_enrolled_again_with_the_roster_that_has_them(world: World) -> None:
    world.record("person.enrolled", by="gloria", data={"role": "candidate"})
    world.live(1, busy=False)
    new = {
        **committee.roster_fields()["readers"][0],  # type: ignore[index]
        "id": "gloria",
        "role": "member",
        "recipient": committee.recipient("new").text,
        "verify_key": strict.to_b64(bytes(31) + b"\x01"),
    }
    readers = [*committee.roster_fields()["readers"], new]  # type: ignore[misc]
    issued = world.today.isoformat()
    before = world.rosters[-1]
    world.publish(committee.next_roster(before, demo=False, issued_on=issued, readers=readers))
    world.record("person.enrolled", by="gloria", data={"role": "member"})
    world.live(1, busy=False)
    assert look(world).status == 0
    world.record("person.enrolled", by="gloria", data={"role": "member"})
    world.live(1, busy=False)
    assert "enrols gloria, who was enrolled before" in look(world).by("people")
