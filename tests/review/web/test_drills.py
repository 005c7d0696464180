"""A drill is marked by a reader with the mark that is sealed in it, and is no case from then on."""

import json
from dataclasses import replace

import pytest
from flask import Flask

from crypto import drill
from crypto.act import Value
from review import quarter
from review.casework.course import Stage, Step
from review.casework.statistics import shared
from review.quarter import Span
from review.store.counted import counted
from review.store.database import reading
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.desk import parts_of
from tests.review.tables import entries, rows
from tests.review.web.course import Course

pytestmark = pytest.mark.stores
TODAY = committee.TODAY


@pytest.fixture
def course(app: Flask, submitter: Submitter) -> Course:
    found = Course(app, submitter)
    found.desk("member-1").post(f"{found.path}/opened")
    return found


def mark_of(
    submitter: Submitter, case_id: str | None = None, seed: bytes = committee.DRILL_SEED
) -> dict[str, Value]:
    made = drill.make(committee.INSTALLATION, case_id or submitter.case_id, TODAY, seed)
    return {"mark": list(made.words)}


def test_a_reader_marks_a_drill_alone_and_the_submitter_still_gets_a_reply(
    course: Course, submitter: Submitter, installation: Installation
) -> None:
    assert course.take(Step.MARK_DRILL, "member-1", mark_of(submitter)) == 204
    assert course.stage is Stage.NOT_A_REPORT
    (moved,) = entries(installation.book, "case.moved")
    assert json.loads(moved.data)["step"] == "mark-a-drill"
    course.reply("member-1")
    assert course.stage is Stage.NOT_A_REPORT
    assert len(entries(installation.book, "reply.left")) == 1


@pytest.mark.parametrize("wrong", ["another case", "another key", "no mark", "no such mark"])
def test_no_case_is_called_a_drill_without_a_mark_of_its_own(
    course: Course, submitter: Submitter, installation: Installation, wrong: str
) -> None:
    """Attack: a reader hides a case by calling it a drill."""
    every: dict[str, dict[str, Value]] = {
        "another case": mark_of(submitter, "ab" * 32),
        "another key": mark_of(submitter, seed=committee.seed("a key of a submitter's own")),
        "no mark": {},
        "no such mark": {"mark": ["2026-11-21", "a", "b"]},
    }
    act = course.act(Step.MARK_DRILL, every[wrong])
    before = rows(installation.book)
    answer = course.send(act, "member-1")
    assert answer.status_code == 422
    assert rows(installation.book) == before


def test_without_a_drill_key_nothing_is_a_drill(
    app: Flask, course: Course, submitter: Submitter
) -> None:
    parts = parts_of(app)
    changed = replace(parts, settings=replace(parts.settings, drill_key=None))
    app.extensions[next(k for k, v in app.extensions.items() if v is parts)] = changed
    assert course.take(Step.MARK_DRILL, "member-1", mark_of(submitter)) == 422


def test_a_drill_is_in_no_list_of_cases_and_no_count_of_the_home_page(
    course: Course, submitter: Submitter, installation: Installation
) -> None:
    other = installation.submitter("of a real case")
    other.submit()
    installation.collect()
    desk = course.desk("member-1")
    both = (course.path, f"/cases/{other.case_id}")
    assert [one in desk.get("/cases").text for one in both] == [True, True]
    assert '<span class="tile-number">2</span> in all' in desk.get("/").text
    assert course.take(Step.MARK_DRILL, "member-1", mark_of(submitter)) == 204
    for page in ("/", "/cases", "/cases?order=newest", "/cases?stage=NOT_A_REPORT"):
        assert course.path not in desk.get(page).text
    assert '<span class="tile-number">1</span> in all' in desk.get("/").text
    drills = desk.get("/cases?drills=1").text
    assert [one in drills for one in both] == [True, False]
    assert '<span class="drill">drill</span>' in drills
    assert desk.get("/cases?drills=2").status_code == 404


def test_a_drill_is_in_no_number_that_anybody_is_told(
    course: Course, submitter: Submitter, installation: Installation
) -> None:
    def told() -> tuple[int, object]:
        with reading(installation.book) as connection:
            found = list(counted(connection))
        cells = quarter.cells(found * 9, Span("FY2026-Q4", TODAY, TODAY))
        return len(shared(found)), cells["received"]

    assert told() == (1, 9)
    assert course.take(Step.MARK_DRILL, "member-1", mark_of(submitter)) == 204
    assert told() == (0, "0-2")


def test_nothing_is_awaited_in_a_drill(course: Course, submitter: Submitter) -> None:
    assert course.take(Step.MARK_DRILL, "member-1", mark_of(submitter)) == 204
    page = course.desk("member-1").get(course.path).text
    assert "Nothing has to be done in this case now." in page
    assert "Days that count" not in page
    assert course.told()["next_on"] is None
