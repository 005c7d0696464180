"""Opens the case book and the shred keys, and refuses a database of another version.

Each is a file of SQLite, or a database of PostgreSQL as review.store.postgres opens it. On SQLite a
transaction that may write begins with BEGIN IMMEDIATE, so that it never finds half way through that
it may not go on; readers see one state and wait for nobody. A missing file is not made: an empty
book in the wrong place would look like a committee without cases.
"""

import datetime
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from review.errors import SchemaMismatch, SettingsRefused
from review.store import postgres, schema

_READING = postgres.READS
_HURRIED = "underrose_review_hurried"
_FILE = "underrose_review_file"
_PATIENCE = 10_000
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={_PATIENCE}",
    "PRAGMA temp_store=MEMORY",
)


class SomebodyWrites(Exception):
    """Another transaction is writing just now."""


# Writers of one process stand in line here instead of polling the file.
_writer = threading.Lock()


def check_url(url: str) -> None:
    """Return if the URL is one of a database that can be opened. Raises SettingsRefused."""
    if postgres.is_meant(url):
        postgres.check_url(url)
    else:
        file_of(url)


def file_of(url: str) -> Path:
    """The file that a SQLite URL names. Raises SettingsRefused for any other URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = URL.create("none")
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise SettingsRefused(["the database URL must be sqlite:///FILE"])
    return Path(str(parsed.database))


def open_book(url: str) -> Engine:
    """The case book at url, with the tables this program was built for."""
    return _checked(open_engine(url), "case book", schema.BOOK_VERSION)


def open_shred(url: str) -> Engine:
    """The shred keys at url, with the table this program was built for."""
    return _checked(open_engine(url), "store of shred keys", schema.SHRED_VERSION)


def open_engine(url: str) -> Engine:
    """An engine for the database at url, which must exist already."""
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

    When somebody moves the file or puts a backup back while the console runs, it would go on
    writing into a file that has no name.
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
    options = connection.get_execution_options()
    if not _is_file(connection.engine):
        _begin_on_server(connection, options)
        return
    if options.get(_READING, False):
        connection.exec_driver_sql("BEGIN")
        return
    patience = 0 if options.get(_HURRIED, False) else _PATIENCE
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_on_server(connection: Connection, options: Mapping[str, object]) -> None:
    if options.get(_READING, False):
        return
    if not options.get(_HURRIED, False):
        postgres.stand_in_line(connection)
    elif not postgres.step_in_if_free(connection):
        raise SomebodyWrites


def _is_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that commits at the end of the block, or not at all.

    Blocks of one process follow each other, so they must not be put inside each other.
    """
    with _writer, engine.begin() as connection:
        yield connection
        if not _is_file(engine):
            postgres.check_whole(connection)


def write_if_free(engine: Engine, change: Callable[[Connection], None]) -> bool:
    """Make a small change unless somebody else is writing just now; say whether it was made.

    For what may as well be written the next time, and must keep nobody waiting until then.
    """
    if not _writer.acquire(blocking=False):
        return False
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(**{_HURRIED: True})
            with connection.begin():
                change(connection)
    except (OperationalError, SomebodyWrites):
        return False
    finally:
        _writer.release()
    return True


def tidy(engine: Engine, today: datetime.date) -> None:
    """Write the file anew in the order of its keys, empty its log, and date it by the day.

    Until then the bytes of what came later lie behind those of what came before, and the file's
    own time says when that was. Takes twice the file's size on disk for a moment, in which nobody
    else can write. Raises sqlite3.Error or DBAPIError, after which everything
    is as it was.
    """
    if not _is_file(engine):
        with _writer:
            postgres.tidy(engine)
        return
    with _writer, closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        # In memory the copy could be larger than the machine. It holds only what the file holds.
        cursor.execute("PRAGMA temp_store=FILE")
        try:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute("PRAGMA temp_store=MEMORY")
    midnight = datetime.datetime.combine(today, datetime.time(), datetime.UTC).timestamp()
    for suffix in ("", "-wal", "-shm"):
        # On a host the file belongs to another program's user, and its unit dates it afterwards.
        with suppress(FileNotFoundError, PermissionError):
            os.utime(f"{engine.url.database}{suffix}".removeprefix("file:"), (midnight, midnight))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database and does not wait for writers."""
    options = {} if _is_file(engine) else postgres.READING
    with engine.connect() as plain:
        connection = plain.execution_options(**{_READING: True}, **options)
        with connection.begin():
            yield connection


def _checked(engine: Engine, name: str, version: str) -> Engine:
    try:
        _check(engine, name, version)
    except SchemaMismatch:
        engine.dispose()
        raise
    return engine


def _check(engine: Engine, name: str, version: str) -> None:
    hint = "run: underrose database upgrade"
    try:
        with reading(engine) as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as problem:
        if isinstance(problem, OperationalError) and not _is_file(engine):
            raise SchemaMismatch(f"the {name} cannot be reached") from None
        raise SchemaMismatch(f"the {name} is absent or empty; {hint}") from None
    if found != version:
        raise SchemaMismatch(
            f"the {name} is of version {found}, this program is for {version}; {hint}"
        )
