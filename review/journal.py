"""What a reader's browser is told of a case's course, to check it and to sign what comes next."""

from typing import Any

from sqlalchemy import Connection

from crypto import strict
from crypto.roster import Roster
from review import stepping
from review.acting import Signer
from review.casework import guards
from review.casework.course import steps_from
from review.roles import Role
from review.store import acts, cases, courses
from review.store.acts import Signed
from review.store.cases import Case


def for_browser(
    connection: Connection, roster: Roster, case: Case, person_id: str
) -> dict[str, Any]:
    """The case's stage, its acts with their signatures, and what waits for more of them."""
    current, course = stepping.now(connection, roster, case)
    marks = courses.marks_of(connection, case.id)
    return {
        "stage": case.state.value,
        "severity": course.severity.value,
        "categories": [each.value for each in course.categories],
        "steps": [stepping.code(step) for step in steps_from(case.state)],
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


def _told(signed: Signed) -> dict[str, Any]:
    return {
        "act": signed.act.document.decode(),
        "signatures": [
            {"by": each.by, "signature": strict.to_b64(each.signature)}
            for each in signed.signatures
        ],
    }


def _missing(roster: Roster, current: guards.CaseNow, proposal: Signed) -> str:
    """Who has to sign besides, in a sentence; nothing for what is not a step of this module."""
    step = stepping.STEPS.get(proposal.act.act)
    if step is None:
        return ""
    signers = tuple(
        Signer(each.id, Role(each.role)) for each in roster.readers if each.id in proposal.signers
    )
    return stepping.missing(roster, current, proposal.act, signers) or ""
