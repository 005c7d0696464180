"""The tally in the drop: one value for each deposit, added in the deposit's own transaction.

It only grows, and a day that is over is closed: filled up, signed and kept as one document. So a
collector that dropped a deposit would leave a value behind that no entry of the ledger explains.
"""

import datetime
import secrets
from collections.abc import Callable

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    String,
    and_,
    bindparam,
    func,
    insert,
    not_,
    select,
    type_coerce,
    update,
)

from crypto import tally as days
from intake.errors import TooManyDays
from intake.notary import Notary
from intake.schema import deposits, tally, tally_days

# Whoever closes more at once has a clock that is ahead, or must say that it is not. What is closed
# cannot be opened again, so every deposit after would have a day to come.
MOST_DAYS = 7
# Not even whoever says so closes more.
MOST_DAYS_TOLD = 1000
# No clock is this far behind: a day that is closed so far ahead was closed by mistake, or by
# somebody who wrote it into the drop.
_BELIEVED = datetime.timedelta(days=366)

Entropy = Callable[[int], bytes]
_DAY = datetime.timedelta(days=1)
# Whoever writes to the drop otherwise can put anything there, and must not stop what comes after.
_PROPER_ON_SQLITE = and_(
    func.typeof(tally_days.c.on) == "text",
    func.coalesce(func.date(tally_days.c.on, type_=String), "")
    == type_coerce(tally_days.c.on, String),
    func.typeof(tally_days.c.document) == "blob",
)
# PostgreSQL keeps each column's type. Its dates go further than ours, to infinity.
_PROPER = tally_days.c.on.between(datetime.date.min, datetime.date.max)

# Asked and written with every deposit, so put together once.
_ADD = insert(tally)
_LAST_CLOSED = {
    on_sqlite: select(func.max(tally_days.c.on)).where(
        proper, tally_days.c.on <= bindparam("believed", type_=Date)
    )
    for on_sqlite, proper in ((True, _PROPER_ON_SQLITE), (False, _PROPER))
}


def _proper(connection: Connection) -> ColumnElement[bool]:
    """What holds for the rows of closed days that a closing of ours can have written."""
    return _PROPER_ON_SQLITE if connection.dialect.name == "sqlite" else _PROPER


def deposit_day(connection: Connection, today: datetime.date) -> datetime.date:
    """The day of a deposit that comes in now: today, but never one that is closed already.

    A clock that was set back must not put a deposit where nobody counts any more.
    """
    closed = _last_closed(connection, today)
    return today if closed is None else max(today, closed + _DAY)


def count(connection: Connection, value: str, on: datetime.date) -> None:
    """Add the value of a deposit to the tally of its day."""
    connection.execute(_ADD, {"value": value, "on": on})


def close_days(
    connection: Connection,
    today: datetime.date,
    notary: Notary,
    entropy: Entropy = secrets.token_bytes,
    *,
    most: int = MOST_DAYS,
) -> list[datetime.date]:
    """Close every day before today that is open, quiet ones too, and return them in order.

    Again changes nothing. The first day ever closed is yesterday or before, whether or not
    something came on it, so that it does not show when the first deposit did. Raises TooManyDays
    before anything is closed.
    """
    closed = []
    day = _first_open(connection, today)
    if (today - day).days > most:
        raise TooManyDays(f"more than {most} days are open, the first of them {day}")
    while day < today:
        if not _is_closed(connection, day):
            _close(connection, day, notary, entropy)
            closed.append(day)
        day += _DAY
    return closed


def _is_closed(connection: Connection, day: datetime.date) -> bool:
    there = select(func.count()).where(tally_days.c.on == day)
    return connection.execute(there).scalar_one() > 0


def _close(connection: Connection, day: datetime.date, notary: Notary, entropy: Entropy) -> None:
    found = connection.execute(select(tally.c.value).where(tally.c.on == day))
    values = set(found.scalars())
    key = entropy(days.KEY_SIZE)
    document = notary.close(day, values, key)
    for value in days.pads(len(values), key):
        count(connection, value, day)
    connection.execute(insert(tally_days).values(on=day, document=document, collected=False))


def _first_open(connection: Connection, today: datetime.date) -> datetime.date:
    closed = _last_closed(connection, today)
    if closed is not None:
        return closed + _DAY
    first = connection.execute(select(func.min(tally.c.on))).scalar()
    # What came before there was a tally is in none, so no day with such deposits but the first
    # of all may be closed as if it were.
    uncounted = select(func.max(deposits.c.on)).where(deposits.c.nonce.is_(None))
    begun = max(today - _DAY, connection.execute(uncounted).scalar() or datetime.date.min)
    return begun if first is None else min(first, begun)


def _last_closed(connection: Connection, today: datetime.date) -> datetime.date | None:
    found = _LAST_CLOSED[connection.dialect.name == "sqlite"]
    return connection.execute(found, {"believed": today + _BELIEVED}).scalar()


def closed_days(connection: Connection) -> list[tuple[datetime.date, bytes]]:
    """The closed days that nobody has collected, in order, each with its signed document."""
    rows = connection.execute(
        select(tally_days.c.on, tally_days.c.document)
        .where(tally_days.c.collected.is_(False), _proper(connection))
        .order_by(tally_days.c.on)
    )
    return [(row.on, row.document) for row in rows]


def odd_days(connection: Connection) -> int:
    """How many rows there are that no closing of ours has written."""
    found = select(func.count()).select_from(tally_days).where(not_(_proper(connection)))
    return connection.execute(found).scalar_one()


def collected_days(connection: Connection) -> list[datetime.date]:
    """The closed days that the book has had."""
    found = select(tally_days.c.on).where(tally_days.c.collected, _proper(connection))
    return list(connection.execute(found).scalars())


def day_waits_again(connection: Connection, day: datetime.date) -> None:
    """Let the next collection find a closed day that the book has lost."""
    connection.execute(update(tally_days).where(tally_days.c.on == day).values(collected=False))


def mark_day_collected(connection: Connection, day: datetime.date) -> None:
    """Note that a closed day is durably in the case book; again changes nothing."""
    connection.execute(
        update(tally_days)
        .where(tally_days.c.on == day, tally_days.c.collected.is_(False))
        .values(collected=True)
    )
