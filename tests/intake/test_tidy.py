"""After collection the files of the drop show neither the order nor the moment of arrival."""

import datetime
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from crypto.receipt import ReceiptCode, mailbox_id
from intake import drop
from tests import committee
from tests.intake.house import House

pytestmark = pytest.mark.sqlite("the file's bytes; deploy/test_tidy_on_postgres.py has a server")

MIDNIGHT = int(datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC).timestamp() * 10**9)
ARRIVALS = 25


def submitted(house: House) -> list[str]:
    """The mailbox ids of many submissions in the order of their arrival, all collected."""
    codes = [ReceiptCode.parse(house.submit()) for _ in range(ARRIVALS)]
    with drop.writing(house.engine) as connection:
        drop.mark_collected(connection, [each.id for each in drop.waiting(connection, 1000)])
    return [mailbox_id(code.keys(committee.INSTALLATION).lookup) for code in codes]


def by_place(house: House, data: bytes) -> list[str]:
    """The mailbox ids in the order in which their envelopes lie in a file."""
    with drop.reading(house.engine) as connection:
        rows = connection.execute(text("SELECT mailbox_id, envelope FROM deposits")).all()
    places = {row[0]: data.find(row[1][-2000:-1900]) for row in rows}
    assert min(places.values()) >= 0
    return sorted(places, key=lambda each: places[each])


def test_the_place_in_the_file_does_not_tell_the_order_of_arrival(
    house: House, tmp_path: Path
) -> None:
    """Attack 19: overflow pages are written one behind the other as deposits come."""
    arrived = submitted(house)
    with sqlite3.connect(tmp_path / "drop.db") as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert by_place(house, (tmp_path / "drop.db").read_bytes()) == arrived
    before = house.rows()
    drop.tidy(house.engine, committee.TODAY)
    assert house.rows() == before
    found = by_place(house, (tmp_path / "drop.db").read_bytes())
    assert sorted(found) == sorted(arrived)
    # Of 25 in an order by chance, one stands where it stood; that ten do happens to nobody.
    assert sum(a == b for a, b in zip(found, arrived, strict=True)) < 10
    assert (tmp_path / "drop.db-wal").stat().st_size == 0


def test_the_files_say_the_day_and_not_the_moment(house: House, tmp_path: Path) -> None:
    house.submit(files=[("a.txt", b"x")])
    for _ in range(2):
        times = {
            path.name: path.stat().st_mtime_ns
            for path in tmp_path.iterdir()
            if path.suffix not in (".epoch", ".key")
        }
        assert times == dict.fromkeys(("drop.db", "drop.db-wal", "drop.db-shm"), MIDNIGHT)
        drop.tidy(house.engine, committee.TODAY)


def test_who_names_no_day_leaves_the_day_of_the_clock(house: House, tmp_path: Path) -> None:
    with drop.writing(house.engine) as connection:
        connection.execute(text("UPDATE rosters SET epoch = epoch"))
    assert (tmp_path / "drop.db").stat().st_mtime_ns % (86400 * 10**9) == 0


def test_what_could_not_be_tidied_is_as_it_was(house: House) -> None:
    house.submit()
    before = house.rows()
    with house.engine.connect() as pooled:
        pooled.connection.execute("PRAGMA busy_timeout=0")
    with sqlite3.connect(house.url.removeprefix("sqlite:///")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            drop.tidy(house.engine, committee.TODAY)
        other.rollback()
    other.close()
    assert house.rows() == before
    assert house.submit()
