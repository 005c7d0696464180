"""The desk of the charter's book: recording is all or nothing, and nothing changes afterwards."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from review import charter_desk
from review.charter.clauses import default_charter
from review.charter.located import Json
from review.charter_desk import Draft, NoBook, RecordRefused
from review.store import entries
from review.store.charter_schema import charter_records
from review.store.database import open_book, writing
from tests.stores import here

pytestmark = pytest.mark.stores

CHARTER = default_charter()
TODAY = date(2026, 3, 2)
HEAD: dict[str, Json] = {
    "company": {"name": "Example", "exchange": "NASDAQ", "fiscal_year_end": "12-31"},
    "charter": "default",
    "kept": [{"clauses": ["*"], "from": "2025-01-01"}],
    "people": [{"id": "ana", "name": "Ana", "kind": "DIRECTOR"}],
    "firms": [],
}
SEAT = Draft(
    "seat_began", date(2025, 5, 14), {"person": "ana", "body": "COMMITTEE", "role": "CHAIR"}
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_book(here().make(tmp_path, "book"))
    with writing(engine) as made:
        yield made
    engine.dispose()


@pytest.fixture
def begun(connection: Connection) -> Connection:
    charter_desk.setup(connection, CHARTER, HEAD, "sam", TODAY)
    return connection


def test_a_record_is_read_back_with_both_of_its_days(begun: Connection) -> None:
    (made,) = charter_desk.record(begun, CHARTER, [SEAT], "sam", TODAY)
    (event,) = charter_desk.read_book(begun, CHARTER).events
    assert (event.id, event.day_of, event.recorded) == (made, date(2025, 5, 14), TODAY)
    earlier = charter_desk.read_book(begun, CHARTER, known_at=date(2026, 3, 1))
    assert earlier.events == ()


def test_every_record_has_its_hash_among_the_entries_that_wait(begun: Connection) -> None:
    charter_desk.record(begun, CHARTER, [SEAT, SEAT], "sam", TODAY)
    kept = {row.digest for row in begun.execute(select(charter_records.c.digest))}
    waiting = entries.pending(begun)
    assert {each.type for each in waiting} == {"evidence.recorded"}
    assert {each.data["document"] for each in waiting} == kept
    assert len(kept) == 2


def test_one_wrong_draft_keeps_all_of_them_out(begun: Connection) -> None:
    wrong = Draft("seat_began", TODAY, {"person": "nobody", "body": "COMMITTEE"})
    with pytest.raises(RecordRefused) as refused:
        charter_desk.record(begun, CHARTER, [SEAT, wrong], "sam", TODAY)
    assert len(refused.value.problems) >= 2
    assert charter_desk.read_book(begun, CHARTER).events == ()
    assert entries.is_empty(begun)


def test_a_record_of_a_day_to_come_is_refused(begun: Connection) -> None:
    later = Draft("seat_began", date(2026, 3, 3), SEAT.fields)
    with pytest.raises(RecordRefused):
        charter_desk.record(begun, CHARTER, [later], "sam", TODAY)


def test_nothing_of_a_case_is_recorded(begun: Connection) -> None:
    with pytest.raises(RecordRefused, match="belongs to casework"):
        charter_desk.record(begun, CHARTER, [Draft("submission_received", TODAY)], "sam", TODAY)


def test_a_record_is_never_changed_and_never_deleted(begun: Connection) -> None:
    charter_desk.record(begun, CHARTER, [SEAT], "sam", TODAY)
    for statement in (update(charter_records).values(by="eve"), delete(charter_records)):
        with (
            pytest.raises(IntegrityError, match="never changed|only when its stub"),
            begun.begin_nested(),
        ):
            begun.execute(statement)


def test_the_past_is_superseded_and_stays(begun: Connection) -> None:
    (old,) = charter_desk.record(begun, CHARTER, [SEAT], "sam", TODAY)
    better = Draft(SEAT.type, date(2025, 5, 15), SEAT.fields, supersedes=old)
    charter_desk.record(begun, CHARTER, [better], "sam", TODAY)
    days = {event.day_of for event in charter_desk.read_book(begun, CHARTER).events}
    assert days == {date(2025, 5, 14), date(2025, 5, 15)}


def test_without_a_head_nothing_is_recorded(connection: Connection) -> None:
    with pytest.raises(NoBook):
        charter_desk.record(connection, CHARTER, [SEAT], "sam", TODAY)
