"""Book and shred keys on PostgreSQL: what could go wrong there and nowhere else."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from review.errors import CollectorBusy, SchemaMismatch, SettingsRefused
from review.locking import alone_everywhere
from review.settings import Settings
from review.store import postgres
from review.store.database import check_url, open_book, open_engine, reading, write_if_free, writing
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
SECRET = "c0ffee" * 10


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    """A database with one small table."""
    name = cluster.empty()
    with cluster.connect(name) as raw:
        raw.execute("CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL)")
    made = open_engine(cluster.url(name))
    yield made
    made.dispose()
    cluster.drop(name)


def ids(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return sorted(connection.execute(text("SELECT id FROM t")).scalars())


def add(connection: Connection, name: str = "1") -> None:
    connection.execute(text("INSERT INTO t VALUES (:id, 1)"), {"id": name})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost/book",
        "postgresql+psycopg://review@db.example/book",
        "postgresql+psycopg://review@localhost/book?options=-c%20lock_timeout%3D0",
    ],
)
def test_a_url_that_could_be_listened_to_or_weakened_is_refused(url: str) -> None:
    with pytest.raises(SettingsRefused):
        check_url(url)


def test_the_settings_take_a_server_and_do_not_show_its_password(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch()
    settings = Settings.from_environ(
        {
            "REVIEW_BOOK_URL": f"postgresql+psycopg://review:{SECRET}@localhost/book",
            "REVIEW_SHRED_URL": f"postgresql+psycopg://review:{SECRET}@localhost/shred",
            "REVIEW_STORE_KEY_FILE": str(key),
            "REVIEW_ROOT_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        }
    )
    assert SECRET not in repr(settings)
    with pytest.raises(SchemaMismatch) as refused:
        open_book(settings.book_url)
    assert SECRET not in f"{refused.value!r} {refused.value.__context__!r}"


def test_an_empty_database_is_not_taken_for_a_book(engine: Engine) -> None:
    with pytest.raises(SchemaMismatch, match="absent or empty"):
        open_book(engine.url.render_as_string())


def test_a_broken_rule_does_not_name_the_row(engine: Engine) -> None:
    with writing(engine) as connection:
        add(connection, SECRET)
    with pytest.raises(IntegrityError) as refused, writing(engine) as connection:
        add(connection, SECRET)
    assert SECRET not in f"{refused.value!s} {refused.value.orig!r}"


def test_a_failure_that_a_caller_went_on_after_is_not_committed_in_silence(engine: Engine) -> None:
    """Attack: the server answers COMMIT with ROLLBACK and no error, and an act is believed in."""

    def swallow() -> None:
        with writing(engine) as connection:
            add(connection)
            try:
                add(connection)
            except IntegrityError:
                return

    with pytest.raises(RuntimeError, match="failed statement"):
        swallow()
    assert ids(engine) == []


def test_a_reader_sees_one_state_and_can_write_nothing(engine: Engine) -> None:
    with reading(engine) as before:
        assert before.execute(text("SELECT id FROM t")).all() == []
        with writing(engine) as connection:
            add(connection)
        assert before.execute(text("SELECT id FROM t")).all() == []
    with pytest.raises(DBAPIError, match="read-only"), reading(engine) as connection:
        add(connection, "2")


def test_a_change_that_can_wait_is_left_while_another_process_writes(engine: Engine) -> None:
    other = open_engine(engine.url.render_as_string())
    with other.begin():
        assert not write_if_free(engine, add)
    assert ids(engine) == []
    assert write_if_free(engine, add)
    assert ids(engine) == ["1"]
    other.dispose()


def test_the_line_is_one_for_all_processes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres._CLIENT, "options", "-c lock_timeout=50ms")
    other = open_engine(engine.url.render_as_string())
    with writing(engine), pytest.raises(DBAPIError, match="lock timeout"), other.begin():
        raise AssertionError("two writers at once")
    other.dispose()


def test_slices_are_read_a_few_at_a_time(engine: Engine) -> None:
    with writing(engine) as connection:
        for number in range(40):
            add(connection, f"{number:02}")
    with reading(engine) as connection:
        rows = connection.execution_options(yield_per=4).execute(text("SELECT id FROM t"))
        assert len(rows.fetchmany(4)) == 4
        with writing(engine) as other:
            add(other, "more")
        assert len(rows.all()) == 36


def test_a_job_is_done_by_one_host_at_a_time(engine: Engine) -> None:
    other, busy = open_engine(engine.url.render_as_string()), CollectorBusy("at work")
    with (
        alone_everywhere(engine, "collect", busy),
        pytest.raises(CollectorBusy),
        alone_everywhere(other, "collect", busy),
    ):
        raise AssertionError("two at once")
    with (
        alone_everywhere(engine, "collect", busy),
        alone_everywhere(other, "ledger", busy),
        # A job's lock keeps no writer waiting.
        writing(engine) as connection,
    ):
        add(connection)
    with alone_everywhere(other, "collect", busy):
        assert ids(engine) == ["1"]
    other.dispose()


def test_who_waits_for_a_job_begins_when_it_is_done(engine: Engine) -> None:
    other, busy = open_engine(engine.url.render_as_string()), CollectorBusy("at work")
    done: list[str] = []

    def wait() -> None:
        with alone_everywhere(other, "collect", busy, wait=True):
            done.append("second")

    thread = threading.Thread(target=wait)
    with alone_everywhere(engine, "collect", busy):
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not count_of(engine, waiting):
            pass
        done.append("first")
    thread.join()
    assert done == ["first", "second"]
    other.dispose()


def count_of(engine: Engine, asked: TextClause) -> int:
    with reading(engine) as connection:
        return int(connection.execute(asked).scalar_one())


def test_a_name_with_a_zero_in_it_is_nobody_s_and_no_error(engine: Engine) -> None:
    """Attack: a name that a visitor types, and that tells one kind of server from another."""
    asked = text("SELECT count(*) FROM t WHERE id = :id").bindparams(id="chair\0")
    assert count_of(engine, asked) == 0
    with pytest.raises(DBAPIError), writing(engine) as connection:
        add(connection, "chair\0")
