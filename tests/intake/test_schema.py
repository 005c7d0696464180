"""What the columns of the drop may say."""

import pytest
from sqlalchemy import Column, Date, DateTime, Float, Integer, Time

from intake.schema import metadata

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
