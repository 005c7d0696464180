"""The whole course of a case: every step in every stage by every role, and what each one takes."""

import itertools
from datetime import date
from typing import Any

import pytest

from review.casework.codes import Outcome, Severity
from review.casework.course import (
    ACTIVE,
    KEPT,
    KEPT_AS,
    LINES,
    OVER,
    STAGES,
    STANDING_STILL,
    Signers,
    Stage,
    Step,
    Term,
    line,
    shown_to_submitter,
    steps_from,
)
from review.casework.guards import Act, CaseNow, Decision, Signer, refusals, take
from review.casework.parties import Decider
from review.casework.signed import STEPS
from review.errors import NotHere, StepRefused
from review.roles import Role

S, D = Stage, date(2026, 11, 21)
CHAIR, MEMBER, THIRD = Role.CHAIR, Role.MEMBER, Role.ALTERNATE
COUNSEL, INVESTIGATOR = Role.COUNSEL, Role.INVESTIGATOR
COMMITTEE = {CHAIR, MEMBER, THIRD}
READERS = COMMITTEE | {COUNSEL}
HANDLERS = READERS | {INVESTIGATOR}
PEOPLE = {role: f"a {role}" for role in Role}
EVERYBODY = frozenset(PEOPLE.values())

# Written here once more, by hand, from the duties: where a step leads from, where to, and who may.
EXPECTED: dict[Step, tuple[set[Stage], Stage | None, set[Role]]] = {
    Step.OPEN: ({S.RECEIVED}, S.OPENED, READERS),
    Step.ACKNOWLEDGE: ({S.RECEIVED, S.OPENED, S.CONFLICT_REROUTED}, S.ACKNOWLEDGED, READERS),
    Step.REROUTE: ({S.OPENED}, S.CONFLICT_REROUTED, READERS),
    Step.MARK_CONFLICT: (set(S) - {S.DISPOSED}, None, READERS),
    Step.TRIAGE: ({S.ACKNOWLEDGED, S.REOPENED}, S.TRIAGED, READERS),
    Step.RECLASSIFY: (
        {
            S.TRIAGED, S.NEEDS_INFO, S.INVESTIGATING, S.SUSPENDED, S.FINDINGS, S.DETERMINED,
            S.REMEDIATING,
        },
        None,
        COMMITTEE,
    ),
    Step.REFER: ({S.TRIAGED}, S.REFERRED, COMMITTEE),
    Step.ASK: ({S.TRIAGED, S.INVESTIGATING}, S.NEEDS_INFO, READERS),
    Step.MERGE: ({S.TRIAGED}, S.MERGED, COMMITTEE),
    Step.SET_ASIDE: ({S.TRIAGED}, S.NOT_A_REPORT, COMMITTEE),
    Step.MARK_DRILL: (set(ACTIVE), S.NOT_A_REPORT, READERS),
    Step.INVESTIGATE: ({S.TRIAGED, S.NEEDS_INFO}, S.INVESTIGATING, COMMITTEE),
    Step.SUSPEND: ({S.INVESTIGATING}, S.SUSPENDED, READERS),
    Step.RESUME: ({S.SUSPENDED}, S.INVESTIGATING, READERS),
    Step.REPORT_FACTS: ({S.INVESTIGATING}, S.FINDINGS, HANDLERS),
    Step.DETERMINE: ({S.FINDINGS}, S.DETERMINED, COMMITTEE),
    Step.REMEDIATE: ({S.DETERMINED}, S.REMEDIATING, COMMITTEE),
    Step.CLOSE: ({S.DETERMINED, S.REMEDIATING}, S.CLOSED, COMMITTEE),
    Step.MONITOR: ({S.CLOSED}, S.MONITORING, set()),
    Step.RETAIN: ({S.MONITORING, S.REFERRED, S.MERGED, S.NOT_A_REPORT}, S.RETENTION, set()),
    Step.REOPEN: (
        {
            S.REFERRED, S.MERGED, S.NOT_A_REPORT, S.CLOSED, S.MONITORING, S.RETENTION,
        },
        S.REOPENED,
        COMMITTEE,
    ),
    Step.EXECUTE_DISPOSITION: ({S.RETENTION}, S.DISPOSED, set()),
    Step.GIVE_FEEDBACK: (set(ACTIVE | OVER), None, READERS),
    Step.ASSIGN: (set(ACTIVE), None, COMMITTEE),
    Step.PLAN: (set(ACTIVE), None, HANDLERS),
    Step.NOTE: (set(STANDING_STILL) - {S.RECEIVED}, None, HANDLERS),
    Step.RETRACT_NOTE: (set(STANDING_STILL) - {S.RECEIVED}, None, HANDLERS),
    Step.LINK: (set(ACTIVE | OVER), None, COMMITTEE),
    Step.ESCALATE: (set(ACTIVE), None, READERS),
    Step.SHARE: (set(ACTIVE | OVER), None, READERS),
    Step.RECORD_DETRIMENT: (set(ACTIVE | OVER), None, HANDLERS),
    Step.CHECK_RETALIATION: ({S.CLOSED, S.MONITORING}, None, READERS),
}  # fmt: skip

FIELDS = {
    Term.CATEGORY: ("ACC",),
    Term.SEVERITY: ("S3",),
    Term.RELIANCE: ("E2",),
    Term.DETRIMENT_RISK: ("D1",),
    Term.SCOPE: ("out",),
    Term.REASON: ("because",),
    Term.RECIPIENT: ("the exchange",),
    Term.LEAD_CASE: ("another",),
    Term.OTHER_CASE: ("another",),
    Term.INVESTIGATOR: ("somebody outside",),
    Term.PLAN: ("a plan",),
    Term.HOLD_DECISION: ("no",),
    Term.OUTCOMES: ("a role=PARTLY",),
    Term.REMEDY: ("an opaque reference",),
    Term.RETENTION_CLASS: ("RC-01",),
    Term.RETALIATION_PLAN: ("counsel, every month",),
    Term.NOTE: ("a note",),
    Term.CONCERNED: ("somebody else",),
    Term.MARK: ("a day", "a key", "a signature"),
}


def ready(stage: Stage, **changed: Any) -> CaseNow:
    """A case in which nothing but the stage, and what is changed here, could stand in the way."""
    given: dict[str, Any] = {
        "stage": stage,
        "may_know": EVERYBODY,
        "severity": Severity.S3,
        "in_scope": False,
        "subjects": frozenset({"a role"}),
        "outcomes": {"a role": Outcome.PARTLY},
        "has_feedback": True,
        "checks_complete": True,
    }
    return CaseNow(**{**given, **changed})


def signed(step: Step, *roles: Role, **changed: Any) -> Act:
    """A step that brings every field, signed by one person of each role."""
    record_class = KEPT_AS.get(step, ("RC-01",))[0]
    by = tuple(Signer(PEOPLE[role], role) for role in roles)
    given: dict[str, Any] = {
        "by": by,
        "fields": {**FIELDS, Term.RETENTION_CLASS: (record_class,)},
    }
    author = by[0].person if by else ""
    return Act(step, D, **{**given, "author": author, **changed})


def enough(step: Step, role: Role) -> tuple[Role, ...]:
    """This role, and who else has to sign with it."""
    signers = next(one.signers for one in LINES if one.step is step)
    if signers in (Signers.NOBODY,):
        return ()
    beside = {
        Signers.SELF_OR_TWO: (CHAIR, MEMBER),
        Signers.LEAD: (CHAIR,),
        Signers.LEAD_AND_ONE: (CHAIR, MEMBER),
        Signers.LEAD_AND_COUNSEL: (CHAIR, COUNSEL),
        Signers.LEAD_OR_COMMITTEE: (CHAIR,),
        Signers.TWO_OR_COMMITTEE: (CHAIR, MEMBER),
    }.get(signers, ())
    return tuple(dict.fromkeys((role, *beside)))


def test_the_table_written_here_knows_every_step() -> None:
    assert set(EXPECTED) == set(Step) == {one.step for one in LINES}
    assert set(STAGES) == set(Stage)


@pytest.mark.parametrize("step", Step)
def test_each_step_leads_from_each_stage_for_each_role_exactly_as_written_here(step: Step) -> None:
    before, after, who = EXPECTED[step]
    for stage, role in itertools.product(Stage, Role):
        act = signed(step, *(enough(step, role) if who else ()))
        reasons = refusals(ready(stage), act)
        allowed = stage in before and (not who or role in who)
        assert (reasons == ()) is allowed, (stage, step, role, reasons)
        if allowed:
            assert take(ready(stage), act) is (after or stage)
        else:
            with pytest.raises(StepRefused) as refused:
                take(ready(stage), act)
            assert refused.value.reasons == reasons
            assert all(reason.endswith(".") and reason[0].isupper() for reason in reasons)


def test_no_two_lines_answer_the_same_question() -> None:
    for stage, step in itertools.product(Stage, Step):
        found = [one for one in LINES if one.step is step and stage in one.before]
        assert len(found) <= 1
        assert (step in steps_from(stage)) == bool(found)
        assert line(stage, step) == (found[0] if found else None)


def test_an_illegal_step_says_where_the_case_is_and_where_it_would_have_to_be() -> None:
    assert refusals(ready(S.OPENED), signed(Step.CLOSE, CHAIR, MEMBER)) == (
        "You cannot close a case that is opened; it has to be determined or being put right.",
    )


@pytest.mark.parametrize("one", LINES, ids=lambda one: f"{one.step}-{sorted(one.before)[0]}")
def test_each_field_that_a_step_needs_is_missed_in_a_sentence(one: Any) -> None:
    stage = sorted(one.before)[0]
    roles = enough(one.step, sorted(one.who)[0]) if one.who else ()
    assert refusals(ready(stage), signed(one.step, *roles)) == ()
    for term in set(one.terms) & set(FIELDS):
        given = signed(one.step, *roles).fields
        fields = {name: words for name, words in given.items() if name is not term}
        assert len(refusals(ready(stage), signed(one.step, *roles, fields=fields))) == 1, term


@pytest.mark.parametrize(
    ("term", "stage", "step", "changed"),
    [
        (Term.FED_BACK, S.DETERMINED, Step.CLOSE, {"has_feedback": False}),
        (Term.HAS_OUTCOME, S.DETERMINED, Step.CLOSE, {"outcomes": {}}),
        (Term.CHECKS_COMPLETE, S.MONITORING, Step.RETAIN, {"checks_complete": False}),
        (Term.OUT_OF_SCOPE, S.TRIAGED, Step.REFER, {"in_scope": True}),
        (
            Term.INDEPENDENT, S.TRIAGED, Step.INVESTIGATE,
            {"subjects": frozenset({"somebody outside"})},
        ),
    ],
)  # fmt: skip
def test_each_thing_that_must_be_so_stands_in_the_way_when_it_is_not(
    term: Term, stage: Stage, step: Step, changed: dict[str, Any]
) -> None:
    found = line(stage, step)
    assert found is not None
    assert term in found.terms
    roles = enough(step, CHAIR) if found.who else ()
    assert len(refusals(ready(stage, **changed), signed(step, *roles))) == 1


def test_a_note_is_retracted_by_who_wrote_it_and_by_nobody_else() -> None:
    assert refusals(ready(S.TRIAGED), signed(Step.RETRACT_NOTE, CHAIR)) == ()
    assert refusals(ready(S.TRIAGED), signed(Step.RETRACT_NOTE, CHAIR, author="another")) == (
        "Only who wrote a note can retract it; it stays visible.",
    )


def test_words_that_are_no_codes_are_refused() -> None:
    for term, word in ((Term.SEVERITY, "S9"), (Term.CATEGORY, "XXX"), (Term.SCOPE, "perhaps")):
        fields = {**FIELDS, term: (word,)}
        assert f"{word} is no {term}." in refusals(
            ready(S.ACKNOWLEDGED), signed(Step.TRIAGE, CHAIR, MEMBER, fields=fields)
        )
    fields = {**FIELDS, Term.OUTCOMES: ("a role=FALSE",)}
    assert refusals(ready(S.FINDINGS), signed(Step.DETERMINE, CHAIR, MEMBER, fields=fields)) == (
        "FALSE is no outcome.",
    )


# -- two people, the committee, the board --------------------------------------------------------


def test_no_single_person_sets_a_case_aside_closes_it_or_lowers_it() -> None:
    """Attack: burying a case alone."""
    for role in Role:
        assert refusals(ready(S.TRIAGED), signed(Step.SET_ASIDE, role))
        assert refusals(ready(S.DETERMINED), signed(Step.CLOSE, role))
        grave = ready(S.TRIAGED, severity=Severity.S1)
        assert refusals(grave, signed(Step.RECLASSIFY, role))
    twice = (Signer("one", CHAIR), Signer("one", MEMBER))
    case = ready(S.TRIAGED, may_know=frozenset({"one"}))
    assert refusals(case, signed(Step.SET_ASIDE, by=twice)) == (
        "The chair and a second person have to sign this.",
    )


def test_a_grave_case_is_triaged_by_two() -> None:
    fields = {**FIELDS, Term.SEVERITY: ("S2",)}
    alone = signed(Step.TRIAGE, CHAIR, fields=fields)
    assert refusals(ready(S.ACKNOWLEDGED), alone) == (
        "The chair and a second person have to sign this.",
    )
    together = signed(Step.TRIAGE, CHAIR, COUNSEL, fields=fields)
    assert take(ready(S.ACKNOWLEDGED), together) is S.TRIAGED


def test_fraud_by_an_officer_is_never_below_s2() -> None:
    act = signed(Step.TRIAGE, CHAIR, MEMBER, officer_is_subject=True)
    assert refusals(ready(S.ACKNOWLEDGED), act) == (
        "Fraud by an officer or director is at least S2, whatever the amount.",
    )


SERVING = frozenset({PEOPLE[CHAIR], PEOPLE[MEMBER], PEOPLE[THIRD]})


def vote(present: set[str], favour: set[str], decider: Decider = Decider.COMMITTEE) -> Decision:
    return Decision(SERVING, frozenset(present), frozenset(favour), decider)


@pytest.mark.parametrize(
    ("concerned", "decision", "reason"),
    [
        (set(), None, "The committee has to vote on this, as the case is grave."),
        (set(), vote(set(SERVING), set(SERVING)), None),
        (set(), vote({PEOPLE[CHAIR], PEOPLE[MEMBER]}, {PEOPLE[CHAIR], PEOPLE[MEMBER]}), None),
        (set(), vote({PEOPLE[CHAIR]}, {PEOPLE[CHAIR]}), "1 counted of the 2 who make a quorum."),
        (set(), vote(set(SERVING), {PEOPLE[CHAIR]}), "The vote did not carry."),
        (
            {PEOPLE[THIRD]}, vote(set(SERVING), {PEOPLE[CHAIR], PEOPLE[THIRD]}),
            "The vote did not carry.",
        ),
        (
            {PEOPLE[THIRD], PEOPLE[MEMBER]}, vote(set(SERVING), set(SERVING)),
            "Too few members are left to decide; the board's independent directors decide.",
        ),
        ({PEOPLE[THIRD], PEOPLE[MEMBER]}, vote({"d"}, {"d"}, Decider.BOARD), None),
        (
            set(), vote({"d"}, {"d"}, Decider.BOARD),
            "The committee can decide this itself, so the board does not.",
        ),
        (
            {PEOPLE[THIRD], PEOPLE[MEMBER]}, vote({"d"}, set(), Decider.BOARD),
            "Nobody of the board voted for it.",
        ),
    ],
)  # fmt: skip
def test_a_grave_case_is_determined_by_a_quorum_without_those_concerned(
    concerned: set[str], decision: Decision | None, reason: str | None
) -> None:
    for changed in ({"severity": Severity.S2}, {"officer_is_subject": True}):
        case = ready(S.FINDINGS, concerned=frozenset(concerned), **changed)
        act = signed(Step.DETERMINE, CHAIR, decision=decision)
        assert refusals(case, act) == ((reason,) if reason else ())


def test_somebody_of_the_committee_leads_while_the_chair_is_out() -> None:
    act = signed(Step.SET_ASIDE, MEMBER, THIRD)
    assert refusals(ready(S.TRIAGED), act) == ("The chair has to sign this.",)
    out = ready(S.TRIAGED, concerned=frozenset({PEOPLE[CHAIR]}), chair_is_out=True)
    assert take(out, act) is S.NOT_A_REPORT


@pytest.mark.parametrize("step", Step)
def test_somebody_concerned_gets_the_answer_of_an_unknown_case_whatever_they_do(step: Step) -> None:
    for stage, changed in itertools.product(
        Stage,
        (
            {"concerned": frozenset({PEOPLE[CHAIR]})},
            {"may_know": EVERYBODY - {PEOPLE[CHAIR]}},
        ),
    ):
        case = ready(stage, **changed)
        with pytest.raises(NotHere) as answer:
            take(case, signed(step, CHAIR, MEMBER))
        assert str(answer.value) == "no such case for this person"


def test_a_conflict_is_marked_by_the_person_alone_or_by_two_others() -> None:
    def act(concerned: Role, *roles: Role) -> Act:
        fields = {**FIELDS, Term.CONCERNED: (PEOPLE[concerned],)}
        return signed(Step.MARK_CONFLICT, *roles, fields=fields)

    assert take(ready(S.OPENED), act(MEMBER, MEMBER)) is S.OPENED
    assert take(ready(S.TRIAGED), act(MEMBER, CHAIR, THIRD)) is S.TRIAGED
    assert refusals(ready(S.OPENED), act(MEMBER, CHAIR))


# -- the shape of the table ----------------------------------------------------------------------


def test_every_stage_can_be_reached_and_every_one_but_the_last_be_left() -> None:
    reached, waiting = {S.RECEIVED}, [S.RECEIVED]
    while waiting:
        stage = waiting.pop()
        for one in LINES:
            if stage in one.before and one.after is not None and one.after not in reached:
                reached.add(one.after)
                waiting.append(one.after)
    assert reached == set(Stage)
    left = {stage for one in LINES if one.after for stage in one.before}
    assert left == set(Stage) - {S.DISPOSED}


def test_nothing_is_disposed_of_that_is_not_kept_and_by_no_step_that_somebody_signs() -> None:
    (going,) = [one for one in LINES if one.after is S.DISPOSED]
    assert going.before == KEPT
    assert going.who == set()
    assert going.step not in STEPS.values()


def test_a_hold_is_no_step_of_a_case() -> None:
    """What is held is decided in one place alone, and never by a case's own course."""
    for name in ("hold", "release", "propose-the-disposition", "approve-the-disposition"):
        assert name not in STEPS


def test_each_stage_is_shown_to_the_submitter_as_one_of_five_words() -> None:
    words = {stage: shown_to_submitter(stage) for stage in Stage}
    assert set(words.values()) == {"received", "reading", "examining", "asked", "closed"}
    assert words[S.OPENED] == words[S.TRIAGED] == words[S.REOPENED] == "reading"
    assert words[S.FINDINGS] == "examining"
    assert words[S.RETENTION] == words[S.MERGED] == "closed"
