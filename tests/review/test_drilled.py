"""A drill passes when it was answered and a reader has marked it; then the charter has it too."""

from datetime import date, timedelta

import pytest
from flask import Flask

from review import charter_desk, drilled
from review.casework.course import Step
from review.charter.clauses import default_charter
from review.charter_desk import read_book
from review.drilled import Reminder
from review.errors import DrillRefused
from review.store.database import reading, writing
from review.store.drills import FAILED, PASSED
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import Desk
from tests.review.tables import entries, rows
from tests.review.test_charter_desk import HEAD
from tests.review.web.course import Course
from tests.review.web.test_drills import mark_of

pytestmark = pytest.mark.stores
TODAY = committee.TODAY
CHARTER = default_charter()


@pytest.fixture
def marked(app: Flask, submitter: Submitter) -> Submitter:
    """A submission that a reader has marked as a drill."""
    course = Course(app, submitter)
    course.desk("chair").post(f"{course.path}/opened")
    assert course.take(Step.MARK_DRILL, "chair", mark_of(submitter)) == 204
    return submitter


def record(installation: Installation, case_id: str, answered: date | None = TODAY) -> str:
    with writing(installation.book) as connection:
        return drilled.record(connection, case_id, TODAY, answered, TODAY).outcome


def test_a_drill_that_was_answered_and_marked_has_passed_once(
    installation: Installation, marked: Submitter
) -> None:
    assert record(installation, marked.case_id) == PASSED
    (entry,) = entries(installation.book, "drill.run")
    assert (entry.case_id, entry.by) == (None, None)
    before = rows(installation.book)
    with pytest.raises(DrillRefused):
        record(installation, marked.case_id)
    assert rows(installation.book) == before


def test_a_drill_that_no_reader_has_marked_has_not_passed(
    installation: Installation, submitter: Submitter
) -> None:
    before = rows(installation.book)
    with pytest.raises(DrillRefused):
        record(installation, submitter.case_id)
    assert rows(installation.book) == before


def test_a_drill_that_nobody_answered_has_failed(
    installation: Installation, submitter: Submitter
) -> None:
    assert record(installation, submitter.case_id, None) == FAILED


def test_after_ninety_days_without_a_drill_the_first_page_says_so(
    app: Flask, installation: Installation, marked: Submitter
) -> None:
    says = "It is time for a drill"
    for person in ("chair", "secretary"):
        assert says in Desk(app, person).get("/").text
    record(installation, marked.case_id)
    for person in ("chair", "secretary"):
        assert says not in Desk(app, person).get("/").text
    days = [TODAY + timedelta(days=each) for each in (90, 91)]
    with reading(installation.book) as connection:
        found = [drilled.reminder(connection, day, has_key=True) for day in days]
    assert found == [None, Reminder(TODAY)]


def test_without_a_drill_key_nobody_is_reminded_of_a_first_drill(
    installation: Installation,
) -> None:
    with reading(installation.book) as connection:
        assert drilled.reminder(connection, TODAY, has_key=False) is None
        assert drilled.reminder(connection, TODAY, has_key=True) == Reminder(None)


def test_the_secretary_takes_a_drill_over_into_the_charter_once(
    app: Flask, installation: Installation, marked: Submitter
) -> None:
    with writing(installation.book) as connection:
        charter_desk.setup(connection, CHARTER, HEAD, "secretary", TODAY)
    desk = Desk(app, "secretary")
    form = {"on": TODAY.isoformat()}
    assert "Record the drill" not in desk.get("/charter/evidence").text
    assert desk.post("/charter/drill", form).status_code == 409
    record(installation, marked.case_id)
    assert "which passed" in desk.get("/charter/evidence").text
    assert Desk(app, "auditor").post("/charter/drill", form).status_code == 404
    assert desk.post("/charter/drill", form).status_code == 303
    page = desk.get("/charter/evidence").text
    assert "1 of 1 passed" in page
    assert "Record the drill" not in page
    assert desk.post("/charter/drill", form).status_code == 409
    with reading(installation.book) as connection:
        (event,) = [e for e in read_book(connection, CHARTER).events if e.type == drilled.TYPE]
    assert (event.text("channel"), event.text("result")) == ("front door", "PASSED")
