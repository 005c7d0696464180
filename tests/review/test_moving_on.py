"""Closed cases are watched and then kept by themselves, each step once, on its day."""

import datetime
import json

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, update

from deploy.cli import main
from review import moving_on
from review.casework.course import Stage, Step
from review.casework.deadlines import ClockSettings
from review.store import courses
from review.store.cases import case_by_id
from review.store.casework_schema import courses as course_rows
from review.store.database import reading, writing
from review.store.schema import cases
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.tables import entries, rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores
YEAR = datetime.timedelta(days=365)
KEPT = {"retention_class": ["RC-01"], "retaliation_plan": ["member-1"]}


def move_on(book: Engine, today: datetime.date) -> int:
    return moving_on.move_on(book, today, ClockSettings())


def close(course: Course) -> None:
    """Bring a case to its end."""
    course.find()
    course.both(Step.DETERMINE, "member-1", "chair", {"outcomes": ["s1=PARTLY"]})
    assert course.take(Step.GIVE_FEEDBACK) == 204
    course.both(Step.CLOSE, "member-1", "chair", KEPT)


def stage_of(installation: Installation, case_id: str) -> Stage:
    with reading(installation.book) as connection:
        case = case_by_id(connection, case_id)
    assert case is not None
    return case.state


def put(installation: Installation, case_id: str, stage: Stage, **days: datetime.date) -> None:
    """A case as if it had come there by steps that are tested elsewhere."""
    with writing(installation.book) as connection:
        connection.execute(update(cases).where(cases.c.id == case_id).values(state=stage.value))
        changed = update(course_rows).where(course_rows.c.case_id == case_id)
        connection.execute(changed.values(closed_on=committee.TODAY, **days))


def test_a_closed_case_is_watched_and_after_its_year_it_is_kept(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    close(Course(app, submitter))
    assert move_on(installation.book, committee.TODAY) == 1
    assert stage_of(installation, submitter.case_id) is Stage.MONITORING
    assert move_on(installation.book, committee.TODAY + YEAR - datetime.timedelta(days=1)) == 0
    assert move_on(installation.book, committee.TODAY + YEAR) == 1
    assert stage_of(installation, submitter.case_id) is Stage.RETENTION
    told = entries(installation.book, "case.moved-on")
    assert {row.by for row in told} == {None}
    assert sorted(json.loads(row.data)["step"] for row in told) == ["monitor", "retain"]


def test_a_deadline_that_is_acted_on_again_changes_nothing(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a timer that runs twice, or a job that was stopped and runs again."""
    put(installation, submitter.case_id, Stage.CLOSED)
    put(installation, hidden.case_id, Stage.NOT_A_REPORT)
    for day, count in ((committee.TODAY, 2), (committee.TODAY + YEAR, 1)):
        assert move_on(installation.book, day) == count
        before = rows(installation.book)
        assert move_on(installation.book, day) == 0
        assert rows(installation.book) == before
    # A day that was missed is made up for, each step once.
    put(installation, submitter.case_id, Stage.CLOSED)
    assert move_on(installation.book, committee.TODAY + YEAR) == 2


def test_a_merged_case_waits_for_its_feedback(
    installation: Installation, submitter: Submitter
) -> None:
    put(installation, submitter.case_id, Stage.MERGED)
    assert move_on(installation.book, committee.TODAY) == 0
    put(installation, submitter.case_id, Stage.MERGED, fed_back_on=committee.TODAY)
    assert move_on(installation.book, committee.TODAY) == 1
    assert stage_of(installation, submitter.case_id) is Stage.RETENTION


def test_a_case_that_opens_again_is_watched_from_its_next_end_on(
    app: Flask, submitter: Submitter, installation: Installation
) -> None:
    """Attack: what ended once is kept, and later gone, while it is treated again."""
    put(installation, submitter.case_id, Stage.RETENTION)
    course = Course(app, submitter)
    assert course.take(Step.REOPEN, sealed=True) == 204
    assert move_on(installation.book, committee.TODAY + 3 * YEAR) == 0
    with reading(installation.book) as connection:
        case = case_by_id(connection, submitter.case_id)
        assert case is not None
        assert courses.of_case(connection, case).closed_on is None


def test_the_verb_says_nothing_and_does_it(
    installation: Installation, submitter: Submitter
) -> None:
    put(installation, submitter.case_id, Stage.CLOSED)
    for _time in range(2):
        done = CliRunner().invoke(main, ["cases", "move-on"], env=installation.environment())
        assert (done.exit_code, done.output) == (0, "")
    assert stage_of(installation, submitter.case_id) is Stage.MONITORING
