import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from deploy import database

pytestmark = pytest.mark.sqlite("the file that is made; a server makes its own, see test_roles.py")


def test_a_new_database_is_its_owners_and_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "data" / "drop.db"
    database.upgrade("drop", f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


@pytest.mark.parametrize("name", database.NAMES)
def test_upgrading_again_changes_nothing(name: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database.upgrade(name, url)
    first = database.current(name, url)
    database.upgrade(name, url)
    assert database.current(name, url) == first == database.head(name)


def test_a_new_book_has_no_account(tmp_path: Path) -> None:
    """Attack: a name and a password that every installation has."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database.upgrade("book", url)
    engine = create_engine(url)
    with engine.connect() as connection:
        for table in ("people", "passkeys", "invitations", "logins"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table
    engine.dispose()


def test_a_migration_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE slices (x INTEGER)")
    with pytest.raises(Exception, match="slices"):
        database.upgrade("drop", url)
    assert inspect(engine).get_table_names() == ["slices"]
    engine.dispose()


def test_the_environment_names_the_databases() -> None:
    assert database.urls({}) == {}
    assert database.urls({"REVIEW_DROP_URL": "a", "REVIEW_BOOK_URL": "b", "OTHER": "c"}) == {
        "drop": "a",
        "book": "b",
    }
    assert database.urls({"INTAKE_DATABASE_URL": "a", "REVIEW_DROP_URL": "b"}) == {"drop": "a"}


def test_there_is_no_fourth_database() -> None:
    with pytest.raises(ValueError, match="no database called ledger"):
        database.head("ledger")
