"""Attack: from the order of rows, or the numbers of transactions, which submission came first."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from psycopg import errors, sql
from sqlalchemy import Engine, insert

from deploy.rights import BACKUP, COLLECTOR, INTAKE, MIGRATOR, REVIEW
from intake import database as intake_database
from intake import schema
from review.store import database as review_database
from review.store.schema import shred_keys
from tests import committee
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
IDS = [letter * 64 for letter in "d4a09fc3"]
Tidy = Callable[[Engine, datetime.date], None]
CASES = [
    ("drop", intake_database.open_engine, intake_database.tidy, schema.tally, "value"),
    ("shred", review_database.open_engine, review_database.tidy, shred_keys, "case_id"),
]


@pytest.fixture(params=CASES, ids=["drop", "shred"])
def filled(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[str, Engine, Tidy]]:
    """A database, for the collector, with rows that came one by one in an order of their own."""
    kind, opener, tidy, table, key = request.param
    name = cluster.database(kind)
    engine = opener(cluster.url(name, COLLECTOR))
    other = {"on": committee.TODAY} if kind == "drop" else {"wrapped": b"x"}
    for each in IDS:
        with engine.begin() as connection:
            connection.execute(insert(table).values({key: each, **other}))
    yield table.name, engine, tidy
    engine.dispose()
    cluster.drop(name)


def order(cluster: Cluster, engine: Engine, table: str) -> tuple[list[str], int]:
    """The rows as they lie in the file, and how many transactions they came from."""
    asked = sql.SQL("SELECT * FROM {} ORDER BY ctid").format(sql.Identifier(table))
    came = sql.SQL("SELECT count(DISTINCT xmin::text) FROM {}").format(sql.Identifier(table))
    with cluster.connect(str(engine.url.database)) as raw:
        rows = [row[0] for row in raw.execute(asked)]
        (transactions,) = raw.execute(came).fetchone() or (0,)
    return rows, transactions


def test_what_is_tidy_says_nothing_of_the_order_in_which_it_came(
    cluster: Cluster, filled: tuple[str, Engine, Tidy]
) -> None:
    table, engine, tidy = filled
    assert order(cluster, engine, table) == (IDS, len(IDS))
    tidy(engine, committee.TODAY)
    assert order(cluster, engine, table) == (sorted(IDS), 1)


def test_a_reader_who_began_before_reads_on(
    cluster: Cluster, filled: tuple[str, Engine, Tidy]
) -> None:
    """Attack: a collection that finds slices missing because their table was just written anew."""
    table, engine, tidy = filled
    name = str(engine.url.database)
    with cluster.connect(name) as reader:
        reader.autocommit = False
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1 FROM alembic_version").fetchall()
        # The snapshot is taken; the lock on this one table is not let go of before the end.
        engine_tables = [table]
        with cluster.connect(name, COLLECTOR) as raw:
            for each in engine_tables:
                raw.execute("SELECT underrose_tidy(%s)", [each])
        found = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        assert reader.execute(found).fetchone() == (len(IDS),)


@pytest.mark.parametrize("role", [INTAKE, REVIEW, BACKUP])
def test_nobody_but_the_collector_has_tables_written_anew(cluster: Cluster, role: str) -> None:
    name = cluster.database("drop")
    with cluster.connect(name, role) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("SELECT underrose_tidy('tally')")
    cluster.drop(name)


@pytest.mark.parametrize("called", ["pg_authid", "tally; DROP TABLE tally", "TALLY", "", "none"])
def test_no_other_table_is_reached_through_the_one_function_that_owns_them(
    cluster: Cluster, called: str
) -> None:
    name = cluster.database("drop")
    with cluster.connect(name, MIGRATOR) as owner, cluster.connect(name, COLLECTOR) as raw:
        before = owner.execute("SELECT oid, relfilenode FROM pg_class ORDER BY oid").fetchall()
        raw.execute("SELECT underrose_tidy(%s)", [called])
        after = owner.execute("SELECT oid, relfilenode FROM pg_class ORDER BY oid").fetchall()
    assert after == before
    cluster.drop(name)
