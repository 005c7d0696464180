"""What is counted of each case for the numbers that everybody is told: coded values and days."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from review.casework.clocks import acknowledge_by, feedback_by
from review.casework.codes import Category, Channel, Outcome, Severity
from review.casework.statistics import Counted
from review.store.casework_schema import case_categories, case_outcomes, courses
from review.store.generations import kept_apart
from review.store.schema import cases, envelopes


def counted(connection: Connection) -> Iterator[Counted]:
    """Every case, in an order that says nothing.

    One that somebody is out of is marked, unless the others have released it: then it is no longer
    among those that are kept apart.
    """
    apart = kept_apart(connection)
    leading = _leading(connection)
    outcomes = _outcomes(connection)
    back = _came_back(connection)
    rows = connection.execute(
        select(cases.c.on, courses).join(courses, courses.c.case_id == cases.c.id)
        .order_by(cases.c.id)
    )  # fmt: skip
    for row in rows:
        yield Counted(
            received=row.on,
            category=leading.get(row.case_id, Category.OTH),
            severity=Severity(row.severity),
            channel=Channel(row.channel),
            closed=row.closed_on,
            outcomes=frozenset(outcomes[row.case_id]),
            acknowledge_by=acknowledge_by(row.on),
            acknowledged=row.acknowledged_on,
            feedback_by=feedback_by(row.on, row.acknowledged_on),
            fed_back=row.fed_back_on,
            came_back=row.case_id in back,
            is_drill=row.is_drill,
            has_excluded_reader=row.case_id in apart,
        )


def _leading(connection: Connection) -> dict[str, Category]:
    """What each case counts under: the first of its categories."""
    first = select(case_categories.c.case_id, case_categories.c.category)
    rows = connection.execute(first.where(case_categories.c.n == 0))
    return {row.case_id: Category(row.category) for row in rows}


def _outcomes(connection: Connection) -> defaultdict[str, set[Outcome]]:
    found: defaultdict[str, set[Outcome]] = defaultdict(set)
    for row in connection.execute(select(case_outcomes.c.case_id, case_outcomes.c.outcome)):
        found[row.case_id].add(Outcome(row.outcome))
    return found


def _came_back(connection: Connection) -> frozenset[str]:
    follow_ups = select(envelopes.c.case_id).where(envelopes.c.kind == "follow-up").distinct()
    return frozenset(connection.execute(follow_ups).scalars())
