"""However a case ends, it is kept by itself, comes to its time on the schedule's day, and goes."""

import datetime
from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from crypto import disposing as formats
from crypto.act import Value
from review import disposing, moving_on
from review.casework.course import Stage, Step
from review.casework.deadlines import ClockSettings
from review.disposing import Found
from review.retention.disposition import Answer
from review.store.cases import case_by_id
from review.store.database import reading, writing
from tests import acts, committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.web.course import TRIAGED, Course
from tests.review.web.test_drills import mark_of

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)
OUT: Mapping[str, Value] = {**TRIAGED, "category": ["HR"], "scope": ["out"]}


def closing(record_class: str) -> Mapping[str, Value]:
    """What the act says by which a case is closed."""
    return {"retention_class": [record_class], "retaliation_plan": ["member-1"]}


def determine(course: Course, outcome: str) -> None:
    """Bring a case to where nothing is left but to close it."""
    course.find()
    course.both(Step.DETERMINE, "member-1", "chair", {"outcomes": [f"s1={outcome}"]})
    assert course.take(Step.GIVE_FEEDBACK) == 204


def close(course: Course, record_class: str, outcome: str = "PARTLY") -> None:
    """Bring a case to its end under a class of the schedule."""
    determine(course, outcome)
    course.both(Step.CLOSE, "member-1", "chair", closing(record_class))


def set_aside(course: Course) -> None:
    """Two put a case aside that is no concern or complaint."""
    course.triage()
    kept: Mapping[str, Value] = {"retention_class": ["RC-04"]}
    course.both(Step.SET_ASIDE, "chair", "member-1", kept, sealed=True)


def refer(course: Course) -> None:
    """Pass a case on, after its submitter has heard of it."""
    course.desk("chair").post(f"{course.path}/opened")
    course.reply()
    assert course.take(Step.TRIAGE, "chair", OUT, sealed=True) == 204
    assert course.take(Step.GIVE_FEEDBACK) == 204
    kept: Mapping[str, Value] = {"recipient": ["HUMAN_RESOURCES"], "retention_class": ["RC-03"]}
    assert course.take(Step.REFER, "chair", kept) == 204


def drill(course: Course) -> None:
    """A reader finds the mark of a drill."""
    course.desk("chair").post(f"{course.path}/opened")
    course.reply()
    assert course.take(Step.MARK_DRILL, "chair", mark_of(course.submitter)) == 204


def move_on(installation: Installation, today: datetime.date) -> None:
    moving_on.move_on(installation.book, today, ClockSettings())


def look(installation: Installation, case_id: str, today: datetime.date) -> Found:
    with reading(installation.book) as connection:
        case = case_by_id(connection, case_id)
        assert case is not None
        return disposing.look(connection, case, today)


def goes(installation: Installation, *case_ids: str, on: datetime.date) -> None:
    """Cases are proposed, approved and carried out, from the day on that they are due."""
    manifest = ending.propose(installation, *case_ids, today=on)
    with writing(installation.book) as connection:
        for person in ending.APPROVERS:
            act = acts.make(
                formats.ACT,
                subject=formats.subject(manifest.id),
                on=on,
                manifest=manifest.hash,
            )
            sent = acts.sent(act, person)
            disposing.approve(connection, acts.ROSTER, manifest.id, sent, on)
    assert ending.execute(installation, on + 7 * DAY).gone == len(case_ids)


ENDS: Mapping[str, tuple[Callable[[Course], None], str, datetime.date]] = {
    "closed": (lambda course: close(course, "RC-01"), "RC-01", datetime.date(2033, 11, 21)),
    "unfounded": (
        lambda course: close(course, "RC-02", "UNSUBSTANTIATED"),
        "RC-02",
        datetime.date(2031, 11, 21),
    ),
    "from the EU": (lambda course: close(course, "RC-05"), "RC-05", datetime.date(2029, 11, 21)),
    "passed on": (refer, "RC-03", datetime.date(2027, 1, 20)),
    "set aside": (set_aside, "RC-04", datetime.date(2026, 12, 21)),
    "a drill": (drill, "RC-04", datetime.date(2026, 12, 21)),
}


@pytest.mark.parametrize("way", ENDS)
def test_every_end_leads_into_retention_and_to_its_day(
    app: Flask, submitter: Submitter, installation: Installation, way: str
) -> None:
    end, record_class, due = ENDS[way]
    end(Course(app, submitter))
    move_on(installation, due)
    found = look(installation, submitter.case_id, due - DAY)
    assert found.case.state is Stage.RETENTION
    assert found.line is not None
    assert (found.line.record_class, found.line.triggered, found.line.due) == (
        record_class,
        committee.TODAY,
        due,
    )
    assert found.refusal is Answer.NOT_DUE
    assert look(installation, submitter.case_id, due).refusal is None
    goes(installation, submitter.case_id, on=due)
    assert ending.stage_of(installation, submitter.case_id) is None


def merge(course: Course, into: str) -> int:
    """The case goes into another one."""
    return course.take(Step.MERGE, "chair", {"lead_case": [into]})


def test_a_merged_case_goes_when_the_one_that_it_went_into_is_due(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    course = Course(app, submitter)
    course.triage()
    assert merge(course, hidden.case_id) == 204
    year, due = datetime.date(2027, 11, 21), datetime.date(2031, 11, 21)
    move_on(installation, year)
    # Its lead is open, and nobody knows how long it is kept.
    assert look(installation, submitter.case_id, due).refusal is Answer.OPEN
    close(Course(app, hidden), "RC-02", "UNSUBSTANTIATED")
    move_on(installation, year)
    assert look(installation, submitter.case_id, due - DAY).refusal is Answer.NOT_DUE
    # The lead goes first; what went into it is kept as that was.
    goes(installation, hidden.case_id, on=due)
    assert look(installation, submitter.case_id, due).refusal is None
    goes(installation, submitter.case_id, on=due + 7 * DAY)
    assert ending.stage_of(installation, submitter.case_id) is None


def test_a_case_cannot_be_merged_into_one_that_is_closed(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    """Attack: the chair alone lets a new case go with one whose time is over."""
    old, new = Course(app, hidden), Course(app, submitter)
    set_aside(old)
    move_on(installation, committee.TODAY + 40 * DAY)
    new.triage()
    assert merge(new, hidden.case_id) == 422
    found = look(installation, submitter.case_id, committee.TODAY + 40 * DAY)
    assert found.refusal is Answer.OPEN
    assert old.take(Step.REOPEN, sealed=True) == 204
    assert merge(new, hidden.case_id) == 204


@pytest.mark.parametrize("way", ["RC-06", "RC-04", "RC-99"])
def test_a_closing_act_cannot_name_a_class_of_another_end(
    app: Flask, submitter: Submitter, way: str
) -> None:
    """Attack: two close an investigated case as what is kept for no day."""
    course = Course(app, submitter)
    determine(course, "PARTLY")
    assert course.take(Step.CLOSE, "chair", closing(way)) == 422
    assert course.take(Step.CLOSE, "chair", closing("RC-01")) == 202


def test_no_case_goes_into_one_that_has_gone_into_it(
    app: Flask, submitter: Submitter, hidden: Submitter, installation: Installation
) -> None:
    """Attack: two cases of which each is kept as the other, so that neither is ever due."""
    one, other = Course(app, submitter), Course(app, hidden)
    one.triage()
    other.triage()
    assert merge(one, hidden.case_id) == 204
    assert merge(other, submitter.case_id) == 422
    # It may once the other has been opened again, and goes its own way.
    assert one.take(Step.REOPEN, sealed=True) == 204
    assert merge(other, submitter.case_id) == 204
