"""Databases that one test after another is lent, because to make one takes a tenth of a second.

A database that comes back is emptied and lent again, but only if nothing of its tables, rights and
triggers is other than it was made; whatever a test changed of those goes with the database.
"""

from typing import Any, Protocol

import psycopg

_REST = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"
# All that a test could change besides rows, by the catalogue's own account of when it was written.
# What tidying does to the files of a table is no change.
_PRINT = """
SELECT md5(string_agg(said, ',' ORDER BY said)) FROM (
    SELECT concat_ws(' ', 'table', oid, relname, relowner, relacl, relrowsecurity,
                     relforcerowsecurity, reloptions) AS said
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, a.xmin) FROM pg_attribute a
        JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'function', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'rule', oid, xmin) FROM pg_policy
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin) FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', 'schema', oid, xmin) FROM pg_namespace
        WHERE nspname NOT LIKE 'pg_%'
    UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT concat_ws(' ', 'database', oid, datdba, datacl, datallowconn, datconnlimit)
        FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'version ' || version_num FROM alembic_version
) AS all_of_it
"""
_EMPTY = """DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
END $$"""


class Making(Protocol):
    """The server, as far as lending goes."""

    def connect(self, name: str = ...) -> psycopg.Connection[Any]:
        """A raw connection."""

    def database(self, kind: str) -> str:
        """The name of a new database."""

    def drop(self, name: str) -> None:
        """Take a database away."""


class Lending:
    """The databases of a server that are lent, and those that wait for the next test."""

    def __init__(self, server: Making) -> None:
        self._server = server
        self._waiting: dict[str, list[str]] = {}
        self._made: dict[str, tuple[str, str]] = {}

    def lend(self, kind: str) -> str:
        """The name of a drop, book or store of shred keys with nothing in it."""
        waiting = self._waiting.setdefault(kind, [])
        if waiting:
            return waiting.pop()
        name = self._server.database(kind)
        with self._server.connect(name) as connection:
            self._made[name] = kind, _print(connection)
        return name

    def take_back(self, name: str) -> None:
        """Empty a database for the next test, or take it away if it is not what was lent."""
        if name not in self._made:
            self._server.drop(name)
            return
        kind, made = self._made[name]
        with self._server.connect() as connection:
            connection.execute(_REST, (name,))
        with self._server.connect(name) as connection:
            as_lent = _print(connection) == made
            if as_lent:
                connection.execute(_EMPTY)
        if as_lent:
            self._waiting[kind].append(name)
        else:
            self.forget(name)
            self._server.drop(name)

    def forget(self, name: str) -> None:
        """Lend a database no more: it is made anew by somebody, or taken away."""
        self._made.pop(name, None)


def _print(connection: psycopg.Connection[Any]) -> str:
    found = connection.execute(_PRINT).fetchone()
    assert found is not None
    return str(found[0])
