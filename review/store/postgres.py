"""Opens the case book and the shred keys on PostgreSQL, with the promises of their files on SQLite.

Transactions that may write follow each other, whichever process or host they come from; readers see
one state and wait for nobody; nobody waits for ever. An error names the rule that was broken and
not the row. It is for the book what intake.postgres is for the drop: the two programs share no
code.
"""

import hashlib
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from psycopg import Error
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError

from review.errors import ReviewError, SettingsRefused

DRIVER = "postgresql+psycopg"
# Advisory locks are of one database each, so the book and the shred keys can share this one.
WRITERS = 0x756E646572726F73
# Every process keeps at most so many connections: the server's own bound is for all of them.
POOL = 8
# For review.store.database: a transaction with this option takes no writers' lock.
READS = "underrose_review_reading"
NO_WRITER = {READS: True}
# For SQLAlchemy: what a transaction begins with that only reads.
READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_SERVER = {
    "timezone": "UTC",
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    # The bytes are where they are said to be, whatever a server's own configuration prefers.
    "synchronous_commit": "on",
}
_CLIENT = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "application_name": "underrose",
    "options": " ".join(f"-c {name}={value}" for name, value in _SERVER.items()),
}
_MAY_SAY = {"host", "port", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl"}
# The lock is the first statement, and each later one sees what was committed before the lock was
# had. A writer that has gone away, with its network cable perhaps, gives it back after a minute.
_AWAY = "set_config('idle_in_transaction_session_timeout', '60s', true)"
_BEGIN = f"SELECT {_AWAY}, pg_advisory_xact_lock({WRITERS})"
_BEGIN_IF_FREE = f"SELECT {_AWAY}, pg_try_advisory_xact_lock({WRITERS})"


def is_meant(url: str) -> bool:
    """Whether a URL names a PostgreSQL database, well or badly."""
    return url.startswith("postgresql")


def check_url(url: str) -> URL:
    """The URL in its parts. Raises SettingsRefused with every problem, and no part of the URL."""
    try:
        parsed = make_url(url)
        hosts = _hosts(parsed)
    except (ArgumentError, ValueError):
        raise SettingsRefused(["the database URL is not one"]) from None
    problems = []
    if parsed.drivername != DRIVER or not parsed.database:
        problems.append(f"the database URL must be {DRIVER}://ROLE@HOST/DATABASE")
    if set(parsed.query) - _MAY_SAY:
        problems.append(f"after its ? the database URL may say {', '.join(sorted(_MAY_SAY))}")
    if parsed.query.get("sslmode") != "verify-full" and not all(map(_is_here, hosts)):
        problems.append("the database URL of another machine must say sslmode=verify-full")
    if problems:
        raise SettingsRefused(problems)
    return parsed


def _hosts(url: URL) -> list[str]:
    said = url.query.get("host", ())
    named = [said] if isinstance(said, str) else list(said)
    return [host for each in (*named, url.host or "") for host in each.split(",") if host]


def _is_here(host: str) -> bool:
    """Whether a host is this machine: a folder with a socket in it, or a loopback address."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_engine(url: str) -> Engine:
    """An engine for the database at url, which must exist already. Raises SettingsRefused."""
    engine = create_engine(
        check_url(url),
        hide_parameters=True,
        connect_args=_CLIENT,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=10,
        # A server that was restarted is found out before a request is lost to it.
        pool_pre_ping=True,
    )
    event.listen(engine, "handle_error", _keep_values_out)
    event.listen(engine, "before_cursor_execute", _ask_for_no_zero, retval=True)
    return engine


def stand_in_line(connection: Connection) -> None:
    """Wait until no other transaction writes, and keep all others waiting until this one ends."""
    connection.exec_driver_sql(_BEGIN)


@contextmanager
def only_job(engine: Engine, name: str, busy: ReviewError, *, wait: bool) -> Iterator[None]:
    """Keep every other run of the job of this name out, on whatever host, while the block runs.

    Raises busy, or with wait goes on when the other one is done. The lock ends with the connection:
    it saves work, and what must not happen twice does not depend on it.
    """
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT", **NO_WRITER)
        if wait:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET lock_timeout = 0")
            connection.execute(select(func.pg_advisory_lock(number)))
        elif not connection.execute(select(func.pg_try_advisory_lock(number))).scalar():
            raise busy
        try:
            yield
        finally:
            # Given back at once, as a server takes its time to notice that a connection has ended.
            # Where it has ended already, the lock went with it.
            with suppress(DBAPIError):
                connection.execute(select(func.pg_advisory_unlock(number)))
            # What was set goes with the connection.
            connection.invalidate()


def step_in_if_free(connection: Connection) -> bool:
    """Keep all other writers waiting, if none is at work; say whether that is so."""
    return bool(connection.exec_driver_sql(_BEGIN_IF_FREE).one()[1])


def tidy(engine: Engine) -> None:
    """Write every table anew in the order of its keys, as if all rows had come at once.

    Until then the order of rows, and the numbers of the transactions that wrote them, say which
    came before which. Each table is a transaction, in which nobody can read it; who waits too long
    is refused. The server's log of changes is not written anew. Raises DBAPIError.
    """
    for table in inspect(engine).get_table_names():
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.execute(select(func.underrose_tidy(table)))


def check_whole(connection: Connection) -> None:
    """Return if the transaction can be committed.

    The server answers COMMIT after a failed statement by rolling back, and calls that no error. A
    caller that went on after the failure would believe in an act that is not there.
    """
    raw = connection.connection.dbapi_connection
    if raw is not None and raw.info.transaction_status is TransactionStatus.INERROR:
        raise RuntimeError("a transaction with a failed statement was to be committed")


def _ask_for_no_zero(
    _connection: Connection, _cursor: object, statement: str, values: Any, *_context: object
) -> tuple[str, Any]:
    """Let a question about a text with a zero character be answered: nothing is called so.

    SQLite has such texts and finds none; the server's driver would refuse to ask, and somebody's
    mistyped name would be an error of ours. What is to be written is refused as it should be.
    """
    if statement.startswith("SELECT") and isinstance(values, dict):
        values = {
            name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
            for name, value in values.items()
        }
    return statement, values


def _keep_values_out(context: ExceptionContext) -> None:
    """Leave of the server's message the sentence, without the row that it is about."""
    error = context.original_exception
    if isinstance(error, Error) and error.diag.message_primary:
        sentence = error.diag.message_primary
        if error.diag.sqlstate is not None and error.diag.sqlstate.startswith("22"):
            # Data errors quote the value in the sentence itself.
            sentence = "the server refused a value"
        error.args = (sentence,)
        if context.sqlalchemy_exception is not None:
            kind = type(error)
            context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {sentence}",)
