"""Where each case stands in its course: coded values and days, kept beside the case's acts."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from review.casework.codes import Category, Channel, Measure, Outcome, Severity
from review.casework.standing import Course
from review.store import cases as case_store
from review.store.cases import Case
from review.store.casework_schema import case_categories, case_marks, case_outcomes, courses
from review.store.generations_schema import recusals
from review.store.schema import case_exclusions, case_readers, envelopes

LINK, MERGE, CHECK, DETRIMENT, RETRACTED = "link", "merge", "check", "detriment", "retracted"
_PLAIN = (
    *("officer", "in_scope", "hold_needed", "is_drill", "investigator", "watcher", "recipient"),
    *("remedy", "retention_class", "opened_on", "acknowledged_on", "triaged_on", "classified_on"),
    *("escalated_on", "asked_on", "fed_back_on", "closed_on"),
)


@dataclass(frozen=True)
class Mark:
    """Something that happened in a case besides its steps from stage to stage."""

    kind: str
    about: str | None
    on: datetime.date
    by: str


def of_case(connection: Connection, case: Case) -> Course:
    """The course of a case as it stands."""
    row = connection.execute(select(courses).where(courses.c.case_id == case.id)).one()
    marks = marks_of(connection, case.id)
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Course(
        received_on=case.on,
        stage=case.state,
        channel=Channel(row.channel),
        severity=Severity(row.severity),
        categories=categories_of(connection, case.id),
        outcomes=_outcomes(connection, case.id),
        measure=None if row.measure is None else Measure(row.measure),
        checks=tuple(each.on for each in marks if each.kind == CHECK),
        detriments=tuple(each.on for each in marks if each.kind == DETRIMENT),
        **plain,
    )


def move(connection: Connection, case: Case, after: Course) -> None:
    """Keep the course after a step, and the stage with the case.

    Raises ActRefused if somebody else has moved the case. Checks and detriments are marks, which
    the caller adds.
    """
    if after.stage is not case.state:
        case_store.set_state(connection, case, after.stage)
    values: dict[str, Any] = {name: getattr(after, name) for name in _PLAIN}
    values["severity"] = after.severity.value
    values["outcome"] = None if after.outcome is None else after.outcome.value
    values["measure"] = None if after.measure is None else after.measure.value
    connection.execute(update(courses).where(courses.c.case_id == case.id).values(**values))
    if categories_of(connection, case.id) != after.categories:
        _replace(
            connection,
            case_categories,
            case.id,
            ({"n": n, "category": each.value} for n, each in enumerate(after.categories)),
        )
    if _outcomes(connection, case.id) != dict(after.outcomes):
        _replace(
            connection,
            case_outcomes,
            case.id,
            ({"subject": name, "outcome": each.value} for name, each in after.outcomes.items()),
        )


def mark(connection: Connection, case_id: str, found: Mark) -> None:
    """Keep something that happened in the case."""
    newest = select(func.max(case_marks.c.n)).where(case_marks.c.case_id == case_id)
    n = (connection.execute(newest).scalar() or 0) + 1
    connection.execute(
        insert(case_marks).values(
            case_id=case_id, n=n, kind=found.kind, about=found.about, on=found.on, by=found.by
        )
    )


def marks_of(connection: Connection, case_id: str) -> list[Mark]:
    """What happened in the case, in its order."""
    rows = connection.execute(
        select(case_marks).where(case_marks.c.case_id == case_id).order_by(case_marks.c.n)
    )
    return [Mark(row.kind, row.about, row.on, row.by) for row in rows]


def answered_on(connection: Connection, case_id: str) -> datetime.date | None:
    """The day of the submitter's newest follow-up, if there is one."""
    found = select(func.max(envelopes.c.on)).where(
        envelopes.c.case_id == case_id, envelopes.c.kind == "follow-up"
    )
    day: datetime.date | None = connection.execute(found).scalar()
    return day


def may_know(connection: Connection, case_id: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who may be shown the case, and who is concerned by it and so may not."""
    readers = select(case_readers.c.person_id).where(case_readers.c.case_id == case_id)
    excluded = select(case_exclusions.c.person_id).where(case_exclusions.c.case_id == case_id)
    left = select(recusals.c.person_id).where(recusals.c.case_id == case_id)
    out = frozenset(connection.execute(excluded.union(left)).scalars())
    return frozenset(connection.execute(readers).scalars()) - out, out


def categories_of(connection: Connection, case_id: str) -> tuple[Category, ...]:
    """What the case is about, so far as it was said; the first is the one that it counts under."""
    found = (
        select(case_categories.c.category)
        .where(case_categories.c.case_id == case_id)
        .order_by(case_categories.c.n)
    )
    return tuple(map(Category, connection.execute(found).scalars()))


def _outcomes(connection: Connection, case_id: str) -> dict[str, Outcome]:
    found = select(case_outcomes).where(case_outcomes.c.case_id == case_id)
    return {row.subject: Outcome(row.outcome) for row in connection.execute(found)}


def _replace(
    connection: Connection, table: Any, case_id: str, rows: Iterable[dict[str, object]]
) -> None:
    connection.execute(delete(table).where(table.c.case_id == case_id))
    for row in rows:
        connection.execute(insert(table).values(case_id=case_id, **row))
