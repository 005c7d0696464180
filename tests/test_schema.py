"""The migrations make the very tables that the programs were written for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from deploy import database
from deploy.rights import MIGRATOR
from intake import schema as intake_schema
from review.store import schema as review_schema
from tests.stores import Stores

METADATA = {
    "drop": intake_schema.metadata,
    "book": review_schema.book,
    "shred": review_schema.shred,
}
VERSIONS = {
    "drop": intake_schema.VERSION,
    "book": review_schema.BOOK_VERSION,
    "shred": review_schema.SHRED_VERSION,
}


def catalogue(engine: Engine) -> dict[str, dict[str, Any]]:
    """All that a database says about its own tables, in an order that does not depend on it."""
    found = inspect(engine)
    return {
        table: {
            "columns": [
                {**column, "type": str(column["type"])} for column in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table),
            "uniques": in_order(found.get_unique_constraints(table)),
            "indexes": in_order(found.get_indexes(table)),
            "foreign keys": in_order(found.get_foreign_keys(table)),
            "checks": in_order(found.get_check_constraints(table)),
            "options": found.get_table_options(table),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """SELECT tgname AS name, pg_get_triggerdef(t.oid) || prosrc || prosecdef AS sql
        FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal""",
}


def triggers(engine: Engine) -> dict[str, str]:
    """What the database refuses or does by itself, as it was told."""
    found = text(_TRIGGERS[engine.dialect.name])
    with engine.connect() as connection:
        return {row.name: row.sql for row in connection.execute(found)}


def in_order(rows: Any) -> list[str]:
    return sorted(repr(sorted({**row, **_options(row)}.items())) for row in rows)


def _options(row: Any) -> dict[str, Any]:
    """What an index is of besides its columns, in the database's own words."""
    given = row.get("dialect_options", {})
    return {"dialect_options": {name: str(told) for name, told in sorted(given.items())}}


def created(name: str, stores: Stores, path: Path) -> Engine:
    """A database that the programs' own tables were made in, without migrations."""
    url = f"sqlite:///{path}"
    if stores.cluster is not None:
        url = stores.cluster.url(stores.cluster.empty(), MIGRATOR)
    engine = create_engine(url)
    METADATA[name].create_all(engine)
    return engine


@pytest.mark.stores
@pytest.mark.parametrize("name", database.NAMES)
def test_migrations_and_metadata_make_the_same_tables(
    name: str, tmp_path: Path, stores: Stores
) -> None:
    migrated = create_engine(stores.make(tmp_path, name))
    made = created(name, stores, tmp_path / "created.db")
    assert catalogue(migrated) == catalogue(made)
    assert catalogue(migrated) != {}
    assert triggers(migrated) == triggers(made)
    assert bool(triggers(migrated)) == (name != "shred")
    migrated.dispose()
    made.dispose()
    if stores.cluster is not None:
        stores.cluster.drop(str(made.url.database))


@pytest.mark.parametrize("name", database.NAMES)
def test_the_program_is_built_for_the_newest_migration(name: str) -> None:
    assert VERSIONS[name] == database.head(name)
