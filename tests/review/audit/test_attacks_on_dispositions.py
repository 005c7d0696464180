"""Dispositions that nobody could have made: too early, under hold, or with fewer than two."""

from dataclasses import replace
from typing import Any

import pytest

from crypto import act as act_format
from crypto import disposing
from review.audit.check import HOLDS, IN_PART
from review.casework.course import Stage, Step
from review.retention import holding
from tests import committee, retention
from tests.review.audit import ended
from tests.review.audit.company import ONE_DAY
from tests.review.audit.ended import (
    APPROVERS,
    CLASS,
    COOLING,
    Ending,
    approve,
    certify,
    execute,
    leave_out,
    line_of,
    propose,
)
from tests.review.audit.looking import Seen, look
from tests.review.audit.test_attacks_on_holds import change, keep
from tests.review.audit.world import World


@pytest.fixture
def cooled() -> Ending:
    """Two records that may go today."""
    return ended.cooled()


def told(world: World, name: str) -> tuple[list[str], list[str]]:
    """The codes of the exceptions and of the warnings of a check."""
    seen = look(world)
    assert seen.verified is not None
    check = next(each for each in seen.verified.checks if each.name == name)
    return [each.code for each in check.told.exceptions], [
        each.code for each in check.told.warnings
    ]


def carried_out(made: Ending) -> Seen:
    """The job carries all of it out today, and the other one certifies it tomorrow."""
    for case in made.cases:
        execute(made.world, made.manifest, case)
    made.world.morning()
    certify(made.world, made.manifest)
    made.world.morning()
    return look(made.world)


def test_what_two_approved_and_a_job_carried_out_and_another_certified_holds() -> None:
    seen = look(ended.ended().world)
    assert seen.status == 0, seen.text
    assert seen.verified is not None
    by_name = {each.name: each for each in seen.verified.checks}
    for name in ("dispositions", "approvals", "terms", "withheld", "records", "histories"):
        assert by_name[name].outcome == HOLDS, name
        assert not by_name[name].told.warnings
    assert by_name["signatures"].outcome == IN_PART


def test_between_two_batches_nothing_is_missing(cooled: Ending) -> None:
    """What waits is told with the bundle, so that no act lacks its entry."""
    world = cooled.world
    for case in cooled.cases:
        execute(world, cooled.manifest, case)
    certify(world, cooled.manifest)
    assert look(world).status == 0, look(world).text
    fresh, cases = ended.due()
    manifest = propose(fresh, *(line_of(fresh, each) for each in cases))
    approve(fresh, manifest)
    assert look(fresh).status == 0, look(fresh).text


# -- approvals -----------------------------------------------------------------------------------


def disposed_by(by: tuple[str, ...], proposer: str = "chair") -> Ending:
    """A company whose records went, approved by these alone."""
    world, cases = ended.due()
    manifest = propose(world, *(line_of(world, each) for each in cases), by=proposer)
    world.morning()
    approve(world, manifest, *by)
    world.live(COOLING, busy=False)
    made = Ending(world, cases, manifest)
    carried_out(made)
    return made


@pytest.mark.parametrize("by", [("member-1",), ("chair", "member-1"), ("counsel",)])
def test_fewer_than_two_who_may_approve_is_found_once_for_each_record(
    by: tuple[str, ...],
) -> None:
    """Attack: one person alone, or its proposer with another, lets records go (T04)."""
    assert told(disposed_by(by).world, "approvals")[0] == ["T04", "T04"]


def test_counsel_and_one_of_the_committee_are_two() -> None:
    assert told(disposed_by(("counsel", "member-1")).world, "approvals") == ([], [])


def test_an_approval_that_nobody_gave_is_found(cooled: Ending) -> None:
    cooled.world.acts = [each for each in cooled.world.acts if each.act.act != disposing.ACT]
    for case in cooled.cases:
        execute(cooled.world, cooled.manifest, case)
    cooled.world.morning()
    assert told(cooled.world, "approvals")[0] == ["T04", "T04"]
    assert "names an act that nobody has signed" in look(cooled.world).said("signatures")


def test_an_approval_of_another_manifest_lets_nothing_go() -> None:
    """Attack: two sign one list, and another one is carried out."""
    world, cases = ended.due()
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    approve(world, manifest, data={"manifest": "ab" * 32})
    world.live(COOLING, busy=False)
    for case in cases:
        execute(world, manifest, case)
    world.morning()
    assert "by an act about something else" in look(world).said("approvals")
    assert told(world, "approvals")[0].count("T04") == len(cases)


def test_an_approval_of_another_disposition_is_found() -> None:
    world, cases = ended.due()
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    approve(world, manifest, about=disposing.subject("ab" * 16))
    world.morning()
    assert "by an act about something else" in look(world).by("approvals")


def test_a_signature_that_the_act_does_not_have_is_found(cooled: Ending) -> None:
    world = cooled.world
    entry = next(each for each in world.acts if each.act.act == disposing.ACT)
    alone = tuple(each for each in entry.signatures if each.by != APPROVERS[-1])
    world.acts[world.acts.index(entry)] = replace(entry, signatures=alone)
    assert "a signature that its act does not have" in look(world).said("approvals")
    assert "by somebody who did not sign its act" in look(world).said("signatures")


def test_an_approval_by_somebody_who_was_recused_does_not_count(cooled: Ending) -> None:
    """Attack: a member named in a case lets it go."""
    world, case = cooled.world, cooled.case
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=case.id,
        act="recuse",
        data={"person": "alternate"},
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=None,
    )
    world.record(
        "case.recused", case, by="alternate", data={"person": "alternate", "act": act.hash}
    )
    carried_out(cooled)
    assert told(world, "approvals")[0] == ["T04"]


def test_an_approval_given_after_the_execution_is_none() -> None:
    world, cases = ended.due()
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    for case in cases:
        execute(world, manifest, case)
    world.morning()
    approve(world, manifest)
    world.morning()
    assert told(world, "approvals")[0] == ["T04", "T04"]


def test_an_approval_before_the_proposal_is_found() -> None:
    world, cases = ended.due()
    world.today -= 2 * ONE_DAY
    lines = [line_of(world, each) for each in cases]
    world.today += 2 * ONE_DAY
    manifest = propose(world, *lines)
    world.waiting[-1].on = world.today
    world.today -= ONE_DAY
    approve(world, manifest)
    world.today += ONE_DAY
    world.morning()
    assert "before it was proposed" in look(world).said("approvals")


def test_days_of_cooling_that_were_not_kept_are_found() -> None:
    """Attack: a record goes on the day on which the second signed."""
    world, cases = ended.due()
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    approve(world, manifest)
    world.live(COOLING - 1, busy=False)
    carried_out(Ending(world, cases, manifest))
    assert told(world, "approvals")[0] == ["RA-10", "RA-10"]


def test_a_rejected_disposition_of_which_records_went_is_found(cooled: Ending) -> None:
    world, manifest = cooled.world, cooled.manifest
    approved = next(each for each in world.acts if each.act.act == disposing.ACT)
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=disposing.subject(manifest.id),
        act=disposing.REJECT,
        data={"manifest": manifest.hash, "reason": "NEEDED"},
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=approved.act.hash,
    )
    seed = committee.signing_seed("counsel")
    world.acts.append(
        replace(approved, act=act, signatures=(act_format.sign(act, "counsel", seed),))
    )
    data = {"manifest": manifest.hash, "act": act.hash}
    world.record("disposition.rejected", by="counsel", data=data)
    world.morning()
    assert look(world).status == 0, look(world).text
    assert "of which records went" in carried_out(cooled).by("dispositions")


# -- in time -------------------------------------------------------------------------------------


def test_a_record_that_went_before_it_was_due_is_found_with_the_days() -> None:
    """Attack: the manifest says that a record is due which is not (T02)."""
    world = World(5)
    world.batch()
    world.morning()
    case = ended.retain(world)
    early = line_of(world, case, due=world.today)
    manifest = propose(world, early)
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    said = carried_out(Ending(world, [case], manifest)).said("terms")
    assert "it was due on" in said
    assert "20 days before it was due" in said
    assert "T02" in told(world, "terms")[0]


def test_a_record_kept_since_another_day_than_it_ended_is_found() -> None:
    world, cases = ended.due()
    days = 400 * ONE_DAY
    line = line_of(world, cases[0])
    earlier = replace(line, triggered=line.triggered - days, due=line.due - days)
    manifest = propose(world, earlier)
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    said = carried_out(Ending(world, cases[:1], manifest)).said("terms")
    assert "went as kept since" in said


def test_a_version_that_was_void_moves_no_due_day() -> None:
    """Attack: one person shortens a class, and a record goes by it (RA-18, T02)."""
    world = World(5)
    world.batch()
    world.morning()
    change(world, "chair", days=1)
    world.morning()
    case = ended.retain(world)
    line = line_of(world, case, record_class="RC-01", version=1, due=world.today)
    manifest = propose(world, line)
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    carried_out(Ending(world, [case], manifest))
    assert told(world, "schedule")[0] == ["RA-18"]
    assert "T02" in told(world, "terms")[0]


def test_a_case_that_never_ended_cannot_go(cooled: Ending) -> None:
    """Attack: an open case is disposed of."""
    world = cooled.world
    case = world.submit()
    world.morning()
    world.read(case)
    world.reply(case)
    messages = [each.fields() for each in case.messages]
    line = replace(
        line_of(world, cooled.case), case=case.id, content=disposing.content_hash(messages)
    )
    manifest = propose(world, line)
    approve(world, manifest)
    world.live(COOLING, busy=False)
    execute(world, manifest, case)
    world.morning()
    seen = look(world)
    assert "disposes of a case that is ACKNOWLEDGED" in seen.said("histories")
    assert "went, and never ended" in seen.said("terms")


def test_what_is_there_long_after_its_day_is_a_warning_and_no_exception() -> None:
    world, cases = ended.due()
    world.live(24, busy=False)
    assert told(world, "terms") == ([], [])
    world.live(8, busy=False)
    assert told(world, "terms") == ([], ["T01"] * len(cases))
    assert look(world).status == 0


def test_what_went_long_after_its_day_is_a_warning() -> None:
    world, cases = ended.due()
    world.live(31, busy=False)
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    carried_out(Ending(world, cases, manifest))
    assert told(world, "terms") == ([], ["T01"] * len(cases))


def test_a_record_under_hold_is_not_overdue_and_the_days_begin_anew_where_it_ends() -> None:
    world, cases = ended.due()
    placed = hold(world, classes=[CLASS])
    world.live(40, busy=False)
    assert told(world, "terms") == ([], [])
    release = keep(world, retention.release(placed), "chair", "member-1")
    data = {"act": release.hash, "hold": retention.HOLD}
    world.record("hold.released", by="member-1", data=data)
    world.live(29, busy=False)
    assert told(world, "terms") == ([], [])
    world.live(3, busy=False)
    assert told(world, "terms") == ([], ["T01"] * len(cases))


# -- holds ---------------------------------------------------------------------------------------


def hold(world: World, **scope: Any) -> act_format.Act:
    """Counsel places a hold over this."""
    act = keep(world, retention.hold(b"the reason, sealed", **scope), "counsel")
    world.record("hold.placed", by="counsel", data={"act": act.hash, "hold": retention.HOLD})
    return act


def test_a_record_that_went_under_a_hold_is_found(cooled: Ending) -> None:
    """Attack: a hold over the class does not keep the job from going on (T03)."""
    hold(cooled.world, classes=[CLASS])
    cooled.world.morning()
    carried_out(cooled)
    assert told(cooled.world, "withheld")[0] == ["T03", "T03"]


def test_a_hold_that_was_placed_on_the_very_day_covers_what_went(cooled: Ending) -> None:
    hold(cooled.world, cases=[cooled.case.id])
    carried_out(cooled)
    assert told(cooled.world, "withheld")[0] == ["T03"]


def test_a_hold_over_something_else_keeps_nothing(cooled: Ending) -> None:
    hold(cooled.world, classes=["RC-01"])
    cooled.world.morning()
    assert holding.hold_of(f"hold/{retention.HOLD}") == retention.HOLD
    for case in cooled.cases:
        execute(cooled.world, cooled.manifest, case)
    cooled.world.morning()
    certify(
        cooled.world,
        cooled.manifest,
        ended.certificate(cooled.world, cooled.manifest, (retention.HOLD,)),
    )
    cooled.world.morning()
    assert look(cooled.world).status == 0, look(cooled.world).text


def test_a_hold_that_two_released_before_keeps_nothing(cooled: Ending) -> None:
    world = cooled.world
    placed = hold(world, classes=[CLASS])
    world.morning()
    release = keep(world, retention.release(placed), "chair", "member-1")
    data = {"act": release.hash, "hold": retention.HOLD}
    world.record("hold.released", by="member-1", data=data)
    world.morning()
    assert carried_out(cooled).status == 0, look(world).text


def test_a_case_that_was_reopened_meanwhile_stays_and_holds(cooled: Ending) -> None:
    world, case = cooled.world, cooled.case
    world.step(case, Step.REOPEN, "chair", sealed=["cd" * 32])
    leave_out(world, cooled.manifest, case, "REOPENED")
    execute(world, cooled.manifest, cooled.cases[1])
    world.morning()
    certify(world, cooled.manifest)
    world.morning()
    assert case.state is Stage.REOPENED
    assert look(world).status == 0, look(world).text
