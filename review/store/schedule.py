"""The schedule as the committee agreed it, and under which class and version each case is kept."""

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from review.casework.course import Stage
from review.casework.standing import Course
from review.retention import changing
from review.retention.changing import BUILT_IN, Line
from review.retention.schedule import DRILL_CLASS, ClassVersion, Schedule
from review.store import acts, courses
from review.store import cases as case_store
from review.store.acts import Signed
from review.store.cases import Case
from review.store.courses import MERGE
from review.store.retention_schema import kept_as
from review.store.signed import Proof, Unproven


@dataclass(frozen=True)
class Kept:
    """How a case is kept since it was closed: class and version, and the day its time runs from."""

    on: datetime.date
    record_class: str
    version: int


@dataclass(frozen=True)
class Followed:
    """Where a merged case leads: since when at the earliest it is kept, and as what.

    gone is the case that it went into, or one further on, where that is there no more.
    """

    since: datetime.date
    kept: Kept | None = None
    gone: str | None = None


def lines(connection: Connection, proof: Proof | None = None) -> list[Line]:
    """Every version that the committee has agreed on, by class and then in their order.

    With a proof, raises Unproven for one that two have not signed: without it a record might go
    sooner as well as later.
    """
    found = []
    for code in sorted(BUILT_IN):
        subject = changing.subject(code)
        done = [each for each in acts.done(connection, subject) if each.act.act == changing.ACT]
        if proof is not None and not all(_is_proven(proof, each, subject) for each in done):
            raise Unproven("a line of the schedule has not the signatures of two")
        found += [changing.read(subject, each.act.data) for each in done]
    return found


def _is_proven(proof: Proof, signed: Signed, subject: str) -> bool:
    roles = proof.roles(signed).values()
    signers = [each for each in roles if each in changing.SIGNING]
    return signed.act.subject == subject and len(signers) >= changing.SIGNERS


def current(connection: Connection, proof: Proof | None = None) -> Schedule:
    """The schedule with everything that the committee has agreed on. Raises as lines."""
    return changing.schedule(lines(connection, proof))


def version(connection: Connection, kept: Kept, proof: Proof | None = None) -> ClassVersion:
    """The version of its class that a case has kept, by which its days are counted.

    Raises as lines.
    """
    found = current(connection, proof).kept(kept.record_class, kept.version, kept.on)
    return BUILT_IN[kept.record_class].terms if found is None else found


def due(connection: Connection, case: Case) -> datetime.date | None:
    """The first day on which a case may be disposed of; None for one without a class, or open."""
    kept = of_case(connection, case)
    return None if kept is None else version(connection, kept).due(kept.on)


def keep(connection: Connection, case: Case, record_class: str | None, on: datetime.date) -> None:
    """Keep the class of a case that is over since a day, with the version in force that day.

    Without a class, the case went into another one and is kept as that is.
    """
    newest, line = _newest(connection, case.id), None
    if record_class is not None:
        line = changing.in_force(record_class, lines(connection), on)
    connection.execute(
        insert(kept_as).values(
            case_id=case.id,
            n=1 if newest is None else newest.n + 1,
            on=on,
            record_class=record_class,
            version=None if line is None else line.terms.version,
        )
    )


def keep_step(connection: Connection, case: Case, course: Course) -> None:
    """Keep how a case is kept that a step has just led to its end."""
    record_class = course.retention_class
    if course.is_drill:
        record_class = DRILL_CLASS
    elif course.stage is Stage.MERGED:
        record_class = None
    if course.closed_on is not None and (record_class or course.stage is Stage.MERGED):
        keep(connection, case, record_class, course.closed_on)


def of_case(connection: Connection, case: Case) -> Kept | None:
    """How a case is kept, or None for one that is open, or was closed without a class.

    A case that was merged goes with the one that it went into, and never runs from a day before the
    one on which it was merged.
    """
    return follow(connection, case).kept


def follow(connection: Connection, case: Case) -> Followed:
    """Where a case leads that was merged, by way of all those that it went into in turn."""
    seen: set[str] = set()
    since, found = datetime.date.min, case
    while found.id not in seen:
        seen.add(found.id)
        row = _newest(connection, found.id)
        if row is None or courses.of_case(connection, found).closed_on is None:
            break
        since = max(since, row.on)
        if row.record_class is not None:
            return Followed(since, Kept(since, row.record_class, row.version))
        lead = lead_of(connection, found)
        there = None if lead is None else case_store.case_by_id(connection, lead)
        if there is None:
            return Followed(since, gone=lead)
        found = there
    return Followed(since)


def is_over(connection: Connection, case: Case) -> bool:
    """Whether a case has ended, in whichever way, and was not opened again."""
    return courses.of_case(connection, case).closed_on is not None


def goes_with(connection: Connection, case: Case, other: str) -> bool:
    """Whether a case is the other one, or was merged into it, also by way of further cases."""
    seen: set[str] = set()
    found: Case | None = case
    while found is not None and found.id not in seen:
        seen.add(found.id)
        row = _newest(connection, found.id)
        is_over = courses.of_case(connection, found).closed_on is not None
        is_merged = is_over and row is not None and row.record_class is None
        lead = lead_of(connection, found) if is_merged else None
        found = None if lead is None else case_store.case_by_id(connection, lead)
    return other in seen


def lead_of(connection: Connection, case: Case) -> str | None:
    """The case that one went into last, whether it is there or not; None if it never did."""
    leads = [each.about for each in courses.marks_of(connection, case.id) if each.kind == MERGE]
    return leads[-1] if leads else None


def _newest(connection: Connection, case_id: str) -> Any:
    rows = select(kept_as).where(kept_as.c.case_id == case_id).order_by(kept_as.c.n.desc())
    return connection.execute(rows.limit(1)).first()
