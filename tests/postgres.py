"""A real PostgreSQL of this run's own, in a temporary folder and behind a socket in it.

It listens on no network, belongs to a user without rights when the tests run as root, and ends with
the run, by its own process id. A test gets databases of its own, copied from ones that were
migrated once.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy import database, roles
from deploy.rights import MIGRATOR
from tests.groups import find_postgres
from tests.lending import Lending

# The superuser that the private server is made with; no program of ours is it.
OWNER = "server"
_PATIENCE = 60
_ENDS = b"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"
_FASTER = ("fsync", "full_page_writes", "synchronous_commit")


class Cluster:
    """The running server, and the databases made from its templates."""

    def __init__(self, folder: Path, programs: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._durable = durable
        self._programs = programs
        self._templates: dict[str, str] = {}
        self._as = _nobody() if os.getuid() == 0 else {}
        self.process: subprocess.Popen[bytes] | None = None
        self.lending = Lending(self)

    def make(self) -> None:
        """Make the server's files and start it."""
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        where = ["-D", self.folder / "data", "-U", OWNER]
        kind = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [str(self._programs / "initdb"), *map(str, where), *kind]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as)
        self.start()
        with self.connect() as connection:
            for statement in roles.role_statements():
                connection.execute(statement.encode())

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = {"unix_socket_directories": self.folder, "listen_addresses": ""}
        # What a test writes need not outlive the machine, and the server's death only if it is
        # said: what the kernel has, it keeps.
        settings |= dict.fromkeys(_FASTER, "off")
        if self._durable:
            settings |= dict.fromkeys(_FASTER[1:], "on")
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [self._programs / "postgres", "-D", self.folder / "data", *words],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            **self._as,
        )
        log.close()
        self.wait()

    def wait(self) -> None:
        """Return when the server answers."""
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self.folder), "-d", "postgres"]
        for _ in range(_PATIENCE * 10):
            if subprocess.run(ready).returncode == 0:
                return
            assert self.process is not None
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server; by default it first ends what its clients are doing."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(_PATIENCE)

    @contextmanager
    def replica(self, folder: Path, name: str) -> Iterator[None]:
        """Another server that follows this one under a name, for the length of the block."""
        if self._as:
            os.chown(folder, self._as["user"], self._as["group"])
        source = f"host={self.folder} user={OWNER} application_name={name}"
        copied = ["-D", folder / "data", "-d", source, "-X", "stream", "-c", "fast", "--no-sync"]
        command = [str(self._programs / "pg_basebackup"), "-R", *map(str, copied)]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **self._as)
        settings = {"unix_socket_directories": folder, "listen_addresses": "", "fsync": "off"}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [self._programs / "postgres", "-D", folder / "data", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **self._as,
            )
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE)

    def url(self, name: str, role: str = OWNER) -> str:
        """Where a database is, for somebody."""
        return f"postgresql+psycopg://{role}@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres", role: str = OWNER) -> psycopg.Connection[Any]:
        """A raw connection, each statement by itself."""
        return psycopg.connect(host=str(self.folder), user=role, dbname=name, autocommit=True)

    def empty(self) -> str:
        """The name of a new database without tables."""
        return self.copy("template0")

    def database(self, kind: str) -> str:
        """The name of a new drop, book or store of shred keys."""
        if kind not in self._templates:
            self._templates[kind] = self.empty()
            database.upgrade(kind, self.url(self._templates[kind], MIGRATOR))
        return self.copy(self._templates[kind])

    def copy(self, source: str, target: str | None = None) -> str:
        """The name of a copy of a database, whoever was still connected to it."""
        name = target or f"t{secrets.token_hex(8)}"
        made = sql.SQL("CREATE DATABASE {} OWNER migrator TEMPLATE {}")
        with self.connect() as connection:
            connection.execute(_ENDS, (source,))
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(source)))
        return name

    def contents(self, name: str) -> dict[str, bytes]:
        """What each table of a database holds, as the server writes it for a copy."""
        with self.connect(name) as connection:
            return {table: _copied(connection, table) for table in _tables(connection)}

    def refill(self, name: str, kept: dict[str, bytes]) -> None:
        """Make each table hold what it held, whoever was still connected."""
        with self.connect() as connection:
            connection.execute(_ENDS, (name,))
        with self.connect(name) as connection, connection.transaction():
            # No trigger and no foreign key: what is put in was all there once.
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, held in kept.items():
                if _copied(connection, table) == held:
                    continue
                where = sql.Identifier(table)
                connection.execute(sql.SQL("DELETE FROM {}").format(where))
                into = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(where)
                with connection.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write(held)

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still connected."""
        gone = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        with self.connect() as connection:
            connection.execute(gone)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [str(row[0]) for row in connection.execute(named)]


def _copied(connection: psycopg.Connection[Any], table: str) -> bytes:
    out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(out) as copy:
        return b"".join(map(bytes, copy))


def _nobody() -> dict[str, Any]:
    """How a child of root becomes somebody without rights: the server refuses to be root's."""
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("there is no user postgres or nobody on this machine")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Cluster]:
    """A server of one's own for the length of the block."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    # Not in pytest's own folder, which the server's user could not enter. A socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="underrose-"))
    made = Cluster(folder, programs, durable=durable)
    try:
        made.make()
        yield made
    finally:
        if made.process is not None:
            made.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's server."""
    with running() as made:
        yield made
