"""Opening databases: the right one, of the right version, or a sentence."""

import datetime
import hashlib
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from deploy import database as deploy_database
from review.errors import SchemaMismatch, SettingsRefused
from review.store.database import (
    file_of,
    open_book,
    open_engine,
    open_shred,
    reading,
    tidy,
    write_if_free,
    writing,
)
from review.store.schema import shred_keys
from tests.browser.installation import Installation

pytestmark = pytest.mark.sqlite("the file's promises; test_postgres.py has the server's")

KEY = {"case_id": "ab" * 32, "wrapped": b"x"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh store of shred keys."""
    made = f"sqlite:///{tmp_path / 'shred.db'}"
    deploy_database.upgrade("shred", made)
    return made


@pytest.fixture
def shred(url: str) -> Engine:
    """The same, open."""
    return open_shred(url)


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(shred_keys)).all())


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://host/x", "x:///y"]
)
def test_only_a_file_is_a_database(url: str) -> None:
    with pytest.raises(SettingsRefused, match="sqlite:///FILE"):
        file_of(url)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(SchemaMismatch, match="underrose database upgrade"):
        open_book(f"sqlite:///{path}")
    assert not path.exists()


def test_another_database_or_version_is_refused(url: str) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaMismatch, match="version 0000"):
        open_shred(url)


def test_a_block_is_written_whole_or_not_at_all(shred: Engine) -> None:
    def half() -> None:
        with writing(shred) as connection:
            connection.execute(insert(shred_keys).values(**KEY))
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert count(shred) == 0
    with writing(shred) as connection:
        connection.execute(insert(shred_keys).values(**KEY))
    assert count(shred) == 1


def test_a_reader_sees_one_state_and_does_not_wait(shred: Engine) -> None:
    with reading(shred) as before:
        assert before.execute(select(shred_keys)).all() == []
        with writing(shred) as connection:
            connection.execute(insert(shred_keys).values(**KEY))
        assert before.execute(select(shred_keys)).all() == []
    assert count(shred) == 1


def test_writers_stand_in_line(shred: Engine) -> None:
    """Attack: a race between two who read, decide and write."""

    def add() -> None:
        for _ in range(20):
            with writing(shred) as connection:
                known = len(connection.execute(select(shred_keys)).all())
                values = {"case_id": f"{known:064x}", "wrapped": b"x"}
                connection.execute(insert(shred_keys).values(**values))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(shred) == 80


def test_what_is_deleted_is_overwritten_and_commits_are_on_disk(shred: Engine, url: str) -> None:
    with reading(shred) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("secure_delete", "synchronous", "foreign_keys", "journal_mode")
        }
    assert found == {
        "secure_delete": 1,
        "synchronous": 2,
        "foreign_keys": 1,
        "journal_mode": "wal",
    }
    assert stat.S_IMODE(file_of(url).stat().st_mode) == 0o600


def test_an_error_of_the_database_does_not_show_what_was_to_be_written(shred: Engine) -> None:
    with pytest.raises(DBAPIError) as refused, writing(shred) as connection:
        connection.execute(insert(shred_keys).values(case_id="marked secret", wrapped=None))
    assert "marked secret" not in str(refused.value)


def test_a_tidy_file_says_of_its_time_only_the_day(shred: Engine, url: str) -> None:
    """Attack: the hour at which a submission came, from the times of files."""
    with writing(shred) as connection:
        connection.execute(insert(shred_keys).values(**KEY))
    tidy(shred, datetime.date(2026, 11, 21))
    log = Path(f"{file_of(url)}-wal")
    assert log.stat().st_size == 0
    midnight = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC).timestamp()
    assert {path.stat().st_mtime for path in (file_of(url), log)} == {midnight}
    assert count(shred) == 1


def test_the_same_rows_in_another_order_make_the_same_file(tmp_path: Path) -> None:
    """Attack: anything at all in the file that depends on the order of arrival."""
    names = [hashlib.sha256(bytes([number])).hexdigest() for number in range(60)]
    untidy, contents = [], []
    for number, order in enumerate((names, names[::-1], sorted(names))):
        folder = tmp_path / str(number)
        folder.mkdir()
        engine = Installation(folder).shred
        for name in order:
            with writing(engine) as connection:
                connection.execute(insert(shred_keys).values(case_id=name, wrapped=bytes(500)))
        untidy.append((folder / "shred.db-wal").read_bytes()[-9000:])
        tidy(engine, datetime.date(2026, 11, 21))
        engine.dispose()
        content = bytearray((folder / "shred.db").read_bytes())
        # Two counters of the header, which count changes and say nothing of their order.
        content[24:28] = content[92:96] = bytes(4)
        contents.append(bytes(content))
    assert (len(set(untidy)), len(set(contents))) == (3, 1)


def test_a_change_that_can_wait_is_left_while_somebody_writes(shred: Engine, url: str) -> None:
    def change(connection: Connection) -> None:
        connection.execute(insert(shred_keys).values(**KEY))

    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not write_if_free(shred, change)
        other.execute("ROLLBACK")
    with writing(shred):
        assert not write_if_free(shred, change)
    assert write_if_free(shred, change)
    assert count(shred) == 1
