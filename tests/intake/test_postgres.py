"""The drop on PostgreSQL: what could go wrong there and nowhere else."""

import threading
from collections.abc import Iterator

import pytest
from psycopg import sql
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from intake import database, postgres
from intake.database import check_schema, check_url, open_engine, reading, writing
from intake.errors import OutcomeUnknown, SchemaMismatch, SettingsRefused
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
SECRET = "c0ffee" * 10


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """A database with one small table."""
    name = cluster.empty()
    with cluster.connect(name) as raw:
        raw.execute("CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL)")
        raw.execute("CREATE TABLE u (id TEXT REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = open_engine(url)
    yield made
    made.dispose()


def ids(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return sorted(connection.execute(text("SELECT id FROM t")).scalars())


def insert(connection: object, id_: str, n: int | None = 1) -> None:
    connection.execute(text("INSERT INTO t VALUES (:id, :n)"), {"id": id_, "n": n})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db/drop",
        "postgresql+psycopg2://intake@localhost/drop",
        "postgresql+psycopg://intake@localhost/",
        "postgresql+psycopg://intake@db.example/drop",
        "postgresql+psycopg://intake@db.example/drop?sslmode=require",
        "postgresql+psycopg://intake@/drop?host=/run/postgresql,db.example",
        "postgresql+psycopg://intake@localhost/drop?host=db.example",
        "postgresql+psycopg://intake@localhost/drop?options=-c%20lock_timeout%3D0",
        "postgresql+psycopg://intake@localhost:port/drop",
    ],
)
def test_a_url_that_could_be_listened_to_or_weakened_is_refused(url: str) -> None:
    with pytest.raises(SettingsRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://intake@/drop?host=/run/postgresql",
        "postgresql+psycopg://intake@127.0.0.1:5433/drop",
        "postgresql+psycopg://intake@[::1]/drop",
        "postgresql+psycopg://intake@db.example/drop?sslmode=verify-full&passfile=/srv/pass",
    ],
)
def test_a_url_of_this_machine_or_of_a_proven_other_is_taken(url: str) -> None:
    check_url(url)


def test_a_password_in_a_url_is_in_no_error(cluster: Cluster) -> None:
    for url in (
        f"postgresql+psycopg://intake:{SECRET}@db.example/drop",
        f"postgresql+psycopg://intake:{SECRET}@/none?host={cluster.folder}",
        f"postgresql+psycopg://intake:{SECRET}@127.0.0.1:1/none",
    ):
        with pytest.raises((SettingsRefused, SchemaMismatch)) as refused:
            check_schema(open_engine(url))
        assert SECRET not in f"{refused.value!r} {refused.value.__context__!r}"


def test_a_server_that_is_not_there_is_said_to_be_away(cluster: Cluster) -> None:
    with pytest.raises(SchemaMismatch, match="cannot be reached"):
        check_schema(open_engine(f"postgresql+psycopg://intake@/x?host={cluster.folder}/none"))


def test_an_empty_database_is_not_taken_for_a_drop(engine: Engine) -> None:
    with pytest.raises(SchemaMismatch, match="absent or empty"):
        check_schema(engine)


def test_a_broken_rule_does_not_name_the_row(engine: Engine) -> None:
    """Attack: ids of submitters in what is logged of an error."""
    with writing(engine) as connection:
        insert(connection, SECRET)
    for values in ((SECRET, 1), (SECRET * 2, None)):
        with pytest.raises(IntegrityError) as refused, writing(engine) as connection:
            insert(connection, *values)
        assert SECRET not in f"{refused.value!s} {refused.value.orig!s} {refused.value.orig!r}"
    with pytest.raises(DBAPIError) as wrong, writing(engine) as connection:
        connection.execute(text("SELECT CAST(:id AS INTEGER)"), {"id": SECRET})
    assert SECRET not in f"{wrong.value!s} {wrong.value.orig!s}"


def test_writers_stand_in_line_whatever_process_they_are_in(url: str) -> None:
    """Attack: a race between two who read, decide and write."""
    engines = [open_engine(url) for _ in range(4)]

    def add(engine: Engine) -> None:
        # engine.begin and not writing: another process does not stand in line at our own lock.
        for _ in range(10):
            with engine.begin() as connection:
                known = connection.execute(text("SELECT count(*) FROM t")).scalar_one()
                insert(connection, f"{known:04}")

    threads = [threading.Thread(target=add, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(engines[0])) == 40
    for engine in engines:
        engine.dispose()


def test_a_reader_sees_one_state_and_can_write_nothing(engine: Engine) -> None:
    with reading(engine) as before:
        assert before.execute(text("SELECT id FROM t")).all() == []
        with writing(engine) as connection:
            insert(connection, "1")
        assert before.execute(text("SELECT id FROM t")).all() == []
    with pytest.raises(DBAPIError, match="read-only"), reading(engine) as connection:
        insert(connection, "2")
    assert ids(engine) == ["1"]


def test_a_failure_that_a_caller_went_on_after_is_not_committed_in_silence(engine: Engine) -> None:
    """Attack: the server answers COMMIT with ROLLBACK and no error, and a receipt is shown."""

    def swallow() -> None:
        with writing(engine) as connection:
            insert(connection, "1")
            try:
                insert(connection, "1")
            except IntegrityError:
                return

    with pytest.raises(RuntimeError, match="failed statement"):
        swallow()
    assert ids(engine) == []


def test_a_block_that_raises_leaves_nothing(engine: Engine) -> None:
    def broken() -> None:
        with writing(engine) as connection:
            insert(connection, "1")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert ids(engine) == []


def test_a_commit_that_fails_is_not_called_a_refusal(engine: Engine) -> None:
    def deferred() -> None:
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO u VALUES ('none')"))

    with pytest.raises(OutcomeUnknown):
        deferred()
    with writing(engine) as connection:
        insert(connection, "1")
    assert ids(engine) == ["1"]


def ended(cluster: Cluster, connection: object) -> None:
    """End a connection's server process, as a restart of the server does."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()  # type: ignore[attr-defined]
    with cluster.connect() as raw:
        raw.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


def lose(engine: Engine, cluster: Cluster, *more: str) -> None:
    """Write a row, and others after the connection is lost."""
    with writing(engine) as connection:
        insert(connection, "1")
        ended(cluster, connection)
        for each in more:
            insert(connection, each)


def test_a_connection_that_is_lost_before_the_commit_is_a_refusal(
    engine: Engine, cluster: Cluster
) -> None:
    with pytest.raises(OperationalError):
        lose(engine, cluster, "2")
    assert ids(engine) == []


def test_a_connection_that_is_lost_at_the_commit_leaves_the_outcome_unknown(
    engine: Engine, cluster: Cluster
) -> None:
    with pytest.raises(OutcomeUnknown):
        lose(engine, cluster)
    with writing(engine) as connection:
        insert(connection, "2")
    assert ids(engine) == ["2"]


def test_a_pool_survives_a_server_that_was_restarted(engine: Engine, cluster: Cluster) -> None:
    assert ids(engine) == []
    with cluster.connect() as raw:
        others = sql.SQL("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity")
        raw.execute(sql.SQL("{} WHERE datname = {}").format(others, str(engine.url.database)))
    assert ids(engine) == []


def test_nobody_waits_for_ever_for_a_writer(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres._CLIENT, "options", "-c lock_timeout=50ms")
    other = open_engine(url)
    with writing(engine), pytest.raises(OperationalError, match="lock timeout"), other.begin():
        raise AssertionError("two writers at once")
    with writing(other) as connection:
        insert(connection, "1")
    other.dispose()


def test_every_connection_is_bounded_and_durable(engine: Engine) -> None:
    names = ("statement_timeout", "lock_timeout", "synchronous_commit", "TimeZone")
    with reading(engine) as connection:
        shown = [connection.execute(text(f"SHOW {name}")).scalar() for name in names]
        level = connection.execute(text("SHOW transaction_isolation")).scalar()
    assert (shown, level) == (["1min", "10s", "on", "UTC"], "repeatable read")
    with writing(engine) as connection:
        idle = text("SHOW idle_in_transaction_session_timeout")
        assert connection.execute(idle).scalar() == "1min"


def test_there_is_nothing_to_create_or_to_date(url: str, engine: Engine) -> None:
    database.create_file(url)
    database.blunt_times(engine)
