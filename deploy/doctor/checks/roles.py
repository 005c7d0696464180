"""Rights on PostgreSQL: what the server has granted is what deploy/rights.py says, and no more."""

from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text

from deploy import database, rights
from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here

_GRANTED = text(
    "SELECT table_name, grantee, privilege_type, column_name "
    "FROM information_schema.column_privileges WHERE table_schema = 'public' "
    "UNION SELECT table_name, grantee, privilege_type, NULL "
    "FROM information_schema.table_privileges WHERE table_schema = 'public'"
)
_HELD = text(
    "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
_POLICIES = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
_POWERFUL = text(
    "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolcreaterole OR rolcreatedb "
    "OR (rolbypassrls AND rolname NOT IN ('migrator', 'backup'))) "
    "AND rolname = ANY (:ours)"
)
_DO = "underrose database upgrade, as migrator, which grants everything anew"


def look(here: Here) -> Iterator[Finding]:
    """Compare the catalogues of all three databases."""
    urls = database.urls(here.environment)
    if not all(url.startswith("postgresql") for url in urls.values()):
        yield left_out("SQLite has no roles; who may open a file is looked at with its rights")
        return
    for name, url in sorted(urls.items()):
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                wrong = sorted({*_grants(name, connection), *_rows(name, connection)})
                ours = [rights.MIGRATOR, *rights.ROLES]
                for role in connection.execute(_POWERFUL, {"ours": ours}).scalars():
                    yield bad(
                        f"{role} may do anything on the server", "underrose database roles | psql"
                    )
        finally:
            engine.dispose()
        for each in wrong:
            yield bad(f"{name}: {each}", _DO)
        if not wrong:
            yield good(f"{name}: every role has its rights and no other")


def _grants(name: str, connection: Connection) -> Iterator[str]:
    """Every right that is there and should not be, or the other way round."""
    found = {tuple(row) for row in connection.execute(_GRANTED)}
    for table in sorted({row[0] for row in found} | set(rights.RIGHTS[name])):
        for role in rights.ROLES:
            wanted = {
                (right.verb, column)
                for right in rights.of(name, table, role)
                for column in (right.columns or (None,))
            }
            has = {(verb, column) for t, who, verb, column in found if (t, who) == (table, role)}
            whole = {verb for verb, column in has if column is None}
            # The server lists a right to a table once more for each of its columns.
            has = {(verb, column) for verb, column in has if column is None or verb not in whole}
            for verb, column in sorted(has ^ wanted, key=str):
                word = "has" if (verb, column) in has else "has not"
                of = f" of {column}" if column else ""
                yield f"{role} {word} {verb}{of} on {table}"
    if any(who == "PUBLIC" for _table, who, *_rest in found):
        yield "everybody has rights on some table"


def _rows(name: str, connection: Connection) -> Iterator[str]:
    if name not in rights.BY_ROW:
        return
    for table, is_held in connection.execute(_HELD):
        if table != "alembic_version" and not is_held:
            yield f"nobody is held to their own rows of {table}"
    there = {tuple(row) for row in connection.execute(_POLICIES)}
    wanted = {
        (table, f"{role}_{right.verb.lower()}")
        for table in rights.RIGHTS[name]
        if table != "alembic_version"
        for role in rights.ROLES
        for right in rights.of(name, table, role)
    }
    for table, policy in sorted(there ^ wanted):
        word = "should not be there" if (table, policy) in there else "is missing"
        yield f"the policy {policy} of {table} {word}"
