"""The steps of a case. Every view is one POST, one transaction, one call to review.stepping.

204 says that the step was taken, 202 that others have to sign it too.
"""

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from review import generations, stepping
from review.acting import Outcome, Sent
from review.roles import Act
from review.stepping import Brought, Place
from review.store.database import writing
from review.web import sent
from review.web.cases import find_case
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("steps", __name__)
_STATE = "state_"
# Three envelopes of the largest size, and the act: a note, and a state for case and mailbox.
LARGEST = 384 * 1024


@routes.post("/cases/<case_id>/steps")
@allowed(Act.TAKE_STEP, LARGEST)
def step(case_id: str) -> Response:
    """Take a step in the case, or propose it to those who have to sign it too."""
    what = Sent(visitor().person.id, request.form.get("act", "").encode(), sent.signature())
    note = sent.message_if_any(to_mailbox=False)
    brought = Brought(note=note, state=sent.message_if_any(to_mailbox=True, prefix=_STATE))
    with writing(parts().book) as connection:
        outcome = stepping.take(connection, _place(connection, case_id), what, brought)
    return _answer(outcome)


@routes.post("/cases/<case_id>/proposals/<act_hash>")
@allowed(Act.TAKE_STEP)
def proposal(case_id: str, act_hash: str) -> Response:
    """Sign what somebody else has proposed, or end it."""
    by = visitor().person.id
    with writing(parts().book) as connection:
        place = _place(connection, case_id)
        if request.form.get("decline") == "1":
            stepping.withdraw(connection, place, act_hash, by)
            return Response(status=204)
        brought = Brought(state=sent.message_if_any(to_mailbox=True, prefix=_STATE))
        outcome = stepping.sign(connection, place, act_hash, by, sent.signature(), brought)
    return _answer(outcome)


def _place(connection: Connection, case_id: str) -> Place:
    case = find_case(connection, case_id)
    generations.check_key(connection, case, visitor().roster)
    return Place(
        roster=visitor().roster,
        case=case,
        key=parts().row_key(case.id),
        today=parts().today,
        clocks=parts().settings.clocks,
        drill_key=parts().settings.drill_key,
    )


def _answer(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)
