"""The numbers of quarters as they were told, which never change."""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from review.store.outward_schema import told_quarters


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was told of a quarter, on which day, and the SHA-256 that the ledger has of it."""

    quarter: str
    on: datetime.date
    document: str
    digest: str


def add(connection: Connection, kept: Kept) -> None:
    """Keep what is told of a quarter of which nothing was told."""
    connection.execute(insert(told_quarters).values(**vars(kept)))


def listed(connection: Connection) -> list[Kept]:
    """Every quarter that was told, the newest first."""
    rows = connection.execute(select(told_quarters).order_by(told_quarters.c.quarter.desc()))
    return [Kept(**row._mapping) for row in rows]
