"""What cases do by themselves on their day: closed ones are watched for retaliation, then kept.

One transaction for each case, so that a job that was stopped goes on where it was, and a case that
somebody moves at that moment is left for the next run. Nobody's hand is in it: the entry has no
person, and the auditor's verifier computes from what people signed whether the day had come.
"""

import datetime

from sqlalchemy import Connection, Engine, select

from review.casework import guards, signed, standing, watching
from review.casework.course import Stage, Step, line
from review.casework.deadlines import ClockSettings
from review.casework.standing import Course
from review.errors import ActRefused
from review.store import courses, entries, inbox
from review.store.cases import Case, case_by_id
from review.store.database import reading, writing
from review.store.schema import cases


def move_on(book: Engine, today: datetime.date, clocks: ClockSettings) -> int:
    """Take every step that is due by itself; how many were taken. Again on a day, it takes none.

    clocks say what is awaited in a case afterwards, for its readers' lists, and nothing else.
    """
    wanted = sorted(stage.value for stage in watching.WAITING)
    query = select(cases.c.id).where(cases.c.state.in_(wanted)).order_by(cases.c.id)
    with reading(book) as connection:
        waiting = list(connection.execute(query).scalars())
    return sum(_move_on(book, case_id, today, clocks) for case_id in waiting)


def _move_on(book: Engine, case_id: str, today: datetime.date, clocks: ClockSettings) -> int:
    count = 0
    try:
        with writing(book) as connection:
            while _take_one(connection, case_id, today):
                count += 1
            if count:
                inbox.refresh(connection, case_id, clocks)
    except ActRefused:
        # Somebody has moved the case meanwhile; nothing of this was kept.
        return 0
    return count


def _take_one(connection: Connection, case_id: str, today: datetime.date) -> bool:
    """Take the case's next step, if one is due by itself."""
    case = case_by_id(connection, case_id)
    if case is None:
        return False
    course = courses.of_case(connection, case)
    step = watching.next_step(course, today)
    if step is None:
        return False
    found = line(case.state, step)
    if found is None or found.after is None:
        return False
    _take(connection, case, course, step, found.after, today)
    return True


def _take(
    connection: Connection, case: Case, course: Course, step: Step, after: Stage,
    today: datetime.date,
) -> None:  # fmt: skip
    courses.move(connection, case, standing.after(course, guards.Act(step, today), after))
    told = {"step": signed.code(step), "from": case.state.value, "to": after.value}
    entry = entries.Entry(type="case.moved-on", on=today, case_id=case.id, data=told)
    entries.record(connection, entry)
