"""What is counted of a case is what its coded fields say."""

from datetime import date

import pytest
from sqlalchemy import insert, update

from review.casework.codes import Category, Channel, Outcome, Severity
from review.casework.statistics import Counted
from review.store import acts as store
from review.store.casework_schema import case_categories, case_outcomes, courses
from review.store.counted import counted
from review.store.database import reading, writing
from review.store.generations_schema import releases
from tests import acts, committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter

pytestmark = pytest.mark.stores
TODAY = committee.TODAY


def all_counted(installation: Installation) -> list[Counted]:
    with reading(installation.book) as connection:
        return list(counted(connection))


def test_a_case_counts_by_its_coded_fields(
    installation: Installation, submitter: Submitter
) -> None:
    closed = date(2026, 12, 20)
    with writing(installation.book) as connection:
        connection.execute(
            update(courses).values(
                severity="S2", channel="LETTER", acknowledged_on=TODAY, closed_on=closed,
                fed_back_on=closed,
            )
        )  # fmt: skip
        for n, category in enumerate(("RET", "ACC")):
            values = {"case_id": submitter.case_id, "n": n, "category": category}
            connection.execute(insert(case_categories).values(values))
        for subject, outcome in (("s1", "PARTLY"), ("s2", "REFERRED")):
            values = {"case_id": submitter.case_id, "subject": subject, "outcome": outcome}
            connection.execute(insert(case_outcomes).values(values))
    assert all_counted(installation) == [
        Counted(
            received=TODAY,
            category=Category.RET,
            severity=Severity.S2,
            channel=Channel.LETTER,
            closed=closed,
            outcomes=frozenset({Outcome.PARTLY, Outcome.REFERRED}),
            acknowledge_by=date(2026, 11, 28),
            acknowledged=TODAY,
            feedback_by=date(2027, 2, 21),
            fed_back=closed,
            came_back=True,
        )
    ]


def test_a_case_that_somebody_is_out_of_is_kept_apart_until_it_is_released(
    installation: Installation, hidden: Submitter
) -> None:
    (before,) = all_counted(installation)
    assert before.has_excluded_reader
    act = acts.make("release", subject=hidden.case_id)
    with writing(installation.book) as connection:
        store.add(connection, act)
        values = {"case_id": hidden.case_id, "act": act.hash, "on": TODAY}
        connection.execute(insert(releases).values(values))
    (after,) = all_counted(installation)
    assert not after.has_excluded_reader
