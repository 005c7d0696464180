"""The tally in the drop: one value for each deposit, added in the deposit's own transaction.

It only grows, and a day that is over is closed: filled up, signed and kept as one document. So a
collector that dropped a deposit would leave a value behind that no entry of the ledger explains.
"""

import datetime
import secrets
from collections.abc import Callable

from sqlalchemy import Connection, func, insert, select, update

from crypto import tally as days
from intake.errors import TooManyDays
from intake.notary import Notary
from intake.schema import deposits, tally, tally_days

# Whoever closes more at once has a clock that is years ahead, or must say that it is not.
MOST_DAYS = 1000

Entropy = Callable[[int], bytes]
_DAY = datetime.timedelta(days=1)


def deposit_day(connection: Connection, today: datetime.date) -> datetime.date:
    """The day of a deposit that comes in now: today, but never one that is closed already.

    A clock that was set back must not put a deposit where nobody counts any more.
    """
    closed = _last_closed(connection)
    return today if closed is None else max(today, closed + _DAY)


def count(connection: Connection, value: str, on: datetime.date) -> None:
    """Add the value of a deposit to the tally of its day."""
    connection.execute(insert(tally).values(value=value, on=on))


def close_days(
    connection: Connection,
    today: datetime.date,
    notary: Notary,
    entropy: Entropy = secrets.token_bytes,
) -> list[datetime.date]:
    """Close every day before today that is open, quiet ones too, and return them in order.

    Again changes nothing. The first day ever closed is yesterday or before, whether or not
    something came on it, so that it does not show when the first deposit did. Raises TooManyDays
    before anything is closed.
    """
    closed = []
    day = _first_open(connection, today)
    if (today - day).days > MOST_DAYS:
        raise TooManyDays(f"more than {MOST_DAYS} days are open, the first of them {day}")
    while day < today:
        _close(connection, day, notary, entropy)
        closed.append(day)
        day += _DAY
    return closed


def _close(connection: Connection, day: datetime.date, notary: Notary, entropy: Entropy) -> None:
    found = connection.execute(select(tally.c.value).where(tally.c.on == day))
    values = set(found.scalars())
    key = entropy(days.KEY_SIZE)
    document = notary.close(day, values, key)
    for value in days.pads(len(values), key):
        count(connection, value, day)
    connection.execute(insert(tally_days).values(on=day, document=document, collected=False))


def _first_open(connection: Connection, today: datetime.date) -> datetime.date:
    closed = _last_closed(connection)
    if closed is not None:
        return closed + _DAY
    first = connection.execute(select(func.min(tally.c.on))).scalar()
    # What came before there was a tally is in none, so no day with such deposits but the first
    # of all may be closed as if it were.
    uncounted = select(func.max(deposits.c.on)).where(deposits.c.nonce.is_(None))
    begun = max(today - _DAY, connection.execute(uncounted).scalar() or datetime.date.min)
    return begun if first is None else min(first, begun)


def _last_closed(connection: Connection) -> datetime.date | None:
    return connection.execute(select(func.max(tally_days.c.on))).scalar()


def closed_days(connection: Connection) -> list[tuple[datetime.date, bytes]]:
    """The closed days that nobody has collected, in order, each with its signed document."""
    rows = connection.execute(
        select(tally_days.c.on, tally_days.c.document)
        .where(tally_days.c.collected.is_(False))
        .order_by(tally_days.c.on)
    )
    return [(row.on, row.document) for row in rows]


def mark_day_collected(connection: Connection, day: datetime.date) -> None:
    """Note that a closed day is durably in the case book; again changes nothing."""
    connection.execute(
        update(tally_days)
        .where(tally_days.c.on == day, tally_days.c.collected.is_(False))
        .values(collected=True)
    )
