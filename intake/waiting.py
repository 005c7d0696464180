"""What waits in the drop for its collector: deposits that are not in the book yet.

The collector reads here what a host wrote that may have been taken over. So a row is read for what
it is: one with a value of another type than its column's is handed on as odd, and raises nothing.
"""

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, case, delete, select, true, tuple_, type_coerce, update
from sqlalchemy.types import NullType

from intake.answered import keep_answer
from intake.deposits import Deposit
from intake.schema import deposits
from intake.uploads import remove_upload

_LEFT_OUT = ("once", "collected", "statement")
_READ = [column for column in deposits.c if column.name not in _LEFT_OUT]
# As SQLite hands it out, where a column's own reader would raise for whatever else is there.
_RAW = [type_coerce(column, NullType()).label(column.name) for column in _READ]
# PostgreSQL keeps each column's type. Its dates go further than ours, to infinity, and such a one
# is no day.
_KEPT = [column for column in _READ if column.name != "on"]
_TYPED = [
    *_KEPT,
    case((deposits.c.on.between(datetime.date.min, datetime.date.max), deposits.c.on)).label("on"),
]


# What its sender was given, and by what the same form is known again; read as it is.
_GIVEN = [
    type_coerce(column, NullType()).label(column.name)
    for column in (deposits.c.once, deposits.c.statement)
]


def waiting(
    connection: Connection, limit: int, after: tuple[str, int] | None = None
) -> list[Deposit]:
    """Up to limit deposits that nobody has collected, each submitter's in their own order.

    after is the mailbox id and n of a deposit, to go on behind it: a collector that cannot take
    some deposits must still reach the others.
    """
    place = tuple_(deposits.c.mailbox_id, deposits.c.n)
    read = _RAW if connection.dialect.name == "sqlite" else _TYPED
    rows = connection.execute(
        select(*read)
        .where(deposits.c.collected.is_(False), true() if after is None else place > after)
        .order_by(deposits.c.mailbox_id, deposits.c.n)
        .limit(limit)
    )
    return [_deposit(dict(row._mapping)) for row in rows]


def _deposit(values: dict[str, Any]) -> Deposit:
    on = _day(values["on"])
    if on is not None and all(_is_typed(column, values[column.name]) for column in _KEPT):
        return Deposit(**{**values, "on": on})
    return _odd(values)


def _is_typed(column: Column[Any], value: object) -> bool:
    if value is None:
        return bool(column.nullable)
    return type(value) is column.type.python_type


def _day(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _odd(values: dict[str, Any]) -> Deposit:
    """A deposit of which there is nothing to take in, at the place where its row stands."""
    name, envelope, nonce = values["id"], values["envelope"], values["nonce"]
    return Deposit(
        id=name if isinstance(name, str) else hashlib.sha256(repr(name).encode()).hexdigest()[:32],
        kind=values["kind"],
        mailbox_id=values["mailbox_id"],
        n=values["n"],
        on=datetime.date.min,
        roster=None,
        digest="",
        commitment="",
        envelope=envelope if isinstance(envelope, bytes) else str(envelope).encode(),
        grant=None,
        routing=None,
        case_recipient=None,
        upload_id=None,
        slices=0,
        nonce=nonce if isinstance(nonce, str) else None,
        odd=True,
    )


def collected(connection: Connection) -> list[str]:
    """The ids of the deposits that the book has had."""
    return list(connection.execute(select(deposits.c.id).where(deposits.c.collected)).scalars())


def leaving(
    connection: Connection, before: datetime.date, limit: int, after: str = ""
) -> list[str]:
    """Up to limit ids, greater than after, of collected deposits of days before the given one."""
    ids = (
        select(deposits.c.id)
        .where(deposits.c.collected, deposits.c.on < before, deposits.c.id > after)
        .order_by(deposits.c.id)
        .limit(limit)
    )
    return list(connection.execute(ids).scalars())


def remove_collected(connection: Connection, deposit_id: str) -> bool:
    """Take a collected deposit out of the drop, its files first, and say whether it is gone.

    If not, the caller goes on in another transaction. One that waits stays where it is.
    """
    asked = select(deposits.c.upload_id, deposits.c.mailbox_id, *_GIVEN)
    here = deposits.c.id == deposit_id
    row = connection.execute(asked.where(here, deposits.c.collected)).first()
    if row is None:
        return True
    if row.upload_id is not None and not remove_upload(connection, row.upload_id):
        return False
    # Its sender may not have had the answer, and send the same form again.
    keep_answer(connection, row.mailbox_id, row.once, row.statement)
    connection.execute(delete(deposits).where(deposits.c.id == deposit_id))
    return True


def wait_again(connection: Connection, ids: Iterable[str]) -> None:
    """Let the next collection find deposits that the book has lost."""
    for deposit_id in ids:
        connection.execute(
            update(deposits).where(deposits.c.id == deposit_id).values(collected=False)
        )


def mark_collected(connection: Connection, ids: Iterable[str]) -> None:
    """Hide deposits that are durably in the case book; again changes nothing."""
    for deposit_id in ids:
        connection.execute(
            update(deposits).where(deposits.c.id == deposit_id).values(collected=True)
        )
