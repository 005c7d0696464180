"""What is counted of each case for the numbers that everybody is told: coded values and days."""

from collections.abc import Iterator

from sqlalchemy import Connection

from review.casework.clocks import acknowledge_by
from review.casework.statistics import Counted
from review.store import cases


def counted(connection: Connection) -> Iterator[Counted]:
    """Every case, in an order that says nothing."""
    for case in cases.days_of_all(connection):
        yield Counted(
            received=case.on,
            acknowledge_by=acknowledge_by(case.on),
            acknowledged=case.acknowledged_on,
            has_excluded_reader=case.excludes_somebody,
        )
