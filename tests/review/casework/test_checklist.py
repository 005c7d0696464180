"""The guided checklist and the rules of escalation: what, by when, who, why."""

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from review.casework import escalation
from review.casework.checklist import TEXTS, WAY, Item, checklist, standing
from review.casework.codes import Severity
from review.casework.course import STAGES, Stage, Step, line
from review.casework.deadlines import History
from review.casework.escalation import Days, Trigger, told, triggers_of
from review.casework.guards import CaseNow, Signer
from review.roles import Role

D = date(2026, 11, 20)
TEAM = frozenset({"ana", "bo", "cy", "dee"})
ANA, BO = Signer("ana", Role.CHAIR), Signer("bo", Role.MEMBER)
DEE = Signer("dee", Role.ALTERNATE)
NEW = History(D)
READ = replace(NEW, opened=D, acknowledged=D)


def case(stage: Stage, **changed: object) -> CaseNow:
    return replace(CaseNow(stage, TEAM), **changed)  # type: ignore[arg-type]


def steps(items: tuple[Item, ...]) -> list[Step]:
    return [one.step for one in items]


def only(items: tuple[Item, ...], step: Step) -> Item:
    return next(one for one in items if one.step is step)


def test_a_new_case_is_opened_and_acknowledged() -> None:
    items = checklist(case(Stage.RECEIVED), NEW, ANA, D)
    assert steps(items) == [Step.OPEN, Step.ACKNOWLEDGE]
    assert [one.by for one in items] == [D + timedelta(days=5), D + timedelta(days=7)]
    assert all(one.is_mine and one.who == "one of you" and not one.is_late for one in items)


def test_what_is_late_says_so_and_comes_first() -> None:
    items = checklist(case(Stage.OPENED), replace(NEW, opened=D), ANA, D + timedelta(days=8))
    assert steps(items)[0] is Step.ACKNOWLEDGE
    assert items[0].is_late


def test_an_alternate_opens_what_nobody_opened_for_five_days() -> None:
    for days, waits in ((5, True), (6, False)):
        items = checklist(case(Stage.RECEIVED), NEW, DEE, D + timedelta(days=days))
        assert (Step.OPEN not in steps(items)) is waits
    out = case(Stage.RECEIVED, concerned=frozenset({"ana"}), chair_is_out=True)
    assert Step.OPEN in steps(checklist(out, NEW, DEE, D)), "the alternate stands in at once"


def test_a_triaged_case_offers_the_way_and_what_can_be_done_instead() -> None:
    shown = steps(checklist(case(Stage.TRIAGED), READ, ANA, D))
    assert set(shown) == {
        Step.INVESTIGATE, Step.ASK, Step.MERGE, Step.SET_ASIDE, Step.GIVE_FEEDBACK,
    }  # fmt: skip
    outside = steps(checklist(case(Stage.TRIAGED, in_scope=False), READ, ANA, D))
    assert Step.REFER in outside


def test_who_has_to_sign_depends_on_how_grave_the_case_is() -> None:
    for changed, who in (
        ({}, "the chair and a second person"),
        ({"severity": Severity.S2}, "the committee by a vote, without those concerned"),
        ({"officer_is_subject": True}, "the committee by a vote, without those concerned"),
        ({"chair_is_out": True}, "a member in the chair's place and a second person"),
    ):
        items = checklist(case(Stage.FINDINGS, **changed), READ, BO, D)
        assert only(items, Step.DETERMINE).who == who


def test_a_critical_case_is_told_to_all_first() -> None:
    alarm = replace(READ, classified=D, severity=Severity.S1)
    items = checklist(case(Stage.TRIAGED, severity=Severity.S1), alarm, ANA, D)
    assert items[0].step is Step.ESCALATE
    assert items[0].by == D + timedelta(days=1)
    after = replace(alarm, escalated=D)
    told_all = checklist(case(Stage.TRIAGED, severity=Severity.S1), after, ANA, D)
    assert Step.ESCALATE not in steps(told_all)


def test_a_case_that_one_person_alone_can_open_is_shared_today() -> None:
    items = checklist(case(Stage.TRIAGED), READ, ANA, D, live_readers=frozenset({"ana"}))
    assert items[0].step is Step.SHARE
    assert items[0].by == D
    enough = checklist(case(Stage.TRIAGED), READ, ANA, D, live_readers=frozenset({"ana", "bo"}))
    assert Step.SHARE not in steps(enough)


def test_feedback_is_on_the_list_until_it_is_given() -> None:
    items = checklist(case(Stage.INVESTIGATING), READ, ANA, D)
    assert only(items, Step.GIVE_FEEDBACK).by == date(2027, 2, 20)
    given = checklist(
        case(Stage.INVESTIGATING, has_feedback=True), replace(READ, fed_back=D), ANA, D
    )
    assert Step.GIVE_FEEDBACK not in steps(given)


def test_after_an_unanswered_question_one_goes_on_with_what_there_is() -> None:
    asked = replace(READ, asked=D)
    items = checklist(case(Stage.NEEDS_INFO), asked, ANA, D + timedelta(days=31))
    assert only(items, Step.INVESTIGATE).is_late


def test_a_closed_case_asks_for_the_next_look_at_retaliation_only() -> None:
    history = replace(READ, fed_back=D, closed=D, checks=(D + timedelta(days=30),))
    items = checklist(case(Stage.MONITORING, has_feedback=True), history, ANA, D)
    assert steps(items) == [Step.CHECK_RETALIATION]
    later = checklist(
        case(Stage.MONITORING, has_feedback=True), history, ANA, D + timedelta(days=31)
    )
    assert later[0].by == D + timedelta(days=60)


@pytest.mark.parametrize("stage", Stage)
def test_somebody_concerned_or_without_a_part_finds_nothing(stage: Stage) -> None:
    for one, viewer in (
        (case(stage, concerned=frozenset({"ana"})), ANA),
        (case(stage), Signer("eve", Role.MEMBER)),
    ):
        assert checklist(one, NEW, viewer, D + timedelta(days=99)) == ()


def test_only_what_the_table_allows_is_ever_on_the_list() -> None:
    histories = (NEW, READ, replace(READ, classified=D, severity=Severity.S1, closed=D))
    for stage, history, role, days in itertools.product(Stage, histories, Role, (0, 40, 400)):
        viewer = Signer("ana", role)
        for one in checklist(case(stage, in_scope=False), history, viewer, D + timedelta(days)):
            found = line(stage, one.step)
            assert found is not None, (stage, one.step)
            assert one.is_mine is (role in found.who)
            assert one.who


def test_every_stage_on_the_way_leads_on_and_every_step_has_its_reason() -> None:
    over = set(Stage) - set(WAY)
    assert over == {
        Stage.REFERRED, Stage.MERGED, Stage.NOT_A_REPORT, Stage.RETENTION,
        Stage.DISPOSED,
    }  # fmt: skip
    for what, why in TEXTS.values():
        assert what.endswith(".")
        assert why.endswith(".")
        assert len(re.findall(r"\w+", what)) <= 25
    assert standing(case(Stage.TRIAGED)) == f"The case is {STAGES[Stage.TRIAGED]}."


# -- escalation ---------------------------------------------------------------------------------

DAYS = Days(received=D, triggered=date(2026, 11, 24), next_filing=date(2027, 3, 15))


@pytest.mark.parametrize(
    ("trigger", "days"),
    [
        (Trigger.CRITICAL, [date(2026, 11, 25), date(2026, 12, 9)]),
        (Trigger.OFFICER, [date(2026, 11, 25), date(2026, 12, 9)]),
        (Trigger.STATEMENTS, [date(2027, 3, 15)]),
        (Trigger.CONTROLS_ROLE, [date(2027, 3, 15)]),
        (Trigger.ILLEGAL_ACT, [date(2026, 11, 25)]),
        (Trigger.RESTATEMENT, [date(2026, 12, 1)]),
        (Trigger.LITIGATION, [date(2026, 11, 24)]),
        (Trigger.ATTORNEY_REPORT, [date(2026, 11, 24)]),
        (Trigger.SELF_REPORT, [date(2027, 3, 20)]),
    ],
)
def test_each_trigger_tells_somebody_by_its_day(trigger: Trigger, days: list[date]) -> None:
    """Triggered on a Tuesday; Thanksgiving is no business day."""
    found = told([trigger], DAYS)
    assert [one.by for one in found] == days
    assert all(one.to and one.why for one in found)


def test_several_triggers_tell_each_person_once_and_the_earliest_first() -> None:
    found = told(Trigger, DAYS)
    assert len(found) == len(set(found)) == 8
    assert [one.by for one in found] == sorted(one.by for one in found if one.by)


def test_before_a_filing_nobody_knows_of_there_is_no_day() -> None:
    found = told([Trigger.STATEMENTS], replace(DAYS, next_filing=None))
    assert [one.by for one in found] == [None]


def test_the_coded_fields_trigger_by_themselves() -> None:
    assert triggers_of(Severity.S1, officer_is_subject=False) == {Trigger.CRITICAL}
    assert triggers_of(Severity.S3, officer_is_subject=True) == {Trigger.OFFICER}
    assert triggers_of(Severity.S2, officer_is_subject=False) == frozenset()
    assert escalation.told([], DAYS) == ()
