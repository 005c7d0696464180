"""Legal holds at the console: placed at once by one, released by two, and told to who may know."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from crypto import strict
from crypto.act import Act
from review import custody as noting
from review.acting import Signer
from review.casework.course import Stage
from review.retention import custody, holding
from review.roles import Role
from review.spans import months_after
from review.store import acts as act_store
from review.store import cases, holds
from review.store.casework_schema import courses
from review.store.database import reading, writing
from review.store.schema import case_readers
from tests import acts, committee, retention
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.desk import Desk, upload
from tests.review.tables import entries, rows
from tests.review.web.course import Course
from tests.stores import here

pytestmark = pytest.mark.stores
EVERYBODY = tuple(each.id for each in acts.ROSTER.readers)
BESIDE_MEMBER_2 = tuple(each for each in EVERYBODY if each not in ("member-2", "counsel"))


def signature(act: Act, by: str) -> str:
    return strict.to_b64(acts.sent(act, by).signature)


def fields(act: Act, by: str, **more: Any) -> Mapping[str, Any]:
    return {"act": act.document.decode(), "signature": signature(act, by), **more}


def place(
    app: Flask, by: str = "chair", to: tuple[str, ...] = EVERYBODY, **data: Any
) -> tuple[Act, TestResponse]:
    sealed = retention.reason(*to)
    act = retention.hold(sealed, **data)
    return act, Desk(app, by).post("/holds", fields(act, by, reason=upload(sealed)))


def propose(app: Flask, act: Act, by: str = "chair") -> int:
    return Desk(app, by).post("/holds/releases", fields(act, by)).status_code


def sign(app: Flask, act: Act, by: str) -> int:
    path = f"/holds/releases/{act.hash}"
    return Desk(app, by).post(path, {"signature": signature(act, by)}).status_code


def is_held(installation: Installation, somebody: Submitter) -> bool:
    with reading(installation.book) as connection:
        case = cases.case_by_id(connection, somebody.case_id)
        assert case is not None
        return holds.is_held(connection, case, committee.TODAY)


def test_one_person_places_a_hold_at_once_and_two_release_it(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    placed, answer = place(app, "counsel")
    assert answer.status_code == 204
    assert is_held(installation, submitter)
    (entry,) = entries(installation.book, "hold.placed")
    assert entry.by == "counsel"
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    assert "This case is kept for a matter" in page
    release = retention.release(placed)
    assert propose(app, release) == 202
    assert is_held(installation, submitter)
    assert 'href="/holds">The release of a legal hold' in Desk(app, "member-1").get("/").text
    assert sign(app, release, "chair") == 409
    assert sign(app, release, "member-1") == 204
    assert not is_held(installation, submitter)
    assert len(entries(installation.book, "hold.released")) == 1


def test_a_new_case_falls_under_a_hold_that_was_placed_before(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    place(app, begun="2026-11-21")
    later = installation.submitter("a later one")
    later.submit()
    installation.collect()
    assert is_held(installation, later)


@pytest.mark.parametrize("person", ["secretary", "auditor"])
def test_nobody_else_places_or_releases_a_hold(
    app: Flask, installation: Installation, person: str
) -> None:
    placed, _ = place(app)
    release = retention.release(placed)
    propose(app, release)
    before = rows(installation.book, without=("logins",))
    sealed = retention.reason(*EVERYBODY, name="cd" * 32)
    act = retention.hold(sealed, "cd" * 32)
    desk = Desk(app, person)
    assert desk.post("/holds", fields(act, "chair", reason=upload(sealed))).status_code == 404
    path = f"/holds/releases/{release.hash}"
    assert desk.post(path, {"signature": signature(release, "member-1")}).status_code == 404
    assert desk.post(f"{path}/decline").status_code == 404
    assert desk.get(f"/holds/{retention.HOLD}/reason").status_code == 404
    assert rows(installation.book, without=("logins",)) == before


def test_the_auditor_sees_holds_and_no_reason(app: Flask) -> None:
    place(app)
    page = Desk(app, "auditor").get("/holds")
    assert "M-1" in page.text
    assert "Read the reason" not in page.text
    assert "every case" in page.text


def test_a_hold_that_names_a_case_is_there_only_for_its_readers(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    """Attack: learning of a case that one is named in from a hold."""
    placed, answer = place(app, to=BESIDE_MEMBER_2, cases=[hidden.case_id], matter="M-77")
    assert answer.status_code == 204
    assert is_held(installation, hidden)
    assert "M-77" in Desk(app, "member-1").get("/holds").text
    out = Desk(app, "member-2")
    assert "M-77" not in out.get("/holds").text
    assert out.get(f"/holds/{retention.HOLD}/reason").status_code == 404
    release = retention.release(placed)
    assert propose(app, release) == 202
    assert "legal hold</a>" not in out.get("/").text
    assert sign(app, release, "member-2") == 404
    assert sign(app, release, "member-1") == 204


def test_nobody_names_a_case_that_they_do_not_read(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    answers = [
        place(app, "member-2", ("member-2",), cases=[case])[1].text
        for case in (hidden.case_id, "00" * 32)
    ]
    assert answers[0] == answers[1]
    assert entries(installation.book, "hold.placed") == []


def test_a_release_does_not_count_for_a_case_that_concerns_who_signed_it(
    app: Flask, installation: Installation, hidden: Submitter, submitter: Submitter
) -> None:
    placed, _ = place(app)
    release = retention.release(placed)
    propose(app, release, "member-2")
    sign(app, release, "chair")
    assert is_held(installation, hidden)
    assert not is_held(installation, submitter)
    # Only readers of the case that is still held learn so, and can release it.
    assert "still stands over 1 of your cases" in Desk(app, "chair").get("/holds").text
    assert "still stands" not in Desk(app, "member-2").get("/holds").text
    again = retention.release(placed, "d2", release.hash)
    assert propose(app, again, "member-2") == 404
    assert propose(app, again, "member-1") == 202
    assert "legal hold</a>" not in Desk(app, "member-2").get("/").text
    assert sign(app, again, "chair") == 204
    assert not is_held(installation, hidden)


def test_a_declined_release_ends_and_the_hold_stands(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    placed, _ = place(app)
    release = retention.release(placed)
    propose(app, release)
    declined = Desk(app, "member-1").post(f"/holds/releases/{release.hash}/decline")
    assert declined.status_code == 204
    assert sign(app, release, "member-2") == 404
    assert is_held(installation, submitter)


def test_a_reason_for_other_readers_or_another_act_is_refused(
    app: Flask, installation: Installation
) -> None:
    assert place(app, to=("chair",))[1].status_code == 400
    sealed = retention.reason(*EVERYBODY)
    act = retention.hold(b"something else")
    answer = Desk(app, "chair").post("/holds", fields(act, "chair", reason=upload(sealed)))
    assert answer.status_code == 400
    assert rows(installation.book)["holds"] == []
    with reading(installation.book) as connection:
        assert act_store.newest(connection, holding.subject(retention.HOLD)) is None


def test_the_reason_is_kept_as_it_was_sealed(app: Flask) -> None:
    sealed = retention.reason(*EVERYBODY)
    act = retention.hold(sealed)
    desk = Desk(app, "chair")
    assert desk.post("/holds", fields(act, "chair", reason=upload(sealed))).status_code == 204
    assert Desk(app, "counsel").get(f"/holds/{retention.HOLD}/reason").data == sealed


def keep_note(app: Flask, act: Act, by: str = "chair") -> TestResponse:
    return Desk(app, by).post("/holds/notes", fields(act, by))


def test_who_was_told_is_kept_and_asked_for_until_it_is_acknowledged(
    app: Flask, installation: Installation
) -> None:
    place(app, custodian="member-1")
    home = Desk(app, "member-2")
    assert "<code>member-1</code> is to be told of it" in home.get("/").text
    told = retention.noted(custody.NOTIFY, custodian="member-1")
    assert keep_note(app, told).status_code == 204
    assert "has not acknowledged it" in home.get("/").text
    assert "not acknowledged" in Desk(app, "auditor").get("/holds").text
    known = retention.noted(custody.ACKNOWLEDGE, told.hash, custodian="member-1")
    assert keep_note(app, known, "member-1").status_code == 204
    assert "Legal holds that need you" not in home.get("/").text
    assert [each.by for each in entries(installation.book, "hold.acknowledged")] == ["member-1"]
    again = keep_note(app, retention.noted(custody.ACKNOWLEDGE, known.hash, custodian="member-1"))
    assert again.status_code == 422
    assert "They have acknowledged it already." in again.text


def test_a_hold_is_asked_about_every_six_months_until_it_is_released(
    app: Flask, installation: Installation
) -> None:
    place(app)
    later = months_after(committee.TODAY, custody.REVIEW_MONTHS)
    viewer = Signer("counsel", Role.COUNSEL)
    with reading(installation.book) as connection:
        assert noting.waiting(connection, viewer, later - datetime.timedelta(days=1)) == []
        (one,) = noting.waiting(connection, viewer, later)
        assert (one.awaited.what, one.awaited.by) == (custody.Due.REVIEW, later)
        assert noting.waiting(connection, Signer("auditor", Role.RETENTION_AUDITOR), later) == []
    assert keep_note(app, retention.noted(custody.REVIEW), "counsel").status_code == 204
    (entry,) = entries(installation.book, "hold.reviewed")
    assert entry.by == "counsel"


@pytest.mark.parametrize("person", ["secretary", "auditor"])
def test_nobody_else_notes_anything_of_a_hold(
    app: Flask, installation: Installation, person: str
) -> None:
    place(app)
    answer = Desk(app, person).post(
        "/holds/notes", fields(retention.noted(custody.REVIEW), "chair")
    )
    assert answer.status_code == 404
    assert entries(installation.book, "hold.reviewed") == []


def test_nothing_is_noted_of_a_hold_that_somebody_may_not_know_or_that_was_released(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    placed, _ = place(app, to=BESIDE_MEMBER_2, cases=[hidden.case_id])
    assert keep_note(app, retention.noted(custody.REVIEW), "member-2").status_code == 404
    release = retention.release(placed)
    propose(app, release)
    sign(app, release, "member-1")
    assert keep_note(app, retention.noted(custody.REVIEW)).status_code == 404
    assert entries(installation.book, "hold.reviewed") == []


def test_a_case_that_is_about_something_falls_under_a_hold_over_that(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    place(app, categories=["REV"])
    assert not is_held(installation, submitter)
    Course(app, submitter).triage()
    assert is_held(installation, submitter)
    assert "<dd>1</dd>" in Desk(app, "chair").get("/holds").text


def test_who_is_named_in_a_case_places_a_hold_over_it_and_never_releases_it(
    app: Flask, installation: Installation, hidden: Submitter
) -> None:
    placed, answer = place(app, "member-2")
    assert answer.status_code == 204
    assert is_held(installation, hidden)
    release = retention.release(placed)
    propose(app, release, "member-2")
    sign(app, release, "chair")
    assert is_held(installation, hidden)


def test_where_holds_cannot_be_read_nothing_is_disposed_of(
    installation: Installation, submitter: Submitter
) -> None:
    ending.retain(installation, submitter.case_id)
    ending.approved(installation, submitter.case_id)
    with here().unguarded(installation.url("book")) as run:
        run("ALTER TABLE holds RENAME TO elsewhere")
    with pytest.raises(DBAPIError):
        ending.execute(installation)
    with here().unguarded(installation.url("book")) as run:
        run("ALTER TABLE elsewhere RENAME TO holds")
    assert ending.stage_of(installation, submitter.case_id) == Stage.RETENTION
    assert entries(installation.book, "disposition.executed") == []


def test_a_case_in_which_a_hold_was_found_necessary_is_held_and_asks_for_it(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        needed = update(courses).where(courses.c.case_id == submitter.case_id)
        connection.execute(needed.values(hold_needed=True))
    page = Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    assert "none covers it yet" in page
    assert f"/holds?case={submitter.case_id}" in page
    assert is_held(installation, submitter)
    placed, _ = place(app)
    assert "none covers it yet" not in Desk(app, "chair").get(f"/cases/{submitter.case_id}").text
    release = retention.release(placed)
    propose(app, release)
    sign(app, release, "member-1")
    assert not is_held(installation, submitter)


@pytest.mark.parametrize(
    "more",
    [
        {"classes": ["RC-01"]},
        {"categories": ["REV"]},
        {"begun": "2026-11-21"},
    ],
)
def test_a_hold_that_names_a_case_names_nothing_else(
    app: Flask, installation: Installation, hidden: Submitter, more: dict[str, Any]
) -> None:
    """Attack: learning of a case that one is named in from another that is held by no hold."""
    _, answer = place(app, to=BESIDE_MEMBER_2, cases=[hidden.case_id], **more)
    assert answer.status_code == 422
    assert "A hold that names a case names nothing else. Place two." in answer.text
    assert entries(installation.book, "hold.placed") == []


def test_all_cases_that_a_hold_names_have_the_same_readers(
    app: Flask, installation: Installation, hidden: Submitter, submitter: Submitter
) -> None:
    """Attack: learning of a case that one is named in from another that is held by no hold."""
    both = sorted([hidden.case_id, submitter.case_id])
    _, answer = place(app, to=BESIDE_MEMBER_2, cases=both)
    assert answer.status_code == 422
    assert "These cases have different readers. Place one hold for each." in answer.text
    assert entries(installation.book, "hold.placed") == []


def test_a_hold_that_nobody_could_release_is_not_placed(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        others = (case_readers.c.case_id == submitter.case_id, case_readers.c.person_id != "chair")
        connection.execute(delete(case_readers).where(*others))
    _, answer = place(app, to=("chair",), cases=[submitter.case_id])
    assert answer.status_code == 422
    assert "It takes two to release a hold" in answer.text
    assert entries(installation.book, "hold.placed") == []


def test_the_form_of_a_hold_over_one_case_asks_for_no_other_scope(
    app: Flask, submitter: Submitter
) -> None:
    desk = Desk(app, "chair")
    page = desk.get(f"/holds?case={submitter.case_id}").text
    assert 'name="matter"' in page
    assert not [
        each for each in ("classes", "categories", "from", "to") if f'name="{each}"' in page
    ]
    assert 'name="classes"' in desk.get("/holds").text


def test_a_release_names_the_very_act_that_placed_the_hold(
    app: Flask, installation: Installation, submitter: Submitter
) -> None:
    """Attack: showing a person other terms than those of the hold that they release."""
    placed, _ = place(app)
    other = retention.hold(b"other terms", classes=["RC-01"])
    release = retention.release(other, previous=placed.hash)
    assert propose(app, release) == 400
    without = acts.make(
        holding.RELEASE, subject=placed.subject, previous=placed.hash, draw="d1"
    )  # fmt: skip
    assert propose(app, without) == 400
    assert is_held(installation, submitter)
    assert propose(app, retention.release(placed)) == 202
