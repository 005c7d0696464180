"""The schedule at the console: a resolution, two signatures, and a later day."""

import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from crypto import strict
from crypto.act import Act
from review.casework.course import Step
from review.store import cases, schedule
from review.store.database import reading, writing
from tests import acts, committee, retention
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk
from tests.review.tables import entries, rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)


def signature(act: Act, by: str) -> str:
    return strict.to_b64(acts.sent(act, by).signature)


def propose(app: Flask, act: Act, by: str = "chair") -> TestResponse:
    fields = {"act": act.document.decode(), "signature": signature(act, by)}
    return Desk(app, by).post("/schedule/proposals", fields)


def sign(app: Flask, act: Act, by: str) -> TestResponse:
    return Desk(app, by).post(f"/schedule/proposals/{act.hash}", {"signature": signature(act, by)})


def test_two_change_a_class_from_a_later_day_on(app: Flask, installation: Installation) -> None:
    act = retention.change()
    assert propose(app, act).status_code == 202
    assert entries(installation.book, "schedule.changed") == []
    assert "A change of the retention schedule" in Desk(app, "member-1").get("/").text
    assert sign(app, act, "member-1").status_code == 204
    (entry,) = entries(installation.book, "schedule.changed")
    assert entry.by == "member-1"
    with reading(installation.book) as connection:
        current = schedule.current(connection)
    before, after = (current.on("RC-01", retention.LATER - days * DAY) for days in (1, 0))
    assert before is not None
    assert after is not None
    assert (before.period.years, after.period.years) == (7, 8)
    page = Desk(app, "auditor").get("/schedule").text
    assert "7 years" in page
    assert "2026-14" in page


def test_one_person_alone_changes_nothing(app: Flask, installation: Installation) -> None:
    act = retention.change()
    propose(app, act)
    assert sign(app, act, "chair").status_code == 409
    assert entries(installation.book, "schedule.changed") == []


@pytest.mark.parametrize("person", ["counsel", "secretary", "auditor"])
def test_nobody_else_changes_the_schedule(
    app: Flask, installation: Installation, person: str
) -> None:
    act = retention.change()
    propose(app, act)
    assert sign(app, act, person).status_code == 404
    assert propose(app, retention.change("RC-02"), person).status_code == 404
    assert Desk(app, person).post(f"/schedule/proposals/{act.hash}/decline").status_code == 404
    assert entries(installation.book, "schedule.changed") == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"maximum": "P5Y"}, "Both cannot be."),
        ({"jurisdictions": ["DE", "US"]}, "Germany is understood to allow 3 years at most"),
        ({"effective": committee.TODAY.isoformat()}, "moves no day that runs already"),
        ({"version": 2}, "The class has another version by now"),
    ],
)
def test_a_conflict_is_a_question_and_never_guessed(
    app: Flask, installation: Installation, data: dict[str, Any], says: str
) -> None:
    before = rows(installation.book, without=("logins",))
    answer = propose(app, retention.change(**data))
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(installation.book, without=("logins",)) == before


def test_what_counsel_answered_of_a_country_is_kept_with_the_change(
    app: Flask, installation: Installation
) -> None:
    act = retention.change(jurisdictions=["DE", "US"], counsel="C-2026-2")
    assert propose(app, act).status_code == 202
    assert sign(app, act, "member-1").status_code == 204
    assert "C-2026-2" in Desk(app, "auditor").get("/schedule").text


def test_no_answer_of_counsel_makes_a_least_and_a_most_agree(app: Flask) -> None:
    answer = propose(app, retention.change(maximum="P5Y", counsel="C-2026-2"))
    assert answer.status_code == 422
    assert "Both cannot be." in answer.text


def test_a_change_without_a_resolution_is_refused(app: Flask) -> None:
    assert propose(app, retention.change(resolution="a/b")).status_code == 400
    assert propose(app, retention.change(resolution=None)).status_code == 400
    assert propose(app, retention.change(counsel="a/b")).status_code == 400


def test_a_case_keeps_the_class_and_version_of_the_day_it_was_set_aside(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    course = Course(app, submitter)
    course.triage()
    aside = {"retention_class": ["RC-04"]}
    course.both(Step.SET_ASIDE, "chair", "member-1", aside, sealed=True)
    act = retention.change("RC-04", period="P90D")
    propose(app, act)
    sign(app, act, "member-1")
    with reading(installation.book) as connection:
        case = cases.case_by_id(connection, submitter.case_id)
        assert case is not None
        kept = schedule.of_case(connection, case)
        assert kept == schedule.Kept(committee.TODAY, "RC-04", 0)
        assert schedule.due(connection, case) == committee.TODAY + 30 * DAY


def test_a_case_that_is_open_has_no_class_and_is_never_due(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    with writing(installation.book) as connection:
        case = cases.case_by_id(connection, submitter.case_id)
        assert case is not None
        # What a case was kept as before it was reopened does not count.
        schedule.keep(connection, case, "RC-01", committee.TODAY)
        assert schedule.of_case(connection, case) is None
        assert schedule.due(connection, case) is None
