"""Attack: somebody who has taken over a program tries every verb on every table as its role."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import create_engine, text

from deploy import database, reference, rights
from deploy.errors import RolesMissing
from deploy.rights import BACKUP, BY_ROW, COLLECTOR, INTAKE, MIGRATOR, RIGHTS, ROLES, Right
from tests.groups import ROOT
from tests.postgres import Cluster
from tests.test_schema import METADATA

pytestmark = pytest.mark.postgresql
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
TABLES = [(name, table) for name, tables in RIGHTS.items() for table in tables]
H = ["a" * 64, "b" * 64]


@pytest.fixture(scope="module")
def names(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A drop, a book and a store of shred keys."""
    made = {name: cluster.database(name) for name in database.NAMES}
    yield made
    for name in made.values():
        cluster.drop(name)


def columns_of(name: str, table: str) -> list[str]:
    if table == "alembic_version":
        return ["version_num"]
    return [column.name for column in METADATA[name].tables[table].columns]


def may(name: str, table: str, role: str, verb: str, column: str | None = None) -> bool:
    return any(
        right.verb == verb and (not right.columns or column in right.columns)
        for right in rights.of(name, table, role)
    )


def first(raw: psycopg.Connection[Any], asked: LiteralString, values: tuple[str, ...]) -> object:
    row = raw.execute(asked, values).fetchone()
    assert row is not None
    return row[0]


def test_every_table_has_somebody_who_thought_about_it() -> None:
    for name, metadata in METADATA.items():
        assert {*metadata.tables, "alembic_version"} == set(RIGHTS[name]), name
        for table, roles in RIGHTS[name].items():
            for right in [right for each in roles.values() for right in each]:
                assert {*right.columns, *right.names} <= set(columns_of(name, table)), table


def test_the_catalogue_grants_what_the_table_of_rights_says(
    cluster: Cluster, names: dict[str, str]
) -> None:
    asked = "SELECT has_column_privilege(%s, %s, %s, %s)"
    for name, table in TABLES:
        with cluster.connect(names[name]) as raw:
            for role in ROLES:
                for verb in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
                    for column in columns_of(name, table):
                        values = (role, f"public.{table}", column, verb)
                        found = first(raw, asked, values)
                        assert found == may(name, table, role, verb, column), values
                for verb in ("DELETE", "TRUNCATE", "TRIGGER"):
                    whole = "SELECT has_table_privilege(%s, %s, %s)"
                    found = first(raw, whole, (role, f"public.{table}", verb))
                    assert found == may(name, table, role, verb), (role, table, verb)


def test_nobody_else_is_granted_anything(cluster: Cluster, names: dict[str, str]) -> None:
    asked = (
        "SELECT DISTINCT grantee::regrole::text FROM pg_class, aclexplode(relacl) "
        "WHERE relnamespace = 'public'::regnamespace"
    )
    for name in names.values():
        with cluster.connect(name) as raw:
            found = {row[0] for row in raw.execute(asked)}
            assert found <= {MIGRATOR, *ROLES}
            owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
            assert {row[0] for row in raw.execute(owners)} == {MIGRATOR}


def test_rows_of_the_drop_are_held_back_from_everybody_but_by_a_rule(
    cluster: Cluster, names: dict[str, str]
) -> None:
    for name in BY_ROW:
        with cluster.connect(names[name]) as raw:
            forced = (
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity "
                "AND relnamespace = 'public'::regnamespace"
            )
            tables = {row[0] for row in raw.execute(forced)}
            assert tables == set(RIGHTS[name]) - {"alembic_version"}
            rules = "SELECT tablename, roles[1]::text, cmd, qual, with_check FROM pg_policies"
            found = {row[:3]: row[3:] for row in raw.execute(rules)}
        wanted = {
            (table, role, right.verb): right
            for table in tables
            for role in ROLES
            for right in rights.of(name, table, role)
        }
        assert set(found) == set(wanted)
        for key, right in wanted.items():
            for rule in found[key]:
                assert rule is None or named_in(rule) == set(right.names), key


def named_in(rule: str) -> set[str]:
    """The columns that a rule compares with what was named."""
    return set(re.findall(r"(\w+)\)?(?:::text)? = ANY \(string_to_array\(", rule))


def attempts(name: str, table: str) -> Iterator[tuple[str, str | None, sql.Composed]]:
    """A statement for every verb, and for every column that it could be about."""
    named = sql.Identifier(table)
    for column in columns_of(name, table):
        one = sql.Identifier(column)
        yield "SELECT", column, sql.SQL("SELECT {} FROM {}").format(one, named)
        change = sql.SQL("UPDATE {} SET {} = NULL WHERE false").format(named, one)
        yield "UPDATE", column, change
        yield "INSERT", column, sql.SQL("INSERT INTO {} ({}) VALUES (NULL)").format(named, one)
    yield "DELETE", None, sql.SQL("DELETE FROM {} WHERE false").format(named)
    yield "TRUNCATE", None, sql.SQL("TRUNCATE {} CASCADE").format(named)
    yield "OWN", None, sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(named)
    yield "OWN", None, sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(named)
    yield "OWN", None, sql.SQL("DROP TABLE {} CASCADE").format(named)


@pytest.mark.parametrize("role", ROLES)
def test_a_raw_connection_can_do_what_its_role_may_and_no_more(
    cluster: Cluster, names: dict[str, str], role: str
) -> None:
    for name, table in TABLES:
        with cluster.connect(names[name], role) as raw:
            raw.autocommit = False
            for verb, column, statement in attempts(name, table):
                refused = False
                try:
                    raw.execute(statement)
                except errors.InsufficientPrivilege:
                    refused = True
                except errors.IntegrityError:
                    # It was allowed, and there is no row of nothing but nulls.
                    refused = False
                finally:
                    raw.rollback()
                assert refused != may(name, table, role, verb, column), (role, statement)


def deposit(raw: psycopg.Connection[Any]) -> None:
    """Two mailboxes with a deposit and a letter each, and an upload."""
    for h in H:
        raw.execute(
            "INSERT INTO mailboxes (id, recipient, case_recipient, generation, case_signature,"
            ' head_n, head_digest, "on") VALUES (%s, %s, %s, 1, %s, 1, %s, current_date)',
            [h, "r", f"case-{h}", "s", h],
        )
        raw.execute(
            'INSERT INTO deposits (id, kind, mailbox_id, n, once, "on", digest, commitment,'
            " envelope, slices, collected) VALUES"
            " (%s, 'submission', %s, 1, %s, current_date, %s, %s, 'x', 0, false)",
            [h[:32], h, f"once-{h[:9]}", h, h],
        )
        raw.execute("INSERT INTO letters VALUES (%s, %s, 1, 'x', current_date)", [h[:32], h])
        raw.execute("INSERT INTO uploads VALUES (%s, current_date, NULL)", [h])
        key = int(hashlib.sha256(h.encode()).hexdigest()[:15], 16)
        raw.execute("INSERT INTO slices VALUES (%s, 0, 'x', current_date, %s)", [h, key])
        raw.execute("INSERT INTO proofs VALUES (%s, 1, 'x', current_date)", [h])
        raw.execute("INSERT INTO tally VALUES (%s, current_date)", [h])


@pytest.fixture
def full(cluster: Cluster) -> Iterator[str]:
    """A drop in which something lies."""
    name = cluster.database("drop")
    with cluster.connect(name, MIGRATOR) as raw:
        deposit(raw)
    yield name
    cluster.drop(name)


HELD = ("mailboxes", "deposits", "letters", "uploads", "slices", "proofs")


def counts(raw: psycopg.Connection[Any], *named: str) -> dict[str, int]:
    with raw.transaction():
        if named:
            raw.execute("SELECT set_config('underrose.lookup', %s, true)", [" ".join(named)])
        found = {}
        for table in HELD:
            rows = raw.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table)))
            found[table] = len(rows.fetchall())
        return found


def test_an_injection_in_intake_can_list_nothing(cluster: Cluster, full: str) -> None:
    with cluster.connect(full, INTAKE) as raw:
        assert set(counts(raw).values()) == {0}
        assert set(counts(raw, "%", "", "a", H[0][:63]).values()) == {0}
        # What is not granted cannot be looked into by a name either.
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute("SELECT count(*) FROM tally")
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute("SELECT document FROM tally_days")


def test_who_names_a_mailbox_sees_it_and_no_other(cluster: Cluster, full: str) -> None:
    with cluster.connect(full, INTAKE) as raw:
        assert counts(raw, H[0]) == dict.fromkeys(HELD, 1)
        assert counts(raw, f"once-{H[0][:9]}")["deposits"] == 1
        assert counts(raw, f"case-{H[0]}")["mailboxes"] == 1
        # A name is forgotten with its transaction.
        assert set(counts(raw).values()) == {0}


def test_an_injection_in_intake_changes_nothing_that_it_cannot_name(
    cluster: Cluster, full: str
) -> None:
    with cluster.connect(full, INTAKE) as raw:
        for statement in (
            "UPDATE mailboxes SET head_n = 7",
            "UPDATE uploads SET deposit_id = NULL",
            "DELETE FROM slices",
            "DELETE FROM uploads",
        ):
            assert raw.execute(statement.encode()).rowcount == 0, statement


@pytest.mark.parametrize("role", [COLLECTOR, BACKUP])
def test_who_collects_or_backs_up_sees_everything(cluster: Cluster, full: str, role: str) -> None:
    with cluster.connect(full, role) as raw:
        assert counts(raw) == dict.fromkeys(HELD, 2)


def test_a_backup_changes_nothing_but_its_own_record() -> None:
    record = {"backups", "backed_up", "certificates", "ended_backups", "pending_entries"}
    others = [(name, table) for name, table in TABLES if table not in record]
    assert {right for name, table in others for right in rights.of(name, table, BACKUP)} == {
        Right("SELECT")
    }
    assert not any(r.verb == "DELETE" for table in record for r in rights.of("book", table, BACKUP))


def test_upgrading_takes_away_what_somebody_granted(cluster: Cluster, full: str) -> None:
    """Attack: an administrator's quick help that stays for years."""
    with cluster.connect(full, MIGRATOR) as raw:
        raw.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC, intake")
        raw.execute("CREATE POLICY help ON deposits FOR SELECT TO intake USING (true)")
        raw.execute("ALTER TABLE deposits NO FORCE ROW LEVEL SECURITY")
    database.upgrade("drop", cluster.url(full, MIGRATOR))
    with cluster.connect(full, INTAKE) as raw:
        assert set(counts(raw).values()) == {0}
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute("SELECT count(*) FROM tally")


@pytest.mark.parametrize("role", [INTAKE, COLLECTOR])
def test_only_the_migrator_upgrades(cluster: Cluster, full: str, role: str) -> None:
    with pytest.raises(RolesMissing) as refused:
        database.upgrade("drop", cluster.url(full, role))
    assert refused.value.hint is not None


def test_a_database_of_another_order_or_owner_is_not_upgraded(cluster: Cluster) -> None:
    for made in ("OWNER migrator LC_COLLATE 'C.UTF-8'", "OWNER intake"):
        with cluster.connect() as raw:
            raw.execute(f"CREATE DATABASE other TEMPLATE template0 {made}".encode())
        with pytest.raises(RolesMissing, match="locale C"):
            database.upgrade("drop", cluster.url("other", MIGRATOR))
        engine = create_engine(cluster.url("other"))
        with engine.connect() as connection:
            tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert connection.execute(tables).scalar() == 0
        engine.dispose()
        cluster.drop("other")


def test_the_page_of_rights_is_what_the_table_says() -> None:
    assert (ROOT / "docs/rights.md").read_text() == reference.rights_page()
