"""Attack: a way around the rights to tables, through what the database can be made to run."""

from collections.abc import Iterator

import pytest
from psycopg import errors

from deploy import database
from deploy.rights import BACKUP, COLLECTOR, MIGRATOR, RIGHTS, ROLES
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql
# The one that acts with its owner's rights, and who may have it do so.
TIDY = "underrose_tidy"
MADE = (
    "CREATE TABLE more (id text)",
    "CREATE VIEW more AS SELECT 1",
    "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SEQUENCE more",
    "CREATE SCHEMA more",
    "ALTER DEFAULT PRIVILEGES FOR ROLE migrator GRANT SELECT ON TABLES TO intake",
    "SET ROLE migrator",
    "SET session_replication_role = replica",
    "COPY (SELECT 1) TO '/dev/null'",
    "COPY alembic_version TO PROGRAM 'true'",
)


@pytest.fixture(scope="module")
def names(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A drop, a book and a store of shred keys."""
    made = {name: cluster.database(name) for name in database.NAMES}
    yield made
    for name in made.values():
        cluster.drop(name)


@pytest.mark.parametrize("kind", database.NAMES)
def test_every_function_belongs_to_the_migrator_and_one_may_be_run_by_one_role(
    cluster: Cluster, names: dict[str, str], kind: str
) -> None:
    asked = """SELECT proname, pg_get_userbyid(proowner), prosecdef, proconfig,
        ARRAY(SELECT grantee FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
              WHERE grantee <> proowner),
        ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%s)
              AND has_function_privilege(oid, p.oid, 'EXECUTE'))
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"""
    with cluster.connect(names[kind]) as raw:
        found = {row[0]: row[1:] for row in raw.execute(asked, [list(ROLES)])}
        (collector,) = raw.execute("SELECT 'collector'::regrole::oid").fetchone() or (None,)
    assert TIDY in found
    for name, (owner, with_its_owners_rights, settings, granted, may_run) in found.items():
        assert owner == MIGRATOR, name
        assert with_its_owners_rights == (name == TIDY), name
        assert granted == ([collector] if name == TIDY else []), name
        assert may_run == ([COLLECTOR] if name == TIDY else []), name
        # Otherwise somebody's own table or function of the same name would be taken for ours.
        assert not with_its_owners_rights or settings == ["search_path=pg_catalog, pg_temp"]


@pytest.mark.parametrize("role", ROLES)
def test_a_raw_connection_runs_no_function_but_the_collector_s(
    cluster: Cluster, names: dict[str, str], role: str
) -> None:
    asked = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    for kind in database.NAMES:
        with cluster.connect(names[kind]) as owner:
            functions = [row[0] for row in owner.execute(asked)]
        with cluster.connect(names[kind], role) as raw:
            for name in functions:
                words = "'no such table'" if name == TIDY else ""
                call = f"SELECT {name}({words})".encode()
                if (name, role) == (TIDY, COLLECTOR):
                    raw.execute(call)
                    continue
                with pytest.raises(errors.InsufficientPrivilege):
                    raw.execute(call)


@pytest.mark.parametrize("role", ROLES)
def test_a_raw_connection_makes_nothing_and_becomes_nobody_else(
    cluster: Cluster, names: dict[str, str], role: str
) -> None:
    for kind in database.NAMES:
        with cluster.connect(names[kind], role) as raw:
            for statement in MADE:
                with pytest.raises(errors.InsufficientPrivilege):
                    raw.execute(statement.encode())


def test_nothing_but_tables_and_their_indexes_is_there_and_all_of_it_is_the_migrator_s(
    cluster: Cluster, names: dict[str, str]
) -> None:
    asked = """SELECT relname, relkind::text, pg_get_userbyid(relowner) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace"""
    for kind in database.NAMES:
        with cluster.connect(names[kind]) as raw:
            found = raw.execute(asked).fetchall()
            default = raw.execute("SELECT count(*) FROM pg_default_acl").fetchone()
        assert {row[0] for row in found if row[1] == "r"} == set(RIGHTS[kind])
        assert {row[1] for row in found} == {"r", "i"}
        assert {row[2] for row in found} == {MIGRATOR}
        assert default == (0,)


def test_no_role_is_more_than_its_name(cluster: Cluster) -> None:
    """What a role could do besides its grants: be another's member, or stand above the rules."""
    member = """SELECT m.rolname::text, g.rolname::text FROM pg_auth_members
        JOIN pg_roles m ON m.oid = member JOIN pg_roles g ON g.oid = roleid
        WHERE m.rolname = ANY (%s) OR g.rolname = ANY (%s)"""
    above = """SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%s)
        AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)"""
    past_rules = "SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%s) AND rolbypassrls"
    everybody = [MIGRATOR, *ROLES]
    with cluster.connect() as raw:
        members = {tuple(row) for row in raw.execute(member, [everybody, everybody])}
        assert members == {(COLLECTOR, "pg_read_all_stats")}
        assert raw.execute(above, [everybody]).fetchall() == []
        found = {row[0] for row in raw.execute(past_rules, [everybody])}
    assert found == {MIGRATOR, BACKUP}
