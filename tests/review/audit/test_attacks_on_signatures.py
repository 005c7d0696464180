"""Steps that nobody signed, or not enough, or somebody for something else: each is found."""

import dataclasses

import pytest

from crypto import act as act_format
from review.audit.acts import SignedAct
from review.casework.course import Stage, Step
from tests import committee
from tests.review.audit.company import InBook
from tests.review.audit.looking import look
from tests.review.audit.signing import triage
from tests.review.audit.world import World

CHOSEN = {"investigator": ["OUTSIDE"], "hold_decision": ["no"], "sealed": ["ab" * 32]}


@pytest.fixture
def case(world: World) -> InBook:
    """A case that was triaged, in a world whose days go on."""
    found = world.submit()
    world.morning()
    triage(world, found)
    world.morning()
    return found


def found(world: World) -> str:
    world.morning()
    return look(world).said("signatures")


def change(world: World, at: int = -1, **fields: object) -> None:
    """Sign the act at this place anew, with other fields, and let its entry name it."""
    before = world.acts[at]
    names = ("installation", "subject", "act", "data", "roster", "on", "previous")
    act = act_format.build(**{**{name: getattr(before.act, name) for name in names}, **fields})
    by = [each.by for each in before.signatures]
    world.acts[at] = SignedAct(act, tuple(_signed(act, each) for each in by))
    for each in world.waiting:
        if each.data.get("act") == before.act.hash:
            each.data["act"] = act.hash


def _signed(act: act_format.Act, by: str, key: str | None = None) -> act_format.Signature:
    return act_format.sign(act, by, committee.signing_seed(key or by))


def test_an_honest_course_holds(world: World, case: InBook) -> None:
    world.step(case, Step.INVESTIGATE, "chair", **CHOSEN)
    world.step(case, Step.REPORT_FACTS, "member-1", sealed=["cd" * 32])
    world.step(case, Step.DETERMINE, "chair", "member-1", outcomes=["s1=PARTLY"])
    world.step(case, Step.GIVE_FEEDBACK, "member-1")
    kept = {"retention_class": ["RC-01"], "retaliation_plan": ["member-1"]}
    world.step(case, Step.CLOSE, "chair", "member-2", **kept)
    assert found(world) == ""
    assert case.state == Stage.CLOSED
    assert look(world).status == 0


def test_a_step_that_only_one_of_two_signed_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.SET_ASIDE, "chair", retention_class=["RC-04"], sealed=["cd" * 32])
    assert "The chair and a second person have to sign this." in found(world)


@pytest.mark.parametrize("record_class", ["RC-06", "RC-01", "RC-99"])
def test_a_class_that_is_not_for_such_an_end_is_found(
    world: World, case: InBook, record_class: str
) -> None:
    """Attack: a case is kept for no day, as what no case is kept as."""
    kept = {"retention_class": [record_class], "sealed": ["cd" * 32]}
    world.step(case, Step.SET_ASIDE, "chair", "member-1", **kept)
    assert "After this step it is kept as RC-04." in found(world)


def test_a_lower_severity_signed_by_one_is_found(world: World, case: InBook) -> None:
    coded = {"category": ["REV"], "severity": ["S4"], "sealed": ["cd" * 32]}
    world.step(case, Step.RECLASSIFY, "member-1", **coded)
    assert "Two different people have to sign a lower severity." in found(world)


def test_a_skipped_step_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.DETERMINE, "chair", "member-1", outcomes=["s1=PARTLY"])
    assert "You cannot determine a case that is triaged" in found(world)
    assert "to which the rules have no step" in look(world).said("histories")


def test_a_role_that_may_not_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.INVESTIGATE, "counsel", **CHOSEN)
    assert "A counsel cannot do this" in found(world)


def test_an_act_signed_for_another_case_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.INVESTIGATE, "chair", **CHOSEN)
    change(world, subject="aa" * 32, previous=None)
    assert "names an act that was signed for another case" in found(world)


def test_a_replayed_act_is_found(world: World, case: InBook) -> None:
    signed = world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    told = {"step": "escalate", "from": "TRIAGED", "to": "TRIAGED", "act": signed.act.hash}
    world.record("case.moved", case, by="chair", data=told)
    assert "uses an act once more" in found(world)


def test_an_act_with_an_old_roster_is_found(world: World, case: InBook) -> None:
    old = world.rosters[-1]
    later = committee.next_roster(old, demo=False, issued_on=world.today.isoformat())
    world.publish(later)
    for _day in range(3):
        world.morning()
    world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    change(world, roster=old.hash)
    assert "names a roster that was not in force" in found(world)


def test_one_person_under_two_names_is_found(world: World, case: InBook) -> None:
    kept = {"retention_class": ["RC-04"], "sealed": ["cd" * 32]}
    signed = world.step(case, Step.SET_ASIDE, "chair", "member-1", **kept)
    twice = (_signed(signed.act, "chair"), _signed(signed.act, "member-1", "chair"))
    world.acts[-1] = SignedAct(signed.act, twice)
    assert "was not signed as it says" in found(world)


def test_somebody_who_had_left_the_case_is_found(world: World, case: InBook) -> None:
    """Attack: a recused member decides."""
    left = act_format.build(
        installation=committee.INSTALLATION, subject=case.id, act="recuse",
        data={"person": "member-1"}, roster=world.rosters[-1].hash, on=world.today,
        previous=world.acts[-1].act.hash,
    )  # fmt: skip
    world.acts.append(SignedAct(left, (_signed(left, "member-1"),)))
    told = {"person": "member-1", "act": left.hash}
    world.record("case.recused", case, by="member-1", data=told)
    kept = {"retention_class": ["RC-04"], "sealed": ["cd" * 32]}
    world.step(case, Step.SET_ASIDE, "chair", "member-1", **kept)
    assert "somebody signed who had left the case" in found(world)


def test_a_wrong_act_before_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    change(world, previous="ab" * 32)
    assert "does not follow the one before it" in found(world)


def test_an_act_taken_away_and_one_put_in_are_found(world: World, case: InBook) -> None:
    taken = world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    world.acts.remove(taken)
    assert "names an act that nobody has signed" in found(world)
    other = world.step(case, Step.ESCALATE, "member-1", recipient=["ALL"])
    world.waiting = [each for each in world.waiting if each.data.get("act") != other.act.hash]
    assert f"the act {other.act.hash} has no entry" in found(world)


def test_an_entry_that_tells_another_step_than_its_act_is_found(world: World, case: InBook) -> None:
    world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    world.waiting[-1].data["step"] = "assign"
    assert "tells of another step than its act" in found(world)
    world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    world.waiting[-1].by = "member-2"
    assert "is by somebody who did not sign its act" in found(world)


def test_a_signature_changed_or_moved_to_another_act_is_found(world: World, case: InBook) -> None:
    first = world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    second = world.step(case, Step.ESCALATE, "chair", recipient=["ALL"])
    world.acts[-1] = dataclasses.replace(second, signatures=first.signatures)
    assert "was not signed as it says" in found(world)
