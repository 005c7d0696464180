"""Opens the drop's database, and refuses one that is absent or of another version.

It is a file of SQLite, or a database of PostgreSQL as intake.postgres opens it. On SQLite every
transaction that may write begins with BEGIN IMMEDIATE, so that it never finds half way through that
it may not go on, and the writers of one process stand in line at one lock instead of polling the
file. Journal mode WAL is a property of the file: it is set once, when the file is made, because
workers that race to set it are what "database is locked" usually comes from.
"""

import contextlib
import datetime
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.pool import ConnectionPoolEntry

from intake import postgres, schema
from intake.errors import OutcomeUnknown, SchemaMismatch, SettingsRefused

_READING = "underrose_reading"
_PROMISED = "PRAGMA synchronous=FULL"
_UNPROMISED = "PRAGMA synchronous=NORMAL"
_PRAGMAS = (
    _PROMISED,
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
    # Sorting and temporary tables stay in memory: a temporary file would be one more place.
    "PRAGMA temp_store=MEMORY",
)
_PATIENCE = 10.0
_FILE = "underrose_file"
_DAY = 24 * 60 * 60 * 10**9


class _Line:
    """Where the writers of one process stand, one of them writing at a time.

    Whoever waits too long is told that the drop is busy: while another program holds the file, the
    threads of this one would otherwise wait for each other for minutes, and nobody be answered.
    """

    def __init__(self) -> None:
        self._free = threading.Lock()

    def __enter__(self) -> None:
        if not self._free.acquire(timeout=_PATIENCE):
            raise WaitedTooLong("others have been writing for too long")

    def __exit__(self, *_error: object) -> None:
        self._free.release()


_writer = _Line()


def check_url(url: str) -> None:
    """Return if the URL is one of a database that a drop can be in. Raises SettingsRefused."""
    if postgres.is_meant(url):
        postgres.check_url(url)
    else:
        file_of(url)


def file_of(url: str) -> Path:
    """The file that a SQLite URL names.

    Raises SettingsRefused for any other database and for SQLite in memory.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = URL.create("none")
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise SettingsRefused(["the database URL must be sqlite:///FILE"])
    return Path(str(parsed.database))


def create_file(url: str) -> None:
    """Make the empty database file, readable by its owner only and in WAL mode, if it is absent.

    A database of PostgreSQL is made by the server's administrator, and nothing is done here.
    """
    if postgres.is_meant(url):
        return
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
    engine = postgres.open_engine(url) if postgres.is_meant(url) else _open_file(url)
    event.listen(engine, "begin", _begin)
    return engine


def _open_file(url: str) -> Engine:
    path = file_of(url).absolute()
    opened = URL.create(
        "sqlite",
        database=f"file:{path}",
        query={"mode": "rw", "uri": "true"},
    )
    engine = create_engine(opened, hide_parameters=True, pool_size=32, max_overflow=0)
    event.listen(engine, "connect", _prepare)
    _follow(engine, path)
    return engine


def _follow(engine: Engine, path: Path) -> None:
    """Let go of every connection to a file that is not the one at this path any more.

    When somebody moves the file or puts a copy back while the service runs, it would go on writing
    into a file that has no name, and give receipts for what nobody can collect.
    """

    def connected(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(path)

    def wanted(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info[_FILE] != _identity(path):
            raise DisconnectionError("another file is in the place of the database")

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", wanted)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would otherwise begin its own transactions, deferred ones, behind our back.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    if not _is_file(connection.engine):
        if not reading:
            postgres.stand_in_line(connection)
        return
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _is_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def writing(
    engine: Engine, today: datetime.date | None = None, *, promised: bool = True
) -> Iterator[Connection]:
    """A connection in a transaction that commits at the end of the block, or not at all.

    Then the files' own times say the day and no more. What nobody has been promised need not be on
    the disk at once: it is there before whatever is committed after it and promised. Raises
    OutcomeUnknown when the commit fails. One block of a process waits for the other, so they must
    not be put inside each other.
    """
    with _writer, engine.connect() as connection, _waiting_for_disk(connection, promised):
        transaction = connection.begin()
        try:
            if not (promised or _is_file(engine)):
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection
            if not _is_file(engine):
                postgres.check_whole(connection)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as failed:
            # Whatever state it is in, nobody goes on with it.
            connection.invalidate()
            raise OutcomeUnknown("the database failed while it committed") from failed
        finally:
            blunt_times(engine, today)


@contextmanager
def _waiting_for_disk(connection: Connection, promised: bool) -> Iterator[None]:
    """Let the block's transaction be committed before it is on the disk, unless it is promised."""
    if promised or not _is_file(connection.engine):
        yield
        return
    # The driver's own connection: here no transaction of SQLAlchemy's may begin.
    raw: Any = connection.connection.dbapi_connection
    raw.execute(_UNPROMISED)
    try:
        yield
    finally:
        if not connection.invalidated:
            raw.execute(_PROMISED)


def tidy(engine: Engine, today: datetime.date) -> None:
    """Write the whole file anew in the order of its keys, which are random, and empty the log.

    Until then the bytes of what arrived later lie behind those of what arrived before. Takes twice
    the file's size on disk for a moment. Raises sqlite3.Error or DBAPIError, after which everything
    is as it was.
    """
    if not _is_file(engine):
        with _writer:
            postgres.tidy(engine)
        return
    with _writer, contextlib.closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        # In memory the copy could be larger than the machine; it holds only what is sealed.
        cursor.execute("PRAGMA temp_store=FILE")
        try:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute("PRAGMA temp_store=MEMORY")
            blunt_times(engine, today)


def blunt_times(engine: Engine, today: datetime.date | None = None) -> None:
    """Set the times of the database's files to the midnight, in UTC, with which a day begins.

    The day is today, or without it the one on which each was written. PostgreSQL's files are its
    server's.
    """
    if not _is_file(engine):
        return
    for suffix in ("", "-wal", "-shm"):
        path = f"{engine.url.database}{suffix}".removeprefix("file:")
        with contextlib.suppress(OSError):
            written = os.stat(path).st_mtime_ns
            midnight = written - written % _DAY if today is None else _midnight(today)
            os.utime(path, ns=(midnight, midnight))


def _midnight(day: datetime.date) -> int:
    return (day - datetime.date(1970, 1, 1)).days * _DAY


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database and does not wait for writers."""
    options = {} if _is_file(engine) else postgres.READING
    with engine.connect() as plain:
        connection = plain.execution_options(**{_READING: True}, **options)
        with connection.begin():
            yield connection


def check_schema(engine: Engine) -> None:
    """Return if the tables are those this program was built for. Raises SchemaMismatch."""
    try:
        with reading(engine) as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as problem:
        away = isinstance(problem, OperationalError) and not _is_file(engine)
        fact = "cannot be reached" if away else "is absent or empty"
        raise SchemaMismatch(f"the drop's database {fact}") from None
    if found != schema.VERSION:
        raise SchemaMismatch(
            f"the drop's tables are of version {found}, this program is for {schema.VERSION}"
        )
