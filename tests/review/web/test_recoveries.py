"""A new way in for a reader: by two others, and by nobody alone."""

import base64
import json

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review import sign_ins
from review.errors import PersonRefused
from review.people import Enrolment, enrol
from review.roles import Role
from review.store.database import writing
from tests import committee
from tests.acts import make, sent
from tests.browser.installation import Installation
from tests.review import passkeys
from tests.review.desk import NOON, Clock, Desk
from tests.review.passkeys import Key, add, join, signed_in
from tests.review.tables import entries

pytestmark = pytest.mark.stores


@pytest.fixture
def desk(app: Flask, installation: Installation) -> Desk:
    """The administrator's."""
    wanted = Enrolment(person_id="finance", username="finance", role=Role.ADMINISTRATOR)
    with writing(installation.book) as connection:
        enrol(connection, installation.roster, wanted, committee.TODAY)
    return Desk(app, "finance")


def agree(
    app: Flask, by: str, person: str = "chair", act: str = "new-sign-in", key: str | None = None
) -> TestResponse:
    signed = sent(make(act, subject=f"people/{person}", person=person), by, key)
    form = {
        "act": signed.document.decode(),
        "signature": base64.b64encode(signed.signature).decode(),
    }
    return Desk(app, by).post(f"/recoveries/{person}", form)


def invitation_in(answer: TestResponse) -> str:
    return answer.text.split('id="invitation-made">')[1].split("<")[0]


def test_two_others_let_a_reader_in_again(app: Flask, desk: Desk) -> None:
    lost, found = Key(), Key()
    assert add(Desk(app, "chair"), lost).status_code == 204
    assert desk.post("/sign-ins/chair/invitation").status_code == 409
    assert desk.post("/sign-ins/chair/recovery").status_code == 303
    assert desk.post("/sign-ins/chair/invitation").status_code == 409
    assert "Ada Winter" in Desk(app, "member-1").get("/recoveries").text
    assert agree(app, "member-1").status_code == 202
    assert desk.post("/sign-ins/chair/invitation").status_code == 409
    assert "You have signed" in Desk(app, "member-1").get("/recoveries").text
    assert agree(app, "alternate").status_code == 204
    made = desk.post("/sign-ins/chair/invitation")
    assert made.status_code == 200
    came = signed_in(app, "chair", join(app, invitation_in(made)))
    assert add(came, found).status_code == 204
    assert passkeys.sign_in(app, found).status_code == 204
    assert passkeys.sign_in(app, lost).status_code == 401
    assert desk.post("/sign-ins/chair/invitation").status_code == 409


def test_home_asks_who_could_agree_to_a_new_way_in_and_has_not(app: Flask, desk: Desk) -> None:
    asked = "A new way in for Ada Winter"
    assert asked not in Desk(app, "member-1").get("/").text
    desk.post("/sign-ins/chair/recovery")
    agree(app, "member-1")
    asks = {
        person: asked in Desk(app, person).get("/").text
        for person in ("chair", "member-1", "member-2", "counsel")
    }
    assert asks == {"chair": False, "member-1": False, "member-2": True, "counsel": False}
    agree(app, "member-2")
    assert "Waiting for your signature" not in Desk(app, "alternate").get("/").text


def test_whoever_is_let_in_again_is_in_the_ledger_with_the_act_that_two_signed(
    app: Flask, desk: Desk, installation: Installation
) -> None:
    desk.post("/sign-ins/chair/recovery")
    agree(app, "member-1")
    assert entries(installation.book, "sign-in.renewed") == []
    agree(app, "alternate")
    (told,) = entries(installation.book, "sign-in.renewed")
    act = make("new-sign-in", subject="people/chair", person="chair")
    assert json.loads(told.data) == {"act": act.hash, "person": "chair"}
    assert (told.by, told.case_id) == ("alternate", None)


def test_nobody_lets_themselves_or_a_reader_in_alone(app: Flask, desk: Desk) -> None:
    """Attack 4: an administrator, or one member, who takes over somebody's account."""
    desk.post("/sign-ins/chair/recovery")
    assert agree(app, "chair").status_code == 422
    assert agree(app, "counsel").status_code == 404
    assert agree(app, "member-1", key="member-2").status_code == 400
    assert agree(app, "member-1").status_code == 202
    assert agree(app, "member-1").status_code == 409
    assert desk.post("/sign-ins/chair/invitation").status_code == 409
    assert desk.get("/recoveries").status_code == 404


def test_what_was_signed_about_something_else_is_not_an_agreement(app: Flask, desk: Desk) -> None:
    desk.post("/sign-ins/chair/recovery")
    assert agree(app, "member-1", act="recuse").status_code == 404
    assert agree(app, "member-1", person="member-2").status_code == 404


def test_an_agreement_that_was_used_or_withdrawn_counts_no_more(app: Flask, desk: Desk) -> None:
    """Attack 14: one agreement for two invitations."""
    desk.post("/sign-ins/chair/recovery")
    agree(app, "member-1")
    agree(app, "member-2")
    desk.post("/sign-ins/chair/recovery/withdraw")
    assert desk.post("/sign-ins/chair/invitation").status_code == 409
    assert agree(app, "alternate").status_code == 404


def test_the_host_lets_no_reader_in_alone_either(app: Flask, installation: Installation) -> None:
    add(Desk(app, "chair"), Key())
    with writing(installation.book) as connection, pytest.raises(PersonRefused, match="two others"):
        sign_ins.invite(connection, installation.roster, "chair", None, NOON)


def test_signing_wants_to_know_who_is_there(app: Flask, desk: Desk, clock: Clock) -> None:
    member = Desk(app, "member-1")
    clock.forward(minutes=6)
    assert member.post(
        "/recoveries/chair", {}, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    ).json == {"reason": "step-up"}
