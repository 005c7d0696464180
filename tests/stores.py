"""Where a test's databases are: files in its folder, or databases of the run's own PostgreSQL.

A test or module marked `stores` runs once on each. What is about SQLite alone is marked `sqlite`
with the reason, and runs once, on that.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import MetaData, event, make_url
from sqlalchemy.pool import Pool

from deploy import database
from deploy.rights import MIGRATOR
from tests.postgres import Cluster

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))

ALL = ("drop", "book", "shred")
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_FULL = "SELECT RAISE(ABORT, 'full')"
_FULL_OF_SERVER = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"""
_ZEROES = re.compile(r"zeroblob\((\d+)\)")


class Stores:
    """The databases of one test, by folder and name."""

    def __init__(self, cluster: Cluster | None) -> None:
        self.cluster = cluster
        self._made: dict[tuple[Path, str], str] = {}
        self._kept: dict[tuple[Path, str, str], dict[str, bytes]] = {}

    @property
    def on_postgresql(self) -> bool:
        """Whether this test's databases are on PostgreSQL."""
        return self.cluster is not None

    def url(self, folder: Path, kind: str, role: str = MIGRATOR) -> str:
        """The URL of the folder's drop, book or store of shred keys, there or not, for a role.

        Tests that change rows by themselves are migrator, whom nothing but triggers stops.
        """
        if self.cluster is None:
            return f"sqlite:///{folder / kind}.db"
        name = self._made.get((folder, kind), "absent")
        return self.cluster.url(name, role)

    def make(self, folder: Path, kind: str) -> str:
        """Make the folder's database of a kind by the migrations, and return its URL."""
        if self.cluster is None:
            database.upgrade(kind, self.url(folder, kind))
        elif (folder, kind) not in self._made:
            self._made[folder, kind] = self.cluster.lending.lend(kind)
        return self.url(folder, kind)

    def folder(self, url: str) -> Path:
        """The folder that a URL was made for, where a test keeps what belongs to it."""
        name = str(make_url(url).database).removeprefix("file:")
        if self.cluster is None:
            return Path(name).parent
        return next((key[0] for key, made in self._made.items() if made == name), Path("/absent"))

    def as_role(self, url: str, role: str) -> str:
        """The same database for another role; on SQLite there are none."""
        if self.cluster is None:
            return url
        return make_url(url).set(username=role).render_as_string()

    def copy(self, source: Path, target: Path, kinds: Iterable[str] = ALL) -> None:
        """Make the databases of a folder what those of another are; nobody may be using them."""
        for kind in kinds:
            if self.cluster is None:
                _copy_file(source / f"{kind}.db", target / f"{kind}.db")
                continue
            name = self._made.get((target, kind))
            if name is not None:
                self.cluster.lending.forget(name)
                self.cluster.drop(name)
            self._made[target, kind] = self.cluster.copy(self._made[source, kind], name)

    def keep(self, folder: Path, name: str) -> None:
        """Keep what the folder's databases on a server hold. Files are for the caller to copy."""
        for (where, kind), made in self._made.items():
            if where == folder and self.cluster is not None:
                self._kept[folder, kind, name] = self.cluster.contents(made)

    def put_back(self, folder: Path, name: str) -> None:
        """Make the folder's databases on a server what they were when they were kept."""
        for (where, kind), made in self._made.items():
            if where == folder and self.cluster is not None:
                self.cluster.refill(made, self._kept[folder, kind, name])

    @contextmanager
    def unguarded(self, url: str) -> Iterator[Callable[..., object]]:
        """What runs a statement as somebody who owns the whole database: no trigger hinders them.

        Statements are written for SQLite, and zeroblob(N) is understood on both.
        """
        if self.cluster is None:
            with closing(sqlite3.connect(str(make_url(url).database))) as connection:
                for (name,) in connection.execute(_TRIGGERS).fetchall():
                    connection.execute(f"DROP TRIGGER {name}")
                yield lambda text, *values: connection.execute(text, *values)
                connection.commit()
        else:
            with self.cluster.connect(str(make_url(url).database)) as server:
                server.execute("SET session_replication_role = replica")
                yield lambda text, *values: server.execute(_of_server(text), *values)

    def refuse(self, url: str, table: str, of: str = "1 = 1") -> None:
        """Let a table take no new row for which a condition holds, as on a disk that is full."""
        when = f"BEFORE INSERT ON {table}"
        if self.cluster is None:
            with closing(sqlite3.connect(str(make_url(url).database))) as connection:
                connection.execute(f"CREATE TRIGGER full {when} WHEN {of} BEGIN {_FULL}; END")
            return
        with self.cluster.connect(str(make_url(url).database)) as server:
            server.execute(_FULL_OF_SERVER)
            call = f"FOR EACH ROW WHEN ({of}) EXECUTE FUNCTION no_room()"
            server.execute(f"CREATE TRIGGER full_up {when} {call}".encode())

    def fill(self, url: str, metadata: MetaData, rows: Mapping[str, Iterable[Any]]) -> None:
        """Make a database on a server hold these rows of its tables, and nothing else."""
        with self.unguarded(url) as execute:
            for table in metadata.sorted_tables:
                execute(f"DELETE FROM {table.name}")
                places = ", ".join("?" * len(table.columns))
                for row in rows[table.name]:
                    execute(f"INSERT INTO {table.name} VALUES ({places})", tuple(row))

    def discard(self, folder: Path) -> None:
        """Take a folder's databases away, and the folder."""
        for kind in ALL:
            name = self._made.pop((folder, kind), None)
            if name is not None and self.cluster is not None:
                self.cluster.lending.take_back(name)
        shutil.rmtree(folder)

    def close(self) -> None:
        """Take away what files in the test's folder do not take with them."""
        while _connections:
            _connections.pop().close()
        for name in self._made.values():
            assert self.cluster is not None
            self.cluster.lending.take_back(name)
        self._made.clear()
        self._kept.clear()


def _copy_file(source: Path, target: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _of_server(statement: str) -> str:
    return _ZEROES.sub(r"decode(repeat('00', \1), 'hex')", statement).replace("?", "%s")


_now = [Stores(None)]
# Of the test that runs. Kept, so that none goes out of use while it is open: a program that ends
# closes its connections, an application under test is only forgotten.
_connections: list[psycopg.Connection[object]] = []


@event.listens_for(Pool, "connect")
def _remember(connection: object, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _connections.append(connection)


def here() -> Stores:
    """The databases of the test that runs."""
    return _now[-1]


@contextmanager
def using(cluster: Cluster | None) -> Iterator[Stores]:
    """Databases of a server, or files, for the length of the block."""
    made = Stores(cluster)
    _now.append(made)
    yield made
    _now.pop()
    made.close()


@pytest.fixture(autouse=True)
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The databases of this test."""
    kind = getattr(request, "param", "sqlite")
    with using(request.getfixturevalue("cluster") if kind == "postgresql" else None) as made:
        yield made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what holds for both databases on both."""
    marked = {mark.name for mark in metafunc.definition.iter_markers()}
    if "stores" in marked and "sqlite" not in marked:
        metafunc.parametrize("stores", KINDS, indirect=True)
