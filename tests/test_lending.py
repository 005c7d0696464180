"""A database that a test is lent has nothing of the test before."""

from collections.abc import Iterator

import pytest

from deploy.database import NAMES
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
# Each is something that a test of this tree could do, and no row.
CHANGES = (
    "DROP TRIGGER tally_is_not_changed ON tally",
    "ALTER TABLE tally DISABLE TRIGGER tally_is_not_changed",
    "GRANT SELECT ON tally TO intake",
    "CREATE POLICY help ON deposits FOR SELECT TO intake USING (true)",
    "ALTER TABLE deposits NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE deposits ADD COLUMN more text",
    "CREATE TABLE more (id text)",
    "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "UPDATE alembic_version SET version_num = 'none'",
)


@pytest.fixture
def fresh(cluster: Cluster) -> Iterator[None]:
    """None waits to be lent before, or after."""
    kept, cluster.lending._waiting = cluster.lending._waiting, {}
    yield
    for names in cluster.lending._waiting.values():
        for name in names:
            cluster.drop(name)
    cluster.lending._waiting = kept


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("kind", NAMES)
def test_what_a_test_wrote_is_gone_before_the_next(cluster: Cluster, kind: str) -> None:
    name = cluster.lending.lend(kind)
    made = cluster.contents(name)
    with cluster.connect(name) as connection:
        if kind == "drop":
            connection.execute("INSERT INTO tally VALUES ('a', current_date)")
            assert cluster.contents(name) != made
    cluster.lending.take_back(name)
    assert cluster.lending.lend(kind) == name
    assert cluster.contents(name) == made
    cluster.lending.take_back(name)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("change", CHANGES)
def test_a_database_whose_tables_or_rights_were_changed_is_lent_to_nobody(
    cluster: Cluster, change: str
) -> None:
    name = cluster.lending.lend("drop")
    with cluster.connect(name) as connection:
        connection.execute(change.encode())
    cluster.lending.take_back(name)
    again = cluster.lending.lend("drop")
    assert again != name
    cluster.lending.take_back(again)
