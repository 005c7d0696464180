"""What a reader's browser is told of a case's course, to check it and to sign what comes next."""

import datetime
from typing import Any

from sqlalchemy import Connection

from crypto import strict
from crypto.roster import Roster
from review import stepping
from review.acting import Signer
from review.casework import awaited, guards, signed
from review.casework.checklist import Item, checklist
from review.casework.course import steps_from
from review.casework.deadlines import ClockSettings
from review.roles import Role
from review.store import acts, cases, courses
from review.store.acts import Signed
from review.store.cases import Case


def for_browser(
    connection: Connection, roster: Roster, case: Case, person_id: str, today: datetime.date,
    clocks: ClockSettings,
) -> dict[str, Any]:  # fmt: skip
    """The case's stage, its acts with their signatures, and what waits for more of them.

    next_on is the day by which the submitter is to hear next, for the message that tells a state.
    """
    current, course = stepping.now(connection, roster, case)
    answered = courses.answered_on(connection, case.id)
    next_on = awaited.next_news(course, clocks, today, answered)
    marks = courses.marks_of(connection, case.id)
    return {
        "stage": case.state.value,
        "severity": course.severity.value,
        "channel": course.channel.value,
        "categories": [each.value for each in course.categories],
        "steps": [signed.code(step) for step in steps_from(case.state)],
        "next_on": None if next_on is None else next_on.isoformat(),
        "previous": acts.newest(connection, case.id),
        "acts": [_told(each) for each in acts.done(connection, case.id)],
        "proposals": [
            {**_told(each), "hash": each.act.hash, "missing": _missing(roster, current, each)}
            for each in acts.proposals(connection, [case.id])
        ],
        "retracted": [int(each.about or 0) for each in marks if each.kind == courses.RETRACTED],
        # A case that somebody else linked may be one that this reader may not know of.
        "links": [
            {"kind": each.kind, "case": each.about}
            for each in marks
            if each.kind in (courses.LINK, courses.MERGE)
            and each.about is not None
            and cases.visible_case(connection, each.about, person_id) is not None
        ],
    }


def due(
    connection: Connection, roster: Roster, case: Case, viewer: Signer, today: datetime.date,
    clocks: ClockSettings,
) -> tuple[Item, ...]:  # fmt: skip
    """What is due in the case for somebody: what to do, by when, why, and who can."""
    current, course = stepping.now(connection, roster, case)
    days = awaited.history(course, courses.answered_on(connection, case.id))
    person = guards.Signer(viewer.person, viewer.role)
    return checklist(current, days, person, today, live_readers=current.may_know, settings=clocks)


def _told(one: Signed) -> dict[str, Any]:
    return {
        "act": one.act.document.decode(),
        "signatures": [
            {"by": each.by, "signature": strict.to_b64(each.signature)} for each in one.signatures
        ],
    }


def _missing(roster: Roster, current: guards.CaseNow, proposal: Signed) -> str:
    """Who has to sign besides, in a sentence; nothing for what is not a step of this module."""
    step = signed.STEPS.get(proposal.act.act)
    if step is None:
        return ""
    signers = tuple(
        Signer(each.id, Role(each.role)) for each in roster.readers if each.id in proposal.signers
    )
    return stepping.missing(roster, current, proposal.act, signers) or ""
