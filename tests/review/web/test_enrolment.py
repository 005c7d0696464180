"""The pages "Make my key" and "People and keys": who sees what, and what the routes take."""

import io
from typing import Any

import pytest
from flask import Flask

from crypto import enrolment
from review import people
from review.enrolment import LARGEST
from review.people import Enrolment
from review.roles import Role
from review.store.database import writing
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import Desk, upload
from tests.review.test_enrolment import COPY, NEW, SEALED, made_by, offer, publish, with_reader

pytestmark = pytest.mark.stores


@pytest.fixture
def candidate(installation: Installation, app: Flask) -> Desk:
    with writing(installation.book) as connection:
        wanted = Enrolment(person_id=NEW, username=NEW, role=Role.CANDIDATE, name="Gloria Pratt")
        people.enrol(connection, installation.roster, wanted, committee.TODAY)
    return Desk(app, NEW)


def files(name: str = "new", seat: str = NEW) -> dict[str, Any]:
    made = made_by(name, seat=seat)
    return {
        "request": upload(made.request),
        "identity": upload(SEALED),
        "recovery": upload(COPY),
    }


def test_a_candidate_makes_a_key_and_sees_nothing_else(candidate: Desk) -> None:
    assert "Make my key" in candidate.get("/").text
    page = candidate.get("/me/key")
    assert page.status_code == 200
    assert "make-key-lost" not in page.text
    for path in ("/people", "/cases", "/ledger", "/charter", "/me/identity", "/me/key/former"):
        assert candidate.get(path).status_code == 404, path
    assert candidate.post("/me/key", files()).status_code == 204
    assert "waits for the ceremony" in candidate.get("/me/key").text


def test_a_request_that_does_not_fit_is_a_conflict_with_its_reason(candidate: Desk) -> None:
    answer = candidate.post("/me/key", files(seat="chair"))
    assert (answer.status_code, answer.json) == (409, {"reason": "other-seat"})
    large = {**files(), "identity": (io.BytesIO(bytes(LARGEST + 1)), "envelope")}
    assert candidate.post("/me/key", large).status_code == 400
    assert candidate.post("/me/key", {"request": upload(b"")}).status_code == 400


def test_people_and_keys_is_for_the_committee_and_shows_no_request_s_fingerprint(
    installation: Installation, app: Flask, candidate: Desk
) -> None:
    made = made_by("new")
    offer(installation.book, made)
    page = Desk(app, "chair").get("/people").text
    assert f'data-request="{NEW}"' in page
    assert enrolment.verify(made.request).fingerprint not in page
    assert 'data-missing="copy-here"' in page
    assert 'data-warning="roster-ends"' not in page
    for person in ("counsel", "secretary", "auditor"):
        assert Desk(app, person).get("/people").status_code == 404


def test_a_new_key_s_files_are_served_to_its_holder_alone(
    installation: Installation, app: Flask
) -> None:
    made = made_by("second", seat="member-1")
    offer(installation.book, made.__class__(**{**vars(made), "former": COPY}), person="member-1")
    member = Desk(app, "member-1")
    assert member.get("/me/key/former").status_code == 204
    publish(installation.book, with_reader("member-1", "second"))
    assert member.get("/me/identity").data == SEALED
    assert member.get("/me/key/former").data == COPY
    assert member.get("/me/key/passkeys").json == {"passkeys": []}
    assert member.get("/me/key/passkeys/1").status_code == 404
    assert Desk(app, "chair").get("/me/key/former").data == b""


def test_an_investigator_makes_a_key_that_counts_at_once_and_opens_it_here(
    installation: Installation, app: Flask
) -> None:
    with writing(installation.book) as connection:
        wanted = Enrolment(person_id="finance", username="dana", role=Role.INVESTIGATOR)
        people.enrol(connection, installation.roster, wanted, committee.TODAY)
    desk = Desk(app, "finance")
    assert desk.get("/me/identity").status_code == 404
    assert 'id="keyring"' not in desk.get("/me/key").text
    former = {"former": upload(COPY)}
    assert desk.post("/me/key", files("one", "finance")).status_code == 204
    assert desk.get("/me/identity").data == SEALED
    assert desk.get("/me/key/former").status_code == 204
    page = desk.get("/me/key").text
    assert 'id="keyring"' in page
    assert "make-key-lost" in page
    assert desk.post("/me/key", {**files("two", "finance"), **former}).status_code == 204
    assert desk.get("/me/key/former").data == COPY
