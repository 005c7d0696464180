"""The steps of a case at the console: taken by the table, signed by whoever has to, or refused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from crypto import act as act_format
from crypto.act import Value
from review import to_sign
from review.acting import Signer
from review.casework.course import Stage, Step
from review.casework.signed import STEPS
from review.roles import Role
from review.store import acts, courses
from review.store.cases import case_by_id
from review.store.database import reading
from tests import committee
from tests.acts import ROSTER
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import sealed_form
from tests.review.tables import entries, rows
from tests.review.web.course import CHOSEN, TRIAGED, Course

pytestmark = pytest.mark.stores
TO_ALL: Mapping[str, Value] = {"recipient": ["ALL"]}
PARTLY: Mapping[str, Value] = {"outcomes": ["s1=PARTLY"]}
REMEDY: Mapping[str, Value] = {"remedy": ["F-12"], "measure": ["CONTROL_FIX"]}


@pytest.fixture
def course(app: Flask, submitter: Submitter) -> Course:
    return Course(app, submitter)


def test_a_case_goes_from_received_to_closed_and_is_opened_again(
    course: Course, installation: Installation
) -> None:
    course.find()
    decided = {"outcomes": ["s1=PARTLY", "s2=UNSUBSTANTIATED"]}
    course.both(Step.DETERMINE, "member-1", "chair", decided)
    assert course.told()["next_on"] == "2027-02-21"
    assert course.take(Step.GIVE_FEEDBACK) == 204
    assert course.told()["next_on"] is None
    assert course.take(Step.REMEDIATE, "chair", REMEDY) == 204
    kept = {"retention_class": ["RC-01"], "retaliation_plan": ["member-1"]}
    course.both(Step.CLOSE, "member-1", "chair", kept)
    assert course.told()["stage"] == Stage.CLOSED
    assert course.take(Step.CHECK_RETALIATION, "alternate") == 204
    assert course.take(Step.REOPEN, sealed=True) == 204
    assert course.told()["stage"] == Stage.REOPENED
    with reading(installation.book) as connection:
        case = case_by_id(connection, course.submitter.case_id)
        assert case is not None
        found = courses.of_case(connection, case)
        signed = acts.done(connection, case.id)
    assert (found.outcome, found.remedy, found.measure) == ("PARTLY", "F-12", "CONTROL_FIX")
    assert (found.retention_class, found.watcher) == ("RC-01", "member-1")
    assert found.triaged_on == found.fed_back_on == committee.TODAY
    assert (found.closed_on, found.checks) == (None, (committee.TODAY,))
    before = None
    for each in signed:
        assert each.act.previous == before
        assert act_format.check_all(each.act, each.signatures, ROSTER)
        before = each.act.hash
    moved = entries(installation.book, "case.moved") + entries(installation.book, "case.closed")
    assert {json.loads(row.data)["act"] for row in moved} == {each.act.hash for each in signed}


def test_no_step_can_be_skipped(course: Course, installation: Installation) -> None:
    """Attack: closing a case that nobody has looked into."""
    for step in (Step.DETERMINE, Step.CLOSE, Step.SET_ASIDE, Step.INVESTIGATE):
        act = course.act(step, {"outcomes": ["s1=UNSUBSTANTIATED"]})
        before = rows(installation.book)
        answer = course.send(act, "chair")
        assert answer.status_code == 422
        (reason,) = json.loads(answer.text)["reasons"]
        assert reason.startswith(f"You cannot {step} a case that is received")
        assert rows(installation.book) == before


def test_every_step_of_the_table_is_a_word_of_an_act_or_done_elsewhere() -> None:
    assert all(act_format.build(**_fields(name)) for name in STEPS)
    assert set(STEPS.values()) < set(Step)


def _fields(name: str) -> dict[str, Any]:
    return {
        "installation": committee.INSTALLATION,
        "subject": "aa" * 32,
        "act": name,
        "data": {},
        "roster": ROSTER.hash,
        "on": committee.TODAY,
        "previous": None,
    }


def test_a_refusal_gives_every_reason_in_a_sentence(course: Course) -> None:
    course.desk("chair").post(f"{course.path}/opened")
    course.reply()
    answer = course.send(course.act(Step.TRIAGE), "chair")
    assert answer.status_code == 422
    assert "Say how grave the case is." in json.loads(answer.text)["reasons"]
    assert len(json.loads(answer.text)["reasons"]) == 5


def test_what_two_have_to_sign_waits_for_the_second(
    course: Course, installation: Installation
) -> None:
    course.find()
    assert course.take(Step.DETERMINE, "member-1", PARTLY) == 202
    assert course.stage is Stage.FINDINGS
    (waits,) = course.told()["proposals"]
    with reading(installation.book) as connection:
        asked = {
            person: [each.act.hash for each in to_sign.proposals_for(connection, ROSTER, viewer)]
            for person, viewer in {
                "chair": Signer("chair", Role.CHAIR),
                "member-1": Signer("member-1", Role.MEMBER),
                "counsel": Signer("counsel", Role.COUNSEL),
            }.items()
        }
    assert asked == {"chair": [waits["hash"]], "member-1": [], "counsel": []}
    assert waits["missing"] == "The chair and a second person have to sign this."
    assert course.sign(waits["hash"], "member-2").status_code == 202
    assert course.sign(waits["hash"], "chair").status_code == 204
    assert (course.stage, course.told()["proposals"]) == (Stage.DETERMINED, [])
    assert [row.by for row in entries(installation.book, "act.proposed")] == ["member-1"]


def test_one_person_never_counts_twice(course: Course) -> None:
    course.find()
    assert course.take(Step.DETERMINE, "chair", PARTLY) == 202
    (waits,) = course.told()["proposals"]
    for _time in range(2):
        assert course.sign(waits["hash"], "chair").status_code == 409
    assert course.sign(waits["hash"], "member-1", key="chair").status_code == 400
    assert course.stage is Stage.FINDINGS


def test_a_proposal_is_withdrawn_or_declined_and_is_gone(
    course: Course, installation: Installation
) -> None:
    course.find()
    for by in ("member-1", "chair"):
        assert course.take(Step.DETERMINE, "member-1", PARTLY) == 202
        (waits,) = course.told()["proposals"]
        where = f"{course.path}/proposals/{waits['hash']}"
        assert course.desk(by).post(where, {"decline": "1"}).status_code == 204
        assert course.told()["proposals"] == []
        assert course.desk("chair").post(where, {"decline": "1"}).status_code == 404
        # The same words again would be the same act, which has ended.
        course.reply()
        assert course.take(Step.GIVE_FEEDBACK) == 204
    assert len(entries(installation.book, "act.withdrawn")) == 2


def test_an_act_signed_for_another_case_is_refused(
    course: Course, app: Flask, installation: Installation
) -> None:
    other = installation.submitter("of another case")
    other.submit()
    installation.collect()
    course.triage()
    act = course.act(Step.ESCALATE, TO_ALL)
    elsewhere = Course(app, other)
    assert elsewhere.send(act, "chair").status_code == 409
    assert course.send(act, "chair").status_code == 204


def test_a_replayed_act_is_refused(course: Course, installation: Installation) -> None:
    course.triage()
    act = course.act(Step.ESCALATE, TO_ALL)
    assert course.send(act, "chair").status_code == 204
    course.desk("member-1")
    before = rows(installation.book)
    assert course.send(act, "chair").status_code == 409
    assert course.send(act, "member-1").status_code == 409
    assert rows(installation.book) == before


def test_an_act_with_a_wrong_act_before_or_another_roster_is_refused(course: Course) -> None:
    course.triage()
    right = course.act(Step.ESCALATE, TO_ALL)
    for changed in ({"previous": None}, {"roster": "aa" * 32}):
        fields = {**_fields("escalate"), "subject": right.subject, "data": right.data}
        wrong = act_format.build(**{**fields, "previous": right.previous, **changed})
        assert course.send(wrong, "chair").status_code == 409


def test_an_act_of_another_stage_is_refused(course: Course) -> None:
    """Attack: saying that the case leads somewhere else than the table has it."""
    course.triage()
    for data in ({"to": "CLOSED"}, {"from": "FINDINGS", "to": "FINDINGS"}):
        act = course.act(Step.ESCALATE, {**TO_ALL, **data})
        assert course.send(act, "chair").status_code == 409


def test_somebody_who_was_excluded_signs_nothing_and_learns_nothing(
    app: Flask, hidden: Submitter, installation: Installation
) -> None:
    course = Course(app, hidden)
    course.triage()
    stranger = course.desk("member-2")
    before = rows(installation.book)
    answer = course.send(course.act(Step.ESCALATE, TO_ALL), "member-2")
    nothing = stranger.post(f"/cases/{'ab' * 32}/steps")
    assert (answer.status_code, answer.data) == (404, nothing.data)
    # Nor does their signature, brought along by somebody else, count.
    act = course.act(Step.ESCALATE, TO_ALL)
    assert course.send(act, "chair", key="member-2").status_code == 400
    assert rows(installation.book) == before


def test_a_grave_case_is_decided_by_a_majority_of_the_committee(course: Course) -> None:
    course.desk("chair").post(f"{course.path}/opened")
    course.reply()
    grave = {**TRIAGED, "severity": ["S1"]}
    course.both(Step.TRIAGE, "member-1", "chair", grave, sealed=True)
    course.both(Step.INVESTIGATE, "member-1", "member-2", CHOSEN, sealed=True)
    assert course.stage is Stage.INVESTIGATING


def test_a_lower_severity_takes_two_and_a_higher_one(course: Course) -> None:
    course.triage()
    higher, lower = ({"category": ["REV"], "severity": [word]} for word in ("S2", "S4"))
    assert course.take(Step.RECLASSIFY, "member-1", higher, sealed=True) == 204
    course.both(Step.RECLASSIFY, "member-1", "member-2", lower, sealed=True)
    assert course.told()["severity"] == "S4"


def test_the_submitter_is_told_when_the_step_is_taken_and_not_before(
    course: Course, app: Flask, installation: Installation
) -> None:
    course.find()
    state: dict[str, Any] = {"state": "examining", "next_on": None}
    form = sealed_form(app, course.submitter, "state", by="member-1", **state)
    told = {f"state_{name}": value for name, value in form.items()}
    assert course.send(course.act(Step.DETERMINE, PARTLY), "member-1", told).status_code == 202
    assert [each["kind"] for each in course.told()["envelopes"]].count("state") == 0
    form = sealed_form(app, course.submitter, "state", **state)
    told = {f"state_{name}": value for name, value in form.items()}
    assert course.send(course.act(Step.GIVE_FEEDBACK), "chair", told).status_code == 204
    installation.collect()
    assert [letter.kind for letter in course.submitter.letters()][-1] == "state"


def test_a_note_that_the_act_does_not_have_is_refused(course: Course) -> None:
    course.triage()
    act = course.act(Step.ESCALATE, TO_ALL)
    assert course.send(act, "chair", course.note("chair")).status_code == 400
    sealed = course.act(Step.ESCALATE, {**TO_ALL, "sealed": ["ab" * 32]})
    assert course.send(sealed, "chair").status_code == 400


def test_a_note_is_retracted_by_its_author_once_and_stays(course: Course) -> None:
    course.triage()
    assert course.take(Step.RETRACT_NOTE, "member-1", {"retracted": 1}, sealed=True) == 422
    assert course.take(Step.RETRACT_NOTE, "chair", {"retracted": 1}, sealed=True) == 204
    assert course.take(Step.RETRACT_NOTE, "chair", {"retracted": 1}, sealed=True) == 422
    assert course.take(Step.RETRACT_NOTE, "chair", {"retracted": 9}, sealed=True) == 422
    assert course.told()["retracted"] == [1]
    kept = [each["n"] for each in course.told()["envelopes"] if each["kind"] == "note"]
    assert kept == [1, 2]


def test_a_case_is_linked_only_to_one_that_the_signer_may_see(
    course: Course, hidden: Submitter
) -> None:
    course.triage()
    link = {"other_case": [hidden.case_id]}
    assert course.take(Step.LINK, "member-2", link) == 422
    assert course.take(Step.LINK, "member-1", {"other_case": ["ab" * 32]}) == 422
    assert course.take(Step.LINK, "member-1", link) == 204
    assert course.told("chair")["links"] == [{"kind": "link", "case": hidden.case_id}]
    assert course.told("member-2")["links"] == []


def test_a_field_that_there_is_none_of_is_refused(course: Course) -> None:
    course.triage()
    for data in ({"colour": ["red"]}, {"recipient": ["A" * 41]}, {"officer": ["perhaps"]}):
        assert course.take(Step.ESCALATE, "chair", {**TO_ALL, **data}) == 400
    act = course.act(Step.NOTE)
    assert course.send(act, "chair").status_code == 400
