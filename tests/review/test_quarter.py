"""Complaints meet the charter only as numbers: once a quarter, and nothing that tells of few."""

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask

from review import charter_desk, quarter
from review.casework.statistics import Counted
from review.charter.clauses import default_charter
from review.errors import QuarterRefused
from review.quarter import Span, cells, number, part_of
from review.store import entries
from review.store.database import reading, writing
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import Desk
from tests.review.test_charter_desk import HEAD

CHARTER = default_charter()
LAST = Span("FY2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
AFTER = date(2027, 1, 20)


def came(count: int, *, late: int = 0, excluding: int = 0) -> list[Counted]:
    """Cases of one day, of which some were acknowledged late and some exclude somebody."""
    on, by = date(2026, 11, 2), date(2026, 11, 9)
    return [
        Counted(
            received=on,
            acknowledge_by=by,
            acknowledged=by + timedelta(days=1) if n < late else on,
            has_excluded_reader=n < excluding,
        )
        for n in range(count)
    ]


def test_zero_and_few_look_the_same() -> None:
    assert {str(cells(came(count), LAST)) for count in range(3)} == {
        "{'received': '0-2', 'acknowledged_on_time': '0-2'}"
    }


def test_whoever_may_not_know_of_a_case_reads_the_same_numbers_without_it() -> None:
    for count, excluding in product(range(8), range(4)):
        known = came(count)
        assert cells([*known, *came(excluding, excluding=excluding)], LAST) == cells(known, LAST)


def test_what_was_late_is_not_to_be_computed_when_it_is_few() -> None:
    told = [cells(came(10, late=late), LAST) for late in range(4)]
    assert [each["received"] for each in told] == [10] * 4
    assert [each["acknowledged_on_time"] for each in told] == ["8-10", "8-10", "8-10", 7]


def test_every_number_that_is_told_leaves_three_on_both_sides() -> None:
    for whole in range(30):
        for part in range(whole + 1):
            told = part_of(part, whole)
            assert not isinstance(told, int) or min(part, whole - part) >= 3
        assert not isinstance(number(whole), int) or whole >= 3


def test_days_outside_the_quarter_are_not_counted() -> None:
    before, after = (Counted(received=day) for day in (date(2026, 9, 30), date(2027, 1, 1)))
    assert cells([before, after, *came(3)], LAST)["received"] == 3


@pytest.fixture
def begun(installation: Installation) -> Installation:
    with writing(installation.book) as connection:
        charter_desk.setup(connection, CHARTER, HEAD, "secretary", committee.TODAY)
    return installation


def tell(installation: Installation, period: str, today: date) -> str:
    with writing(installation.book) as connection:
        return quarter.tell(connection, CHARTER, period, "secretary", today)


@pytest.mark.stores
def test_a_quarter_is_told_once_as_a_record_without_the_case_that_somebody_may_not_know_of(
    begun: Installation,
) -> None:
    for n in range(3):
        begun.submitter(f"submitter {n}").submit()
    begun.submitter("of the hidden case").submit(excluded=["member-2", "secretary"])
    begun.collect()
    made = tell(begun, "FY2026-Q4", AFTER)
    with reading(begun.book) as connection:
        (event,) = charter_desk.read_book(connection, CHARTER).events
        told = [each for each in entries.pending(connection) if each.type == "evidence.recorded"]
    assert (event.id, event.type, event.text("period")) == (made, "quarter_aggregate", "FY2026-Q4")
    assert event.fields["cells"] == {"received": 3, "acknowledged_on_time": "0-2"}
    assert len(told) == 1
    with pytest.raises(QuarterRefused):
        tell(begun, "FY2026-Q4", AFTER + timedelta(days=30))


@pytest.mark.stores
def test_a_quarter_is_not_told_before_it_is_over_and_settled(begun: Installation) -> None:
    for day in (date(2026, 12, 31), date(2027, 1, 14)):
        with pytest.raises(QuarterRefused):
            tell(begun, "FY2026-Q4", day)
    for name in ("FY2027-Q1", "FY2020-Q1", "nothing", ""):
        with pytest.raises(QuarterRefused):
            tell(begun, name, AFTER)
    assert tell(begun, "FY2026-Q4", date(2027, 1, 15))


@pytest.mark.stores
def test_the_secretary_records_it_from_the_page_and_nobody_else_does(
    app: Flask, begun: Installation
) -> None:
    desk = Desk(app, "secretary")
    assert "Record the numbers of FY2026-Q3" in desk.get("/charter/evidence").text
    for person in ("chair", "counsel"):
        assert "Record the numbers" not in Desk(app, person).get("/charter/evidence").text
        form = {"period": "FY2026-Q3"}
        assert Desk(app, person).post("/charter/quarter", form).status_code == 404
    answer = desk.post("/charter/quarter", {"period": "FY2026-Q3"})
    assert answer.status_code == 303
    assert desk.get(answer.headers["Location"]).status_code == 200
    assert desk.post("/charter/quarter", {"period": "FY2026-Q3"}).status_code == 409
    assert "Record the numbers of FY2026-Q3" not in desk.get("/charter/evidence").text
