"""Opens the drop's database, and refuses one that is absent or of another version.

On SQLite every transaction that may write begins with BEGIN IMMEDIATE, so that it never finds half
way through that it may not go on, and the writers of one process stand in line at one lock instead
of polling the file. Journal mode WAL is a property of the file: it is set once, when the file is
made, because workers that race to set it are what "database is locked" usually comes from.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from intake import schema
from intake.errors import SchemaMismatch, SettingsRefused

_READING = "underrose_reading"
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
    # Sorting and temporary tables stay in memory: a temporary file would be one more place.
    "PRAGMA temp_store=MEMORY",
)
_writer = threading.Lock()


def file_of(url: str) -> Path:
    """The file that a SQLite URL names.

    Raises SettingsRefused for any other database and for SQLite in memory.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise SettingsRefused(["the database URL must be sqlite:///FILE"])
    return Path(str(parsed.database))


def create_file(url: str) -> None:
    """Make the empty database file, readable by its owner only and in WAL mode, if it is absent."""
    path = file_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def open_engine(url: str) -> Engine:
    """An engine for the database at url, which must exist already.

    A missing file is not created: an empty drop in the wrong place would take deposits that nobody
    collects.
    """
    path = file_of(url).absolute()
    opened = URL.create(
        "sqlite",
        database=f"file:{path}",
        query={"mode": "rw", "uri": "true"},
    )
    engine = create_engine(opened, hide_parameters=True, pool_size=32, max_overflow=0)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would otherwise begin its own transactions, deferred ones, behind our back.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that commits at the end of the block, or not at all."""
    with _writer, engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database and does not wait for writers."""
    with engine.connect() as plain:
        connection = plain.execution_options(**{_READING: True})
        with connection.begin():
            yield connection


def check_schema(engine: Engine) -> None:
    """Return if the tables are those this program was built for. Raises SchemaMismatch."""
    try:
        with reading(engine) as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        raise SchemaMismatch("the drop's database is absent or empty") from None
    if found != schema.VERSION:
        raise SchemaMismatch(
            f"the drop's tables are of version {found}, this program is for {schema.VERSION}"
        )
