"""Everything that a database holds, for tests that ask whether anything changed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, MetaData, select

from review.store import schema
from review.store.database import reading

Rows = dict[str, list[tuple[Any, ...]]]


def rows(engine: Engine, metadata: MetaData = schema.book, without: Iterable[str] = ()) -> Rows:
    """Every row of every table, in an order of their own."""
    with reading(engine) as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name not in set(without)
        }


def entries(engine: Engine, kind: str) -> list[Any]:
    """The pending entries of a type."""
    table = schema.pending_entries
    with reading(engine) as connection:
        return list(connection.execute(select(table).where(table.c.type == kind)))
