"""Attack 33 on PostgreSQL: whoever owns the tables changes, deletes or empties what was written."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import Connection, LargeBinary, Table, insert
from sqlalchemy import Date as SqlDate

from deploy.rights import MIGRATOR
from intake.database import open_engine, writing
from tests import committee
from tests.postgres import OWNER, Cluster
from tests.test_schema import METADATA

pytestmark = pytest.mark.postgresql
KEPT = {
    "drop": ("tally", "tally_days"),
    "book": (
        "ledgers",
        "ledger_entries",
        "ledger_nodes",
        "checkpoints",
        "cosignatures",
        "adopted_rules",
        "tally_days",
    ),
}
# Their rows may go, and only go.
DELETABLE = {"book": ("pending_entries", "case_entries")}
TABLES = [(name, table) for name, tables in KEPT.items() for table in tables]


def value(column: Any) -> object:
    if isinstance(column.type, SqlDate):
        return committee.TODAY
    if isinstance(column.type, LargeBinary):
        return bytes(32)
    kind = column.type.python_type
    return {int: 1, bool: False, str: "a"}[kind]


def fill(connection: Connection, table: Table) -> None:
    """One row in the table, and in those it refers to."""
    for key in table.foreign_keys:
        fill(connection, key.column.table)
    if connection.execute(table.select()).first() is None:
        connection.execute(insert(table).values({c.name: value(c) for c in table.columns}))


@pytest.fixture(scope="module", params=["drop", "book"])
def filled(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """A database with a row in every table that keeps its rows; its kind and name."""
    kind = str(request.param)
    name = cluster.database(kind)
    engine = open_engine(cluster.url(name, MIGRATOR))
    with writing(engine) as connection:
        for table in (*KEPT[kind], *DELETABLE.get(kind, ())):
            fill(connection, METADATA[kind].tables[table])
    engine.dispose()
    yield kind, name
    cluster.drop(name)


def refused(raw: psycopg.Connection[Any], statement: sql.Composed) -> None:
    with pytest.raises(errors.IntegrityConstraintViolation), raw.transaction():
        raw.execute(statement)


@pytest.mark.parametrize("role", [MIGRATOR, OWNER])
def test_nobody_changes_deletes_or_empties_what_was_written(
    filled: tuple[str, str], cluster: Cluster, role: str
) -> None:
    kind, name = filled
    with cluster.connect(name, role) as raw:
        for table in (*KEPT[kind], *DELETABLE.get(kind, ())):
            called = sql.Identifier(table)
            for column in METADATA[kind].tables[table].columns:
                if (table, column.name) in (("ledgers", "size"), ("tally_days", "collected")):
                    continue
                one = sql.Identifier(column.name)
                # Another value of the same type, whatever it is.
                other = sql.SQL("decode('ff', 'hex')")
                if isinstance(column.type, SqlDate):
                    other = sql.SQL("'2020-01-01'")
                elif not isinstance(column.type, LargeBinary):
                    other = sql.SQL("'7'")
                refused(raw, sql.SQL("UPDATE {} SET {} = {}").format(called, one, other))
            refused(raw, sql.SQL("TRUNCATE {} CASCADE").format(called))
            if table in KEPT[kind]:
                refused(raw, sql.SQL("DELETE FROM {}").format(called))
                again = sql.SQL("INSERT INTO {} SELECT * FROM {}").format(called, called)
                with pytest.raises(errors.IntegrityError):
                    raw.execute(again)


def test_of_a_ledger_only_the_size_grows_and_of_a_drop_s_day_only_whether_it_waits_changes(
    filled: tuple[str, str], cluster: Cluster
) -> None:
    kind, name = filled
    with cluster.connect(name, MIGRATOR) as raw:
        if kind == "book":
            raw.execute("UPDATE ledgers SET size = 2")
            refused(raw, sql.SQL("UPDATE ledgers SET size = 1").format())
        else:
            for waits in (b"true", b"false"):
                changed = raw.execute(b"UPDATE tally_days SET collected = " + waits)
                assert changed.rowcount == 1


def test_what_may_go_goes(filled: tuple[str, str], cluster: Cluster) -> None:
    kind, name = filled
    with cluster.connect(name, MIGRATOR) as raw:
        raw.autocommit = False
        for table in DELETABLE.get(kind, ()):
            gone = raw.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            assert gone.rowcount == 1
        raw.rollback()
