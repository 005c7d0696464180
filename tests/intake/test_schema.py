"""What the columns of the drop may say."""

import datetime
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Date, DateTime, Float, Integer, Table, Time

from deploy.database import upgrade
from intake import drop
from intake.notary import Notary
from intake.schema import metadata
from tests import committee
from tests.intake.house import DAY, House, rows

BEFORE = Path(__file__).parent.parent / "fixtures" / "demo-0.1.0.zip"

COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]
# Every number in the drop: a place in a thread, a count of slices, a version of a key or roster,
# and one that is random.
NUMBERS = {
    "deposits.n",
    "deposits.slices",
    "keyings.generation",
    "letters.n",
    "mailboxes.generation",
    "mailboxes.head_n",
    "proofs.n",
    "rosters.epoch",
    "slices.id",
    "slices.index",
    "texts.n",
}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_no_column_is_finer_than_a_day(column: "Column[object]") -> None:
    assert not isinstance(column.type, DateTime | Time | Float)


def test_no_number_could_be_a_time_or_count_arrivals() -> None:
    numbers = {str(column) for column in COLUMNS if isinstance(column.type, Integer)}
    assert numbers == NUMBERS


def test_days_are_the_only_times() -> None:
    days = {column.name for column in COLUMNS if isinstance(column.type, Date)}
    assert days == {"on", "published_on"}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_no_table_has_hidden_row_numbers(table: Table) -> None:
    own = [column.name for column in table.primary_key if isinstance(column.type, Integer)]
    numbered = table.dialect_options["sqlite"]["with_rowid"]
    # Where there is one it is ours, and random.
    assert numbered == (own == ["id"]) == (table.name == "slices")


@pytest.mark.stores
def test_the_number_of_a_slice_says_nothing_of_when_it_came(house: House) -> None:
    with drop.writing(house.engine) as connection:
        for index in range(64):
            drop.put_slice(connection, "ab" * 32, index, b"x", committee.TODAY)
    keys = {row[1]: row[4] for row in house.rows()["slices"]}
    arrived = [keys[index] for index in range(64)]
    assert len(set(arrived)) == 64
    assert arrived not in (sorted(arrived), sorted(arrived, reverse=True))
    assert max(arrived) > 1 << 55


@pytest.mark.sqlite("a drop of before")
def test_a_slice_of_before_gets_a_random_number(tmp_path: Path) -> None:
    with zipfile.ZipFile(BEFORE) as demo:
        demo.extract("drop.db", tmp_path)
    url = f"sqlite:///{tmp_path / 'drop.db'}"
    with closing(sqlite3.connect(tmp_path / "drop.db")) as before:
        before.execute("INSERT INTO uploads VALUES (?, '2026-11-20', NULL)", ["ab" * 32])
        for index in range(8):
            row = ["ab" * 32, index, bytes([index])]
            before.execute("INSERT INTO slices VALUES (?, ?, ?, '2026-11-20')", row)
        before.commit()
    upgrade("drop", url)
    engine = drop.open_drop(url)
    with drop.reading(engine) as connection:
        there = list(drop.slice_envelopes(connection, "ab" * 32))
    assert there == [(index, bytes([index])) for index in range(8)]
    keys = [row[4] for row in rows(engine)["slices"] if row[0] == "ab" * 32]
    assert len(set(keys)) == 8
    assert min(keys) >= 0
    engine.dispose()


@pytest.mark.sqlite("a drop of 0.1.0, which knew no server")
def test_a_drop_of_before_keeps_its_deposits_and_begins_its_tally(tmp_path: Path) -> None:
    with zipfile.ZipFile(BEFORE) as demo:
        demo.extract("drop.db", tmp_path)
    url = f"sqlite:///{tmp_path / 'drop.db'}"
    upgrade("drop", url)
    engine = drop.open_drop(url)
    held = rows(engine)
    assert len(held["deposits"]) > 2
    assert {row[-2:] for row in held["deposits"]} == {(None, None)}
    assert (held["tally"], held["tally_days"], held["proofs"]) == ([], [], [])
    days = {row[5] for row in held["deposits"]}
    newest = max(day for day in days if isinstance(day, datetime.date))
    notary = Notary(committee.statement_seed(), committee.INSTALLATION)
    with drop.writing(engine) as connection:
        # On the day of the upgrade some had come uncounted, so that it is the first to be closed.
        assert drop.close_days(connection, newest, notary) == []
        assert drop.close_days(connection, newest + DAY, notary) == [newest]
        for row in held["mailboxes"]:
            found = drop.read_mailbox(connection, row[0])
            assert found is not None
            assert len(found.receipts) == found.head_n
            assert {(each.statement, each.proof) for each in found.receipts} == {(None, None)}
    engine.dispose()
