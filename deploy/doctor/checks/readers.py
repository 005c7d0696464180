"""Readers: with fewer than two for a case, one loss or one excuse leaves nobody who can act."""

from collections.abc import Iterator

from sqlalchemy import func, select

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here
from review.store.schema import case_readers, cases, people

LEAST = 2


def look(here: Here) -> Iterator[Finding]:
    """Count those who can still sign in, case by case; no case is named."""
    able = (
        select(case_readers.c.case_id, func.count(people.c.id).label("readers"))
        .join(people, (people.c.id == case_readers.c.person_id) & people.c.active.is_(True))
        .group_by(case_readers.c.case_id)
        .subquery()
    )
    counted = func.coalesce(able.c.readers, 0)
    few = (
        select(func.count())
        .select_from(cases.outerjoin(able, able.c.case_id == cases.c.id))
        .where(counted < LEAST)
    )
    with here.book() as book:
        number = book.execute(few).scalar_one()
    if number:
        yield bad(
            f"of {number} cases fewer than {LEAST} readers can sign in",
            "tell the chair: share those cases with another reader, or let somebody enrol again",
        )
    else:
        yield good(f"every case has at least {LEAST} readers who can sign in")
