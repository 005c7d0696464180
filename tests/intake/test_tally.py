"""The tally: every deposit counts once, on one day, and what was counted stays counted."""

import datetime
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import IntegrityError

from crypto import entry, signing, statement, tally
from crypto.errors import InvalidSignature
from crypto.signing import verify_key
from intake import drop, schema
from intake.errors import TooManyDays
from intake.notary import Notary
from tests import committee
from tests.at_once import at_once
from tests.intake.house import DAY, House, made_drop, rows
from tests.intake.test_drop import FOLLOW_UP, SUBMISSION, TODAY, h

pytestmark = pytest.mark.stores

NOTARY = Notary(committee.statement_seed(), committee.INSTALLATION)
KEYS = [verify_key(committee.statement_seed())]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.writing(engine) as connection:
        drop.publish_roster(connection, committee.roster(), TODAY)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with drop.writing(engine) as connection:
        yield connection


def deposit(connection: Connection, letter: str, today: datetime.date = TODAY) -> bytes:
    """The statement for a new submission."""
    made = replace(
        SUBMISSION, once=h(letter), mailbox_id=h(letter), case_recipient=f"age1pq1{letter}"
    )
    given = drop.deposit_submission(connection, made, today, NOTARY)
    assert given.statement is not None
    return given.statement


def counted(connection: Connection) -> dict[str, datetime.date]:
    found = connection.execute(select(schema.tally.c.value, schema.tally.c.on))
    return {row.value: row.on for row in found}


def closed(connection: Connection) -> list[tally.TallyDay]:
    return [tally.verify(document, KEYS) for _day, document in drop.closed_days(connection)]


def test_a_deposit_is_counted_in_its_own_transaction_under_the_digest_of_its_sealed_bytes(
    connection: Connection,
) -> None:
    stated = statement.verify(deposit(connection, "a"), KEYS)
    (found,) = drop.waiting(connection, 1)
    assert found.nonce is not None
    sealed = hashlib.sha256(found.envelope).hexdigest()
    assert sealed != found.digest
    value = entry.tally_value(sealed, bytes.fromhex(found.nonce))
    assert counted(connection) == {value: TODAY}
    assert (stated.deposit, stated.on, stated.installation) == (
        value,
        TODAY,
        committee.INSTALLATION,
    )


def test_a_deposit_that_is_not_stored_is_not_counted(engine: Engine) -> None:
    missing = replace(SUBMISSION, upload_id=h("f"), slices=1)
    with pytest.raises(drop.SlicesMissing), drop.writing(engine) as connection:
        drop.deposit_submission(connection, missing, TODAY, NOTARY)
    assert rows(engine)["tally"] == []


def test_the_same_form_again_gets_the_same_statement_and_is_counted_once(
    connection: Connection,
) -> None:
    first = deposit(connection, "a")
    changed = replace(SUBMISSION, once=h("a"), envelope=b"sealed anew")
    again = drop.deposit_submission(connection, changed, TODAY + DAY, NOTARY)
    assert again == drop.Receipt(drop.Outcome.ALREADY, first)
    assert len(counted(connection)) == 1


def test_without_a_notary_a_deposit_is_taken_in_and_counted_and_has_no_statement(
    connection: Connection,
) -> None:
    given = drop.deposit_submission(connection, SUBMISSION, TODAY)
    assert given == drop.Receipt(drop.Outcome.DEPOSITED, None)
    assert len(counted(connection)) == 1
    more = drop.deposit_follow_up(connection, FOLLOW_UP, TODAY, NOTARY)
    assert statement.verify(more.statement or b"", KEYS).on == TODAY
    assert len(counted(connection)) == 2


def test_every_deposit_has_a_nonce_of_its_own(connection: Connection) -> None:
    for letter in "abcd":
        deposit(connection, letter)
    nonces = {each.nonce for each in drop.waiting(connection, 10)}
    assert len(nonces) == 4
    assert None not in nonces


def test_closing_signs_every_day_that_is_over_and_the_quiet_ones_too(
    connection: Connection,
) -> None:
    for letter in "abc":
        deposit(connection, letter)
    deposit(connection, "d", TODAY + 2 * DAY)
    days = [TODAY, TODAY + DAY, TODAY + 2 * DAY]
    assert drop.close_days(connection, TODAY + 3 * DAY, NOTARY) == days
    found = closed(connection)
    assert [each.on for each in found] == days
    assert [(len(each.deposits), each.pads) for each in found] == [(3, 13), (0, 16), (1, 15)]
    assert len(counted(connection)) == 48


def test_closing_again_changes_nothing(engine: Engine) -> None:
    with drop.writing(engine) as connection:
        deposit(connection, "a")
        drop.close_days(connection, TODAY + DAY, NOTARY)
    before = rows(engine)
    with drop.writing(engine) as connection:
        assert drop.close_days(connection, TODAY + DAY, NOTARY) == []
    assert rows(engine) == before


def test_today_is_never_closed(connection: Connection) -> None:
    deposit(connection, "a")
    assert drop.close_days(connection, TODAY, NOTARY) == [TODAY - DAY]
    assert drop.close_days(connection, TODAY, NOTARY) == []


def test_the_first_day_is_closed_whether_or_not_anything_came(connection: Connection) -> None:
    """When the first deposit came does not show."""
    assert drop.close_days(connection, TODAY, NOTARY) == [TODAY - DAY]
    assert [(len(each.deposits), each.pads) for each in closed(connection)] == [(0, 16)]


@pytest.mark.sqlite("it takes a trigger of SQLite away")
def test_days_before_there_was_a_tally_are_not_closed_as_if_they_were_counted(
    connection: Connection,
) -> None:
    deposit(connection, "a")
    connection.execute(text("UPDATE deposits SET nonce = NULL, statement = NULL"))
    connection.execute(text("DROP TRIGGER tally_is_not_deleted"))
    connection.execute(text("DELETE FROM tally"))
    assert drop.waiting(connection, 1)[0].nonce is None
    # What came today was not all counted, so that today may be the first day and yesterday not.
    assert drop.close_days(connection, TODAY, NOTARY) == []
    deposit(connection, "b")
    assert drop.close_days(connection, TODAY + DAY, NOTARY) == [TODAY]


@pytest.mark.parametrize("days", [8, 999, 1001])
def test_a_clock_that_is_ahead_closes_nothing(engine: Engine, days: int) -> None:
    """What is closed cannot be opened again, and every deposit after would have a day to come."""
    with drop.writing(engine) as connection:
        drop.close_days(connection, TODAY, NOTARY)
    before = rows(engine)
    with pytest.raises(TooManyDays), drop.writing(engine) as connection:
        drop.close_days(connection, TODAY + days * DAY, NOTARY)
    assert rows(engine) == before


def test_each_day_is_filled_up_under_a_key_of_its_own(connection: Connection) -> None:
    deposit(connection, "a")
    drop.close_days(connection, TODAY + 3 * DAY, NOTARY)
    documents = [document for _day, document in drop.closed_days(connection)]
    keys = {json.loads(each)["key"] for each in documents}
    assert len(keys) == 3


def test_a_clock_that_is_set_back_puts_no_deposit_on_a_closed_day(connection: Connection) -> None:
    deposit(connection, "a")
    drop.close_days(connection, TODAY + DAY, NOTARY)
    stated = statement.verify(deposit(connection, "b", TODAY - 30 * DAY), KEYS)
    assert stated.on == TODAY + DAY
    assert {each.on for each in drop.waiting(connection, 2)} == {TODAY, TODAY + DAY}
    assert sorted(counted(connection).values())[-1] == TODAY + DAY
    assert drop.close_days(connection, TODAY - 29 * DAY, NOTARY) == []
    assert drop.close_days(connection, TODAY + 2 * DAY, NOTARY) == [TODAY + DAY]
    assert [len(each.deposits) for each in closed(connection)] == [1, 1]


def test_sixteen_deposits_need_no_filling_and_seventeen_fifteen(connection: Connection) -> None:
    for day, count in enumerate((16, 17)):
        for number in range(count):
            name = f"{day:x}{number:02x}" + "0" * 61
            made = replace(SUBMISSION, once=name, mailbox_id=name, case_recipient=f"age1pq1{name}")
            drop.deposit_submission(connection, made, TODAY + day * DAY, NOTARY)
    drop.close_days(connection, TODAY + 2 * DAY, NOTARY)
    found = [(len(each.deposits), each.pads) for each in closed(connection)]
    assert found == [(16, 0), (17, 15)]


def test_a_closed_day_waits_until_it_is_collected(connection: Connection) -> None:
    drop.close_days(connection, TODAY, NOTARY)
    drop.close_days(connection, TODAY + DAY, NOTARY)
    (first, _), (second, _) = drop.closed_days(connection)
    for _ in range(2):
        drop.mark_day_collected(connection, first)
    assert [day for day, _document in drop.closed_days(connection)] == [second]


CHANGES = [
    "UPDATE tally SET value = lower(hex(randomblob(32)))",
    """UPDATE tally SET "on" = '2020-01-01'""",
    "DELETE FROM tally",
    """INSERT OR REPLACE INTO tally SELECT value, '2020-01-01' FROM tally""",
    """INSERT OR IGNORE INTO tally SELECT value, '2020-01-01' FROM tally""",
    "REPLACE INTO tally SELECT * FROM tally",
    """INSERT INTO tally SELECT value, "on" FROM tally WHERE 1 ON CONFLICT (value) DO UPDATE SET "on" = '2020-01-01'""",  # noqa: E501
    "UPDATE tally_days SET document = x'00'",
    """UPDATE tally_days SET "on" = '2020-01-01'""",
    "UPDATE tally_days SET collected = 2",
    "UPDATE tally_days SET collected = 1, document = x'00'",
    "DELETE FROM tally_days",
    """INSERT OR REPLACE INTO tally_days SELECT "on", x'00', 0 FROM tally_days""",
    """INSERT OR REPLACE INTO tally_days SELECT "on", document, 0 FROM tally_days""",
]


@pytest.mark.sqlite("a raw connection to the file; tests/deploy/test_triggers.py has the server's")
@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_lets_nobody_change_what_was_counted(
    engine: Engine, tmp_path: Path, change: str
) -> None:
    """Attack 33, with a connection that is none of ours."""
    with drop.writing(engine) as connection:
        deposit(connection, "a")
        drop.close_days(connection, TODAY + 2 * DAY, NOTARY)
        drop.mark_day_collected(connection, TODAY)
    before = rows(engine)
    with sqlite3.connect(tmp_path / "drop.db") as raw:
        with pytest.raises(sqlite3.IntegrityError, match="tally only grows|closed day is closed"):
            raw.execute(change)
        raw.rollback()
    raw.close()
    assert rows(engine) == before


def test_a_value_is_counted_once(connection: Connection) -> None:
    deposit(connection, "a")
    (value,) = counted(connection)
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(schema.tally.insert().values(value=value, on=TODAY + DAY))


def test_two_closings_and_deposits_at_once_count_everything_once(engine: Engine) -> None:
    """Attack 21: whoever comes first, each deposit is on one day and each day is closed once."""

    def deposits(letter: str) -> None:
        with drop.writing(engine) as connection:
            # A clock at which the day that is being closed is not over yet.
            deposit(connection, letter, TODAY)

    def close() -> None:
        with drop.writing(engine) as connection:
            drop.close_days(connection, TODAY + DAY, NOTARY)

    with drop.writing(engine) as connection:
        deposit(connection, "0")
    acts = [partial(deposits, letter) for letter in "abcdef"]
    assert at_once(close, close, *acts) == []
    with drop.writing(engine) as connection:
        drop.close_days(connection, TODAY + 2 * DAY, NOTARY)
        found = closed(connection)
        assert [each.on for each in found] == [TODAY, TODAY + DAY]
        values = [value for each in found for value in each.deposits]
        assert len(values) == len(set(values)) == 7
        days = {each.on: 0 for each in found}
        for each in drop.waiting(connection, 20):
            days[each.on] += 1
        assert days == {each.on: len(each.deposits) for each in found}


@pytest.mark.sqlite("it reads the file; tests/deploy/test_tidy_on_postgres.py asks the server")
def test_the_tally_is_in_the_order_of_its_values_and_not_of_arrival(
    house: House, tmp_path: Path
) -> None:
    """Attack 19: neither the table nor, after a collection, the file says what came first."""
    arrived = []
    for _ in range(25):
        house.submit()
        with drop.reading(house.engine) as connection:
            arrived += [value for value in counted(connection) if value not in arrived]
    drop.tidy(house.engine, committee.TODAY)
    data = (tmp_path / "drop.db").read_bytes()
    places = {value: data.rfind(value.encode() + b"2026-11-21") for value in arrived}
    assert min(places.values()) > 0
    found = sorted(places, key=lambda value: places[value])
    assert found in (sorted(arrived), sorted(arrived, reverse=True))
    with drop.reading(house.engine) as connection:
        read = connection.execute(select(schema.tally.c.value)).scalars().all()
    assert list(read) == sorted(arrived)


def test_a_day_document_is_signed_as_nothing_else(connection: Connection) -> None:
    drop.close_days(connection, TODAY, NOTARY)
    ((_day, document),) = drop.closed_days(connection)
    fields = json.loads(document)
    signing.check("tally-day", fields, KEYS[0])
    with pytest.raises(InvalidSignature):
        signing.check("deposit-statement", fields, KEYS[0])


@pytest.mark.parametrize("far", ["9999-12-31", "2030-01-01"])
def test_a_day_closed_by_mistake_dates_no_deposit_into_the_years_to_come(
    connection: Connection, far: str
) -> None:
    """Attack: one row, and every deposit has a day that no clock can count from, or fails."""
    drop.close_days(connection, TODAY, NOTARY)
    on = datetime.date.fromisoformat(far)
    values = {"on": on, "document": b"forged", "collected": True}
    connection.execute(schema.tally_days.insert().values(**values))
    stated = statement.verify(deposit(connection, "a"), KEYS)
    assert stated.on == TODAY
    assert drop.close_days(connection, TODAY + DAY, NOTARY) == [TODAY]


@pytest.mark.sqlite("a server takes no value of another type than its column's")
@pytest.mark.parametrize("row", ["'no day', x'00'", "7, x'00'", "'2027-01-01', 'text'"])
def test_a_day_that_is_none_stops_no_deposit(connection: Connection, row: str) -> None:
    connection.execute(text(f"INSERT INTO tally_days VALUES ({row}, 0)"))  # noqa: S608
    assert statement.verify(deposit(connection, "a"), KEYS).on == TODAY
    assert drop.closed_days(connection) == []
    assert drop.odd_days(connection) == 1
