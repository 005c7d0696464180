"""Deposits that could not be taken in: their ids, the day, and why, as a code.

A deposit that is listed here is not tried again until somebody has looked at it. It stays in the
drop all the while; nothing is lost by being listed.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from review.errors import SetAside
from review.store.schema import set_aside


@dataclass(frozen=True)
class Kept:
    """A deposit that is set aside since a day, for a reason of SetAside.REASONS."""

    deposit_id: str
    on: datetime.date
    reason: str

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return SetAside.REASONS[self.reason]


def keep(connection: Connection, deposit_id: str, on: datetime.date, reason: str) -> None:
    """List a deposit that is not listed yet."""
    connection.execute(insert(set_aside).values(deposit_id=deposit_id, on=on, reason=reason))


def listed(connection: Connection) -> list[Kept]:
    """Every deposit that is set aside, by day and then by id, which says nothing."""
    rows = connection.execute(select(set_aside).order_by(set_aside.c.on, set_aside.c.deposit_id))
    return [Kept(row.deposit_id, row.on, row.reason) for row in rows]


def ids(connection: Connection) -> frozenset[str]:
    """Every deposit that is set aside, by its id."""
    return frozenset(connection.execute(select(set_aside.c.deposit_id)).scalars())


def forget(connection: Connection, deposit_ids: Collection[str]) -> None:
    """Let the next collection try these deposits again."""
    connection.execute(delete(set_aside).where(set_aside.c.deposit_id.in_(deposit_ids)))
