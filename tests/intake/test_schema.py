"""What the columns of the drop may say."""

import datetime
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Column, Date, DateTime, Float, Integer, Time

from deploy.database import upgrade
from intake import drop
from intake.notary import Notary
from intake.schema import metadata
from tests import committee
from tests.intake.house import DAY, rows

BEFORE = Path(__file__).parent.parent / "fixtures" / "demo-0.1.0.zip"

COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]
# Every number in the drop: a place in a thread, a count of slices, a version of a key or roster.
NUMBERS = {
    "deposits.n",
    "deposits.slices",
    "letters.n",
    "mailboxes.generation",
    "mailboxes.head_n",
    "proofs.n",
    "rosters.epoch",
    "slices.index",
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
def test_no_table_has_hidden_row_numbers(table: object) -> None:
    assert getattr(table, "dialect_options")["sqlite"]["with_rowid"] is False  # noqa: B009


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
