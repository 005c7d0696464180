"""The drop's file is made once and opened as it must be."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import OperationalError

from intake import database, schema
from intake.database import check_schema, create_file, open_engine, reading, writing
from intake.errors import OutcomeUnknown, SchemaMismatch, SettingsRefused
from tests import committee
from tests.intake.house import made_drop

pytestmark = pytest.mark.sqlite("the file's promises; test_postgres.py has the server's")


def pragma(url: str, name: str) -> object:
    engine = open_engine(url)
    with reading(engine) as connection:
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
    engine.dispose()
    return found


def test_a_new_file_is_its_owners_alone_and_in_wal_mode(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inner' / 'drop.db'}"
    create_file(url)
    create_file(url)
    assert stat.S_IMODE((tmp_path / "inner" / "drop.db").stat().st_mode) == 0o600
    assert pragma(url, "journal_mode") == "wal"


@pytest.mark.parametrize(
    ("name", "value"), [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_every_connection_is_durable_and_careful(tmp_path: Path, name: str, value: int) -> None:
    assert pragma(made_drop(tmp_path), name) == value


def test_only_what_nobody_was_promised_need_not_be_on_the_disk_at_once(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))

    def waits(connection: Connection) -> object:
        return connection.exec_driver_sql("PRAGMA synchronous").scalar()

    with writing(engine, promised=False) as connection:
        raw = connection.connection.dbapi_connection
        assert waits(connection) == 1
    with pytest.raises(ZeroDivisionError), writing(engine, promised=False):
        raise ZeroDivisionError
    with writing(engine) as connection:
        # The very connection that did not wait before.
        assert connection.connection.dbapi_connection is raw
        assert waits(connection) == 2


def test_a_missing_file_is_not_made_by_opening_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(SchemaMismatch, match="absent"):
        check_schema(engine)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'drop.db'}"
    create_file(url)
    with pytest.raises(SchemaMismatch) as refused:
        check_schema(open_engine(url))
    assert refused.value.hint == "run: underrose database upgrade"


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="9999"):
        check_schema(engine)
    engine.dispose()


@pytest.mark.parametrize("url", ["postgresql://db/drop", "sqlite://", "sqlite:///:memory:"])
def test_only_sqlite_files_are_opened(url: str) -> None:
    with pytest.raises(SettingsRefused):
        database.file_of(url)


def test_a_writer_has_the_file_to_itself_from_its_first_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = made_drop(tmp_path)
    monkeypatch.setattr(database, "_PRAGMAS", ("PRAGMA busy_timeout=1",))
    engine, other = open_engine(url), open_engine(url)
    # engine.begin and not writing: the other process does not stand in line at our lock.
    with writing(engine), pytest.raises(OperationalError, match="locked"), other.begin():
        raise AssertionError("two writers at once")
    engine.dispose()
    other.dispose()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))
    with writing(engine) as connection:
        connection.execute(
            insert(schema.rosters).values(
                hash="0" * 64, epoch=1, document=b"x", published_on=committee.TODAY
            )
        )
        with reading(engine) as other:
            assert other.execute(schema.rosters.select()).all() == []
    engine.dispose()


def test_writers_of_one_process_stand_in_line(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))

    def publish(epoch: int) -> None:
        with writing(engine) as connection:
            connection.execute(
                insert(schema.rosters).values(
                    hash=f"{epoch:064}", epoch=epoch, document=b"x", published_on=committee.TODAY
                )
            )

    threads = [threading.Thread(target=publish, args=(epoch,)) for epoch in range(1, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert len(connection.execute(schema.rosters.select()).all()) == 24
    engine.dispose()


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))

    def publish_and_break() -> None:
        with writing(engine) as connection:
            connection.execute(
                insert(schema.rosters).values(
                    hash="0" * 64, epoch=1, document=b"x", published_on=committee.TODAY
                )
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_break()
    with reading(engine) as connection:
        assert connection.execute(schema.rosters.select()).all() == []
    engine.dispose()


def test_deleted_rows_are_overwritten_in_the_file(tmp_path: Path) -> None:
    url = made_drop(tmp_path)
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(
            insert(schema.rosters).values(
                hash="0" * 64, epoch=1, document=b"CANARY" * 900, published_on=committee.TODAY
            )
        )
    with writing(engine) as connection:
        connection.execute(schema.rosters.delete())
    engine.dispose()
    raw = sqlite3.connect(tmp_path / "drop.db")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert b"CANARY" not in (tmp_path / "drop.db").read_bytes()


def test_a_commit_that_fails_is_not_called_a_refusal(tmp_path: Path) -> None:
    engine = open_engine(made_drop(tmp_path))

    def deferred() -> None:
        with writing(engine) as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            connection.execute(
                insert(schema.letters).values(
                    id="0" * 32, mailbox_id="0" * 64, n=1, envelope=b"x", on=committee.TODAY
                )
            )

    with pytest.raises(OutcomeUnknown):
        deferred()
    with reading(engine) as connection:
        assert connection.execute(schema.letters.select()).all() == []
    engine.dispose()
