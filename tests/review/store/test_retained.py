"""Cases whose time runs, looked at all at once: the same as one by one."""

import datetime

import pytest
from sqlalchemy import Connection, insert, update

from review import disposing
from review.casework.course import Stage
from review.retention.disposition import Answer
from review.retention.tally import Where
from review.store import retained
from review.store.cases import case_by_id
from review.store.casework_schema import case_categories, case_marks, courses
from review.store.courses import MERGE
from review.store.database import reading, writing
from review.store.retained import Retained
from review.store.retention_schema import kept_as
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review.ending import CLOSED, DAY, approved, execute, hold, retain

pytestmark = pytest.mark.stores
REFUSALS = {Where.HELD: Answer.ON_HOLD, Where.KEPT: Answer.NOT_DUE}


def merge(installation: Installation, case_id: str, lead: str, on: datetime.date = CLOSED) -> None:
    """A case that went into another one, as if by a step that is tested elsewhere."""
    retain(installation, case_id)
    with writing(installation.book) as connection:
        into = {"case_id": case_id, "n": 2, "on": on, "record_class": None, "version": None}
        connection.execute(insert(kept_as).values(**into))
        mark = {"kind": MERGE, "about": lead, "on": on, "by": "chair"}
        connection.execute(insert(case_marks).values(case_id=case_id, n=1, **mark))


def check(connection: Connection, one: Retained) -> None:
    """A case looked at by itself is as the list has it."""
    case = case_by_id(connection, one.case_id)
    assert case is not None
    looked = disposing.look(connection, case, committee.TODAY)
    assert looked.line is not None
    assert (looked.line.due, looked.line.triggered) == (one.due, one.kept.on)
    assert looked.refusal is REFUSALS.get(one.where)
    assert retained.of_case(connection, case, committee.TODAY) == one


def test_all_at_once_is_the_same_as_one_by_one_and_leaves_out_what_is_not_due(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    others = [installation.submitter(f"another, {n}") for n in range(4)]
    for each in others:
        each.submit()
    installation.collect()
    held, needed, kept, merged = (each.case_id for each in others)
    retain(installation, submitter.case_id)
    retain(installation, hidden.case_id, on=CLOSED - 30 * DAY)
    retain(installation, held)
    retain(installation, needed)
    retain(installation, kept, "RC-01")
    merge(installation, merged, submitter.case_id)
    hold(installation, held)
    with writing(installation.book) as connection:
        decided = update(courses).where(courses.c.case_id == needed).values(hold_needed=True)
        connection.execute(decided)
    expected = {
        submitter.case_id: Where.DUE,
        hidden.case_id: Where.OVERDUE,
        held: Where.HELD,
        needed: Where.HELD,
        kept: Where.KEPT,
        merged: Where.DUE,
    }
    with reading(installation.book) as connection:
        found = retained.retained(connection, committee.TODAY)
        over = retained.retained(connection, committee.TODAY, is_over=True)
        named = retained.retained(connection, committee.TODAY, "member-2")
        assert {each.case_id: each.where for each in found} == expected
        assert {each.case_id for each in over} == set(expected) - {kept}
        assert {each.case_id for each in named} == set(expected) - {hidden.case_id}
        assert [each.due for each in found] == sorted(each.due for each in found)
        for one in found:
            check(connection, one)


def test_a_merged_case_is_still_listed_when_the_one_it_went_into_is_gone(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a case that nobody is ever reminded of, because its lead was disposed of first."""
    retain(installation, submitter.case_id)
    merge(installation, hidden.case_id, submitter.case_id)
    approved(installation, submitter.case_id)
    assert execute(installation).gone == 1
    with reading(installation.book) as connection:
        (found,) = retained.retained(connection, committee.TODAY, is_over=True)
        assert (found.case_id, found.kept.record_class) == (hidden.case_id, "RC-04")
        assert retained.gone_classes(connection) == ["RC-04"]
        assert retained.open_count(connection) == 0


def test_a_merged_case_never_runs_from_before_the_day_on_which_it_was_merged(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a new case goes with an old one at once, also by way of a third, also when gone."""
    third = installation.submitter("third")
    third.submit()
    installation.collect()
    retain(installation, submitter.case_id)
    merge(installation, hidden.case_id, submitter.case_id, CLOSED + 15 * DAY)
    merge(installation, third.case_id, hidden.case_id, CLOSED + 10 * DAY)
    approved(installation, submitter.case_id)
    for gone in (False, True):
        if gone:
            assert execute(installation).gone == 1
        with reading(installation.book) as connection:
            found = {each.case_id: each for each in retained.retained(connection, committee.TODAY)}
            for case_id in (hidden.case_id, third.case_id):
                assert found[case_id].kept.on == CLOSED + 15 * DAY
                assert found[case_id].due == CLOSED + 45 * DAY
                check(connection, found[case_id])


def test_a_hold_over_a_class_or_category_is_seen_in_lists_and_for_a_case_whose_lead_is_gone(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a hold over a class that misses what was merged into a case that went before."""
    retain(installation, submitter.case_id)
    merge(installation, hidden.case_id, submitter.case_id)
    approved(installation, submitter.case_id)
    assert execute(installation).gone == 1
    third = installation.submitter("third")
    third.submit()
    installation.collect()
    retain(installation, third.case_id, "RC-02", on=CLOSED - 9 * 366 * DAY)
    with writing(installation.book) as connection:
        about = {"case_id": third.case_id, "n": 1, "category": "ACC"}
        connection.execute(insert(case_categories).values(**about))
    hold(installation, classes=["RC-04"])
    with reading(installation.book) as connection:
        first, second = retained.retained(connection, committee.TODAY)
        assert (first.case_id, first.where) == (third.case_id, Where.OVERDUE)
        check(connection, first)
    hold(installation, name="cd" * 32, categories=["ACC"])
    with reading(installation.book) as connection:
        first, second = retained.retained(connection, committee.TODAY)
        assert (first.case_id, first.where) == (third.case_id, Where.HELD)
        assert (second.case_id, second.where) == (hidden.case_id, Where.HELD)
        check(connection, first)
        check(connection, second)


def test_an_open_case_is_in_no_list_of_what_is_kept(
    installation: Installation, submitter: Submitter
) -> None:
    with reading(installation.book) as connection:
        assert retained.retained(connection, datetime.date.max) == []
        assert retained.open_count(connection) == 1
        case = case_by_id(connection, submitter.case_id)
        assert case is not None
        assert case.state is not Stage.RETENTION
        assert retained.of_case(connection, case, committee.TODAY) is None
