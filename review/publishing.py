"""Tells the numbers of a quarter, once, when it is over and what comes late is in.

It is for a timer and not for a page: whoever could ask for numbers twice could subtract.
"""

import datetime
import hashlib

from sqlalchemy import Connection

from crypto import strict
from review.casework import statistics, told
from review.casework.numbers import Quarter, told_quarters
from review.store import entries
from review.store import told_quarters as store
from review.store.counted import counted
from review.store.entries import Entry
from review.store.told_quarters import Kept

_FOURTH = 4


def publish(
    connection: Connection, begun: datetime.date, today: datetime.date, headcount: int | None
) -> tuple[str, ...]:
    """Keep the numbers of every quarter that is over, settled and not told yet; their names.

    begun is the day since which the committee could be written to. With the fourth quarter goes the
    year's volume for each hundred people, if the headcount is known.
    """
    known = {kept.quarter for kept in store.listed(connection)}
    due = [
        quarter
        for quarter in told_quarters(begun, today)
        if told.quarter_name(quarter) not in known
    ]
    if due:
        cases = tuple(counted(connection))
        for quarter in due:
            _publish(connection, quarter, cases, today, headcount)
    return tuple(told.quarter_name(quarter) for quarter in due)


def _publish(
    connection: Connection,
    quarter: Quarter,
    cases: tuple[statistics.Counted, ...],
    today: datetime.date,
    headcount: int | None,
) -> None:
    report = statistics.report(cases, quarter, today)
    if report is None:
        raise ValueError("a settled quarter is over")
    volume = None
    if quarter.number == _FOURTH and headcount is not None:
        volume = statistics.volume(cases, quarter.year, headcount, today)
    document = strict.canonical(told.document(report, volume))
    digest = hashlib.sha256(document).hexdigest()
    name = told.quarter_name(quarter)
    kept = Kept(quarter=name, on=today, document=document.decode("ascii"), digest=digest)
    store.add(connection, kept)
    data = {"quarter": name, "document": digest}
    entries.record(connection, Entry(type="statistics.published", on=today, data=data))
