"""Makes PostgreSQL hold everybody to deploy/rights.py.

The roles and the three databases are made by the server's administrator, from the statements that
`underrose database roles` prints: no program of ours is ever given an administrator's password.
Everything in the databases belongs to migrator, as whom they are upgraded.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from deploy import rights
from deploy.errors import RolesMissing
from deploy.rights import BACKUP, MIGRATOR, ROLES, Right

NAMED = "string_to_array(current_setting('underrose.lookup', true), ' ')"
_HINT = "run as the server's administrator: underrose database roles | psql"
# The server's own log would otherwise tell which id a refused row had, and when.
_QUIET = (
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
)
_DATABASES = {
    "drop": (rights.INTAKE, rights.COLLECTOR),
    "book": (rights.COLLECTOR, rights.REVIEW),
    "shred": (rights.COLLECTOR, rights.REVIEW),
}


def script() -> str:
    """What the server's administrator gives to psql: the roles, then the databases."""
    return "\n".join([*role_statements(), *_databases()]) + "\n"


def role_statements() -> Iterator[str]:
    """Make the roles, or make those that are there what they should be; again changes nothing."""
    for role in (MIGRATOR, *ROLES):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role}; END IF; END $$;"
        )
        sees_all = "BYPASSRLS" if role in (MIGRATOR, BACKUP) else "NOBYPASSRLS"
        yield (
            f"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {sees_all};"
        )
        yield from (f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in _QUIET)
    # How far each replica is, see review/replicas.py; the server shows it to nobody otherwise.
    yield f"GRANT pg_read_all_stats TO {rights.COLLECTOR};"


def _databases() -> Iterator[str]:
    for name, roles in _DATABASES.items():
        made = (
            f'CREATE DATABASE "{name}" OWNER {MIGRATOR} TEMPLATE template0 '
            "ENCODING ''UTF8'' LOCALE ''C''"
        )
        absent = f"NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')"
        yield f"SELECT '{made}' WHERE {absent}\\gexec"  # noqa: S608 - names of our own
        yield f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;'
        yield f'GRANT CONNECT ON DATABASE "{name}" TO {", ".join((*roles, BACKUP))};'


def become_migrator(connection: Connection) -> None:
    """Let the rest of the transaction act as migrator, in a database that is as it must be.

    Raises RolesMissing.
    """
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL ROLE {MIGRATOR}"))
    except DBAPIError:
        raise RolesMissing(f"the database cannot be upgraded as {MIGRATOR}", hint=_HINT) from None
    known = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    if missing := set(ROLES) - known:
        raise RolesMissing(f"the server has no role {', '.join(sorted(missing))}", hint=_HINT)
    found = connection.execute(
        text(
            "SELECT pg_encoding_to_char(encoding), datcollate, pg_get_userbyid(datdba) "
            "FROM pg_database WHERE datname = current_database()"
        )
    ).one()
    # Another order of texts would be another order of ids, and one that a system upgrade changes.
    if tuple(found) != ("UTF8", "C", MIGRATOR):
        raise RolesMissing(
            f"the database must be {MIGRATOR}'s, in UTF8 and of the locale C", hint=_HINT
        )
    connection.execute(text("SET LOCAL statement_timeout = 0"))


# The tables of a ledger are left out: its index is shuffled, and its order says nothing.
_TIDY = """CREATE OR REPLACE FUNCTION underrose_tidy(called text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ DECLARE its_key name; its_column name; BEGIN
SELECT i.relname, a.attname INTO its_key, its_column FROM pg_class t
JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE t.relname = called AND t.relnamespace = 'public'::regnamespace
AND t.relname <> ALL ('{ledger_entries,ledger_nodes,checkpoints,cosignatures}');
IF FOUND THEN
EXECUTE format('UPDATE public.%I SET %I = %I', called, its_column, its_column);
EXECUTE format('CLUSTER public.%I USING %I', called, its_key);
END IF; END $$"""


def grant(name: str, connection: Connection) -> None:
    """Give every role in a database what deploy/rights.py says, and nothing else.

    Raises KeyError for a table that it does not know: nobody has thought about who may read it.
    """
    roles = ", ".join(ROLES)
    for statement in (
        f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {roles}",
        f"GRANT USAGE ON SCHEMA public TO {roles}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {roles}",
    ):
        connection.execute(text(statement))
    # What owns the tables may write them anew, and this is all that the collector may have it do.
    connection.execute(text(_TIDY))
    connection.execute(text("REVOKE ALL ON FUNCTION underrose_tidy FROM PUBLIC"))
    connection.execute(text(f"GRANT EXECUTE ON FUNCTION underrose_tidy TO {rights.COLLECTOR}"))
    for table in sorted(inspect(connection).get_table_names()):
        for statement in _statements(name, table):
            connection.execute(text(statement))
        if name in rights.BY_ROW and table != "alembic_version":
            _hold_to_rows(name, table, connection)


def _statements(name: str, table: str) -> Iterator[str]:
    yield f'REVOKE ALL ON "{table}" FROM PUBLIC, {", ".join(ROLES)}'
    rights.RIGHTS[name][table]  # noqa: B018 - nobody may forget a table
    for role in ROLES:
        for right in rights.of(name, table, role):
            columns = ", ".join(f'"{column}"' for column in right.columns)
            only = f" ({columns})" if columns else ""
            yield f'GRANT {right.verb}{only} ON "{table}" TO {role}'


def _hold_to_rows(name: str, table: str, connection: Connection) -> None:
    there = text("SELECT policyname FROM pg_policies WHERE tablename = :table")
    for policy in connection.execute(there, {"table": table}).scalars().all():
        connection.execute(text(f'DROP POLICY "{policy}" ON "{table}"'))
    connection.execute(text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'))
    # Without it the owner's own statements, and whoever became the owner, would not be held.
    connection.execute(text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
    for role in ROLES:
        for right in rights.of(name, table, role):
            connection.execute(text(_policy(table, role, right)))


def _policy(table: str, role: str, right: Right) -> str:
    rows = " OR ".join(f'"{column}" = ANY ({NAMED})' for column in right.names) or "true"
    using = "" if right.verb == "INSERT" else f" USING ({rows})"
    check = f" WITH CHECK ({rows})" if right.verb in ("INSERT", "UPDATE") else ""
    called = f"{role}_{right.verb.lower()}"
    return f'CREATE POLICY {called} ON "{table}" FOR {right.verb} TO {role}{using}{check}'
