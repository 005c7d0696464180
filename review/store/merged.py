"""How a case is kept that went into another one, also when that one has been disposed of."""

from sqlalchemy import Connection

from review.store import dispositions, schedule
from review.store.cases import Case
from review.store.schedule import Kept


def kept_of(connection: Connection, case: Case) -> Kept | None:
    """Class, version and trigger of a case, or None for one that is open or without a class.

    One that was merged is kept as the case it went into, which is there or has gone before it, and
    its time runs from no day before the one on which it was merged.
    """
    found = schedule.follow(connection, case)
    line = None if found.gone is None else dispositions.stub_of(connection, found.gone)
    if line is None:
        return found.kept
    triggered, record_class, version = line
    return Kept(max(triggered, found.since), record_class, version)
