"""How a case is kept that went into another one, also when that one has been disposed of."""

from sqlalchemy import Connection

from review.store import dispositions, schedule
from review.store.cases import Case
from review.store.courses import MERGE, marks_of
from review.store.schedule import Kept


def kept_of(connection: Connection, case: Case) -> Kept | None:
    """Class, version and trigger of a case, or None for one that is open or without a class.

    One that was merged is kept as the case it went into, which is there or has gone before it.
    """
    kept = schedule.of_case(connection, case)
    if kept is not None:
        return kept
    leads = [each.about for each in marks_of(connection, case.id) if each.kind == MERGE]
    line = None if not leads or leads[-1] is None else dispositions.stub_of(connection, leads[-1])
    return None if line is None else Kept(*line)
