"""The inbox: due first, found by coded fields, a page at a time, and each reader their own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from review.casework.codes import Category, Channel, Severity
from review.casework.course import Stage
from review.casework.deadlines import Clock, ClockSettings
from review.store import inbox
from review.store.database import reading, writing
from review.store.inbox import NEVER, PAGE, Due, Line, Order, Wanted
from review.store.inbox_schema import inbox as table
from review.store.schema import case_readers, cases
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter

pytestmark = pytest.mark.stores

TODAY = date(2026, 11, 21)


def spread(connection: Connection, submitter: Submitter, count: int) -> list[str]:
    """So many more rows of the chair's, each due a day after the one before, from ten days ago."""
    ids = [f"{at:064x}" for at in range(count)]
    like = connection.execute(select(table).where(table.c.person_id == "chair")).first()
    assert like is not None
    connection.execute(delete(table))
    case = connection.execute(select(cases)).first()
    assert case is not None
    for at, case_id in enumerate(ids):
        copy = {**case._mapping, "id": case_id, "mailbox_id": case_id}
        connection.execute(insert(cases).values(copy))
        connection.execute(insert(case_readers).values(case_id=case_id, person_id="chair"))
        row = {
            **like._mapping,
            "case_id": case_id,
            "next_due": TODAY + timedelta(days=at - 10),
            "received_on": TODAY - timedelta(days=at),
            "stage": (Stage.TRIAGED if at % 3 else Stage.OPENED).value,
            "severity": "S2" if at % 5 == 0 else "S0",
            "categories": " ACC ICF " if at % 2 else " ",
            "unread": 0,
        }
        connection.execute(insert(table).values(row))
    return ids


def of(lines: list[Line]) -> list[str]:
    return [line.case_id for line in lines]


def test_a_new_case_stands_in_each_reader_s_inbox_with_its_next_day(
    installation: Installation, submitter: Submitter
) -> None:
    with reading(installation.book) as connection:
        lines, more = inbox.page(connection, "member-1", Wanted(), TODAY)
    assert not more
    assert lines == [
        Line(
            case_id=submitter.case_id,
            received_on=TODAY,
            stage=Stage.RECEIVED,
            severity=Severity.S0,
            categories=(),
            channel=Channel.ONLINE,
            next_clock=Clock.UNOPENED,
            next_due=date(2026, 11, 26),
            follow_ups=1,
            unread=2,
        )
    ]


def test_a_person_named_in_a_case_has_no_line_no_count_and_no_search_of_it(
    installation: Installation, hidden: Submitter
) -> None:
    """Attack: a list or a counter tells somebody that a case about them exists."""
    out = sorted(hidden.submission.excluded)
    assert out
    with reading(installation.book) as connection:
        for person in out:
            assert inbox.page(connection, person, Wanted(), TODAY) == ([], False)
            assert inbox.needed(connection, person, NEVER, 10) == []
            assert inbox.counts(connection, person, TODAY).total == 0
        assert inbox.counts(connection, "counsel", TODAY).total in (0, 1)


def test_who_stops_being_a_reader_loses_the_line_by_the_database_itself(
    installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        connection.execute(delete(case_readers).where(case_readers.c.person_id == "member-1"))
        assert inbox.counts(connection, "member-1", TODAY).total == 0
        assert inbox.counts(connection, "chair", TODAY).total == 1


def test_a_row_is_written_anew_and_never_twice(
    installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        before = connection.execute(select(table)).all()
        connection.execute(update(table).values(stage=Stage.CLOSED.value))
        for _ in range(2):
            inbox.refresh(connection, submitter.case_id, ClockSettings())
        assert connection.execute(select(table)).all() == before
        inbox.refresh(connection, "ab" * 32, ClockSettings())


def test_what_is_due_comes_first_and_every_page_follows_the_one_before(
    installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        ids = spread(connection, submitter, 2 * PAGE + 3)
        pages = [inbox.page(connection, "chair", Wanted(page=n), TODAY) for n in (1, 2, 3, 4)]
        newest = inbox.page(connection, "chair", Wanted(order=Order.NEWEST), TODAY)
    assert [len(lines) for lines, _ in pages] == [PAGE, PAGE, 3, 0]
    assert [more for _, more in pages] == [True, True, False, False]
    assert [case_id for lines, _ in pages for case_id in of(lines)] == ids
    assert of(newest[0]) == ids[:PAGE]


def test_cases_are_found_by_their_coded_fields(
    installation: Installation, submitter: Submitter
) -> None:
    with writing(installation.book) as connection:
        ids = spread(connection, submitter, 30)

        def found(**wanted: object) -> list[str]:
            return of(inbox.page(connection, "chair", Wanted(**wanted), TODAY)[0])  # type: ignore[arg-type]

        assert found(stage=Stage.OPENED) == ids[::3]
        assert found(severity=Severity.S2) == ids[::5]
        assert found(category=Category.ICF) == ids[1::2]
        assert found(category=Category.REV) == []
        assert found(due=Due.LATE) == ids[:10]
        assert found(due=Due.SOON) == ids[10:18]
        assert found(due=Due.LATER) == ids[18:]
        assert found(due=Due.NEVER) == []
        assert found(stage=Stage.OPENED, due=Due.LATE, severity=Severity.S2) == [ids[0]]
        counts = inbox.counts(connection, "chair", TODAY)
        assert (counts.total, counts.late, counts.soon) == (30, 10, 8)
        assert counts.stages == {Stage.OPENED: 10, Stage.TRIAGED: 20}
        assert of(inbox.needed(connection, "chair", TODAY, 5)) == ids[:5]
