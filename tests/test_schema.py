"""The migrations make the very tables that the programs were written for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, inspect, text

from deploy import database
from intake import schema as intake_schema
from review.store import schema as review_schema

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


def triggers(engine: Engine) -> dict[str, str]:
    """What the database refuses or does by itself, as it was told."""
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    with engine.connect() as connection:
        return {row.name: row.sql for row in connection.execute(found)}


def in_order(rows: Any) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def made_from(metadata: MetaData, path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    return engine


@pytest.mark.parametrize("name", database.NAMES)
def test_migrations_and_metadata_make_the_same_tables(name: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    database.upgrade(name, url)
    migrated = create_engine(url)
    created = made_from(METADATA[name], tmp_path / "created.db")
    assert catalogue(migrated) == catalogue(created)
    assert catalogue(migrated) != {}
    assert triggers(migrated) == triggers(created)
    migrated.dispose()
    created.dispose()


@pytest.mark.parametrize("name", database.NAMES)
def test_the_program_is_built_for_the_newest_migration(name: str) -> None:
    assert VERSIONS[name] == database.head(name)
