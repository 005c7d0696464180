"""A case shared with an investigator: what they see, sign and cannot, and that it ends."""

import itertools
import re

import pytest
from flask import Flask

from crypto import act as act_format
from crypto import strict
from crypto.case import open_grant
from review import enrolment, people
from review.casework.course import Step
from review.people import Enrolment
from review.roles import TABLE, Role
from review.store import generations as store
from review.store import people as people_store
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import OTHERS, READERS, Installation
from tests.browser.submitter import Submitter
from tests.review.changing import Table, investigator
from tests.review.desk import Desk, sealed_form
from tests.review.web.course import Course
from tests.review.web.test_guard import PARTS, ROLES, UNKNOWN, filled, routes, send, verbs

pytestmark = pytest.mark.stores
DANA = "finance"
EVERYBODY = ("alternate", "chair", "member-1", "member-2")


@pytest.fixture
def table(app: Flask, submitter: Submitter, installation: Installation) -> Table:
    """A case that is shared with nobody yet, and an investigator with a key."""
    investigator(installation.book)
    return Table(app, submitter)


def end(table: Table, generation: int = 2) -> None:
    """End every share: the case gets a new key."""
    answers = table.rekey(EVERYBODY, ("chair", "member-1"), generation)
    assert [each.status_code for each in answers] == [202, 204]


def test_an_investigator_sees_the_case_shared_and_no_other(
    table: Table, hidden: Submitter, app: Flask
) -> None:
    assert not table.sees(DANA)
    table.share(DANA)
    assert table.sees(DANA)
    desk = Desk(app, DANA)
    assert hidden.case_id not in desk.get("/cases").text
    assert desk.get(f"/cases/{hidden.case_id}").status_code == 404


def test_the_grant_of_a_share_opens_the_case_for_the_investigator_alone(
    table: Table, app: Flask
) -> None:
    table.share(DANA)
    manifest = table.manifest(DANA)
    sealed = Desk(app, DANA).get(manifest["held"]["own_share"]).data
    assert open_grant(sealed, committee.identity(DANA)) == table.submitter.case_seed
    assert manifest["held"]["investigators"] == []
    assert Desk(app, "chair").get(f"/cases/{table.id}/shared/1").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INVESTIGATOR}))
def test_a_case_is_shared_with_nobody_but_an_investigator_who_has_a_key(
    table: Table, installation: Installation, role: Role
) -> None:
    with installation.book.begin() as connection:
        connection.exec_driver_sql(f"UPDATE people SET role = '{role.value}' WHERE id = '{DANA}'")
    act, files = table.shared_with(DANA)
    assert table.send("shares", act, "chair", files).status_code == 409


def test_a_key_that_the_investigator_did_not_make_is_not_taken(table: Table) -> None:
    """Attack: whoever can post a share puts their own recipient into it."""
    act, files = table.shared_under(DANA, "somebody else")
    assert table.send("shares", act, "chair", files).status_code == 409
    act, files = table.shared_under(DANA, DANA, verify_key="ab" * 32)
    assert table.send("shares", act, "chair", files).status_code == 409
    act, files = table.shared_with(DANA)
    other = committee.recipient("member-1").text
    assert table.send("shares", act, "chair", {**files, "recipient": other}).status_code == 400
    for data in ({"verify_key": "ab"}, {"person": "Nobody"}, {"generation": 0}):
        act, files = table.shared_under(DANA, DANA, **data)
        assert table.send("shares", act, "chair", files).status_code == 400
    assert not table.sees(DANA)


def test_a_key_made_anew_between_two_signatures_stops_the_share(
    table: Table, installation: Installation
) -> None:
    act, files = table.shared_with(DANA)
    assert table.send("shares", act, "chair", files).status_code == 202
    investigator(installation.book, key="another")
    assert table.send("shares", act, "member-1").status_code == 409
    assert not table.sees(DANA)


def test_an_investigator_whom_the_submitter_named_is_shared_nothing(
    app: Flask, installation: Installation
) -> None:
    investigator(installation.book)
    somebody = installation.submitter("who names the investigator")
    somebody.submit(excluded=[DANA])
    installation.collect()
    table = Table(app, somebody)
    act, files = table.shared_with(DANA)
    assert table.send("shares", act, "chair", files).status_code == 409


def test_an_investigator_reads_notes_plans_reports_and_records_a_detriment(
    table: Table, app: Flask, submitter: Submitter, installation: Installation
) -> None:
    course = Course(app, submitter)
    course.triage()
    course.investigate()
    table.share(DANA)
    desk = course.desk(DANA)
    assert desk.post(f"{course.path}/opened", {"n": "2"}).status_code == 204
    form = sealed_form(app, submitter, "note", DANA)
    assert desk.post(f"{course.path}/notes", form).status_code == 204
    offered = set(re.findall(r'<form id="step-([a-z-]+)"', desk.get(course.path).text))
    assert offered == {"plan", "record-a-detriment", "report-the-facts"}
    for step in (Step.PLAN, Step.RECORD_DETRIMENT, Step.REPORT_FACTS):
        assert course.take(step, DANA, sealed=True) == 204, step
    told = course.told()
    assert told["stage"] == "FINDINGS"
    assert [each["by"] for each in told["acts"][-1]["signatures"]] == [DANA]


def test_an_investigator_takes_no_step_of_the_committee(
    table: Table, app: Flask, submitter: Submitter
) -> None:
    course = Course(app, submitter)
    course.triage()
    table.share(DANA)
    for step in (Step.INVESTIGATE, Step.ASK, Step.ASSIGN, Step.ESCALATE, Step.LINK):
        assert course.take(step, DANA) == 422, step


def test_an_investigator_never_writes_to_the_submitter(
    table: Table, app: Flask, submitter: Submitter
) -> None:
    course = Course(app, submitter)
    course.triage()
    course.investigate()
    table.share(DANA)
    desk = course.desk(DANA)
    reply = sealed_form(app, submitter, "reply", DANA)
    assert desk.post(f"{course.path}/replies", reply).status_code == 404
    note = course.note(DANA)
    told = sealed_form(app, submitter, "state", DANA, state="examining", next_on=None)
    more = {**note, **{f"state_{name}": value for name, value in told.items()}}
    act = course.act(Step.REPORT_FACTS, {"sealed": [note["digest"]]})
    assert course.send(act, DANA, more).status_code == 400
    page = desk.get(course.path).text
    assert 'id="reply"' not in page
    assert 'id="note"' in page


def test_an_investigator_has_no_say_in_who_reads(table: Table, app: Flask) -> None:
    table.share(DANA)
    page = Desk(app, DANA).get(f"/cases/{table.id}").text
    assert "data-change" not in page
    act, files = table.new_key(EVERYBODY)
    assert table.send("keys", act, DANA, files).status_code == 404
    assert table.send("recusals", table.recusal("chair"), DANA).status_code == 404
    assert table.send("keys", act, "chair", files).status_code == 202
    # Nor is the signature of one the second of two, whoever posts it.
    signed = act_format.sign(act, DANA, committee.signing_seed(DANA))
    form = {"act": act.document.decode(), "signature": strict.to_b64(signed.signature)}
    assert Desk(app, DANA).post(f"/cases/{table.id}/keys", form).status_code == 404
    assert table.manifest("chair")["generation"] == 1


def test_an_investigator_ends_no_proposal_of_others(
    table: Table, app: Flask, submitter: Submitter
) -> None:
    course = Course(app, submitter)
    course.find()
    table.share(DANA)
    assert course.take(Step.DETERMINE, "chair", {"outcomes": ["s1=PARTLY"]}) == 202
    (waits,) = course.told()["proposals"]
    address = f"{course.path}/proposals/{waits['hash']}"
    assert course.desk(DANA).post(address, {"decline": "1"}).status_code == 404
    assert course.sign(waits["hash"], DANA).status_code == 422
    assert len(course.told()["proposals"]) == 1


def test_home_asks_an_investigator_for_no_signature(table: Table, app: Flask) -> None:
    table.share(DANA)
    table.recuse("member-2", "chair")
    home = Desk(app, DANA).get("/").text
    assert "Waiting for your signature" not in home
    assert "Cases that need a new key" not in home


def test_who_is_to_be_taken_out_does_not_find_a_proposal_at_home(table: Table, app: Flask) -> None:
    table.recuse("member-2", "chair")
    assert "Waiting for your signature" not in Desk(app, "member-2").get("/").text
    assert "Waiting for your signature" in Desk(app, "member-1").get("/").text


def test_a_share_ends_with_the_next_key_and_the_case_is_not_there_any_more(
    table: Table, app: Flask, installation: Installation
) -> None:
    table.share(DANA)
    end(table)
    assert not table.sees(DANA)
    desk = Desk(app, DANA)
    for method, rule in verbs(app):
        ours, none = (send(desk, method, filled(rule, each)) for each in (table.id, UNKNOWN))
        assert (ours.status_code, ours.data) == (404, none.data), rule
        assert dict(ours.headers) == dict(none.headers)
    assert table.manifest("chair")["held"]["shared"] == []
    with reading(installation.book) as book:
        assert store.shared_keys(book, table.id) == {}
    table.share(DANA, generation=2)
    assert table.sees(DANA)


def test_what_an_investigator_signs_after_the_end_counts_for_nothing(
    table: Table, app: Flask, submitter: Submitter
) -> None:
    course = Course(app, submitter)
    course.triage()
    course.investigate()
    table.share(DANA)
    note = course.note(DANA)
    act = course.act(Step.REPORT_FACTS, {"sealed": [note["digest"]]})
    end(table)
    assert course.send(act, DANA, note).status_code == 404
    assert course.stage == "INVESTIGATING"


def test_an_investigator_can_be_taken_out_at_once(table: Table) -> None:
    table.share(DANA)
    answers = table.recuse(DANA, "chair", "member-1")
    assert [each.status_code for each in answers] == [202, 204]
    assert not table.sees(DANA)
    assert table.manifest("chair")["held"]["blocked"] is True
    end(table)
    act, files = table.shared_with(DANA, 2)
    assert table.send("shares", act, "chair", files).status_code == 409


def test_every_role_at_every_address_of_a_case_read_not_read_shared_and_shared_no_more(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    """Attack 3: role by object by verb. What somebody may not do, or may not see, has the same
    bytes as nothing."""
    investigator(installation.book)
    with writing(installation.book) as connection:
        admin = Enrolment(person_id="admin", username="admin", role=Role.CANDIDATE, name="Ada Min")
        people.enrol(connection, installation.roster, admin, committee.TODAY)
    ended = installation.submitter("of the share that ended")
    ended.submit()
    installation.collect()
    Table(app, submitter).share(DANA)
    over = Table(app, ended)
    over.share(DANA)
    end(over)
    all_readers = set(EVERYBODY)
    seen = {
        submitter.case_id: all_readers | {DANA},
        hidden.case_id: all_readers - {"member-2"},
        ended.case_id: all_readers,
        UNKNOWN: set(),
    }
    roles = {**ROLES, DANA: Role.INVESTIGATOR, "admin": Role.CANDIDATE}
    for person in (*READERS, *OTHERS, DANA, "admin"):
        desk = Desk(app, person)
        nothing = desk.get("/nothing").data
        for (method, rule, access), case_id in itertools.product(verbs_with_acts(app), seen):
            answer = send(desk, method, filled(rule, case_id))
            if access in TABLE[roles[person]] and person in seen[case_id]:
                part = any(each in rule for each in PARTS)
                assert part or answer.status_code != 404, (person, rule)
            else:
                assert (answer.status_code, answer.data) == (404, nothing), (person, rule)


def verbs_with_acts(app: Flask) -> list[tuple[str, str, object]]:
    return [each for each in routes(app) if each[1].startswith("/cases/<")]


def test_an_investigator_s_key_counts_at_once_and_never_waits_for_the_ceremony(
    installation: Installation, app: Flask
) -> None:
    investigator(installation.book)
    with reading(installation.book) as connection:
        assert enrolment.requests(connection, installation.roster) == b'{"requests":[],"v":1}'
        assert people_store.identity_file(connection, DANA) is not None
    assert Desk(app, DANA).get("/me/identity").status_code == 200
    page = Desk(app, DANA).get("/me/key").text
    assert "to each of the two who share a case with you" in page
    assert "ceremony" not in page


def test_an_investigator_opens_with_the_keys_they_had_before(
    installation: Installation, app: Flask
) -> None:
    investigator(installation.book)
    desk = Desk(app, DANA)
    assert desk.get("/me/key/former").status_code == 204
    assert desk.get("/me/key/passkeys").get_json() == {"passkeys": []}
