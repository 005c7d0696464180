"""The retention schedule: what it says, and what the committee signs to change it."""

from flask import Blueprint, Response, render_template, request

from review import scheduling as service
from review.acting import Outcome, Sent
from review.retention.changing import LABELS, SIGNING, Basis, Jurisdiction
from review.roles import Act
from review.store.database import reading, writing
from review.web import sent
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("schedule", __name__)


@routes.get("/schedule")
@allowed(Act.SEE_SCHEDULE)
def page() -> str:
    """Every class of the schedule, what is proposed, and for those who sign the form."""
    with reading(parts().book) as connection:
        shown = service.shown(connection, parts().today)
    return render_template(
        "schedule.html",
        shown=shown,
        said=LABELS,
        bases=tuple(Basis),
        jurisdictions=tuple(Jurisdiction),
        signs=visitor().may(Act.CHANGE_SCHEDULE) and visitor().role in SIGNING,
    )


@routes.post("/schedule/proposals")
@allowed(Act.CHANGE_SCHEDULE)
def propose() -> Response:
    """Keep a change that the visitor has signed for."""
    act = request.form.get("act", "").encode()
    what = Sent(visitor().person.id, act, sent.signature())
    with writing(parts().book) as connection:
        outcome = service.propose(connection, visitor().roster, what, parts().today)
    return _told(outcome)


@routes.post("/schedule/proposals/<act_hash>")
@allowed(Act.CHANGE_SCHEDULE)
def sign(act_hash: str) -> Response:
    """Keep the visitor's signature for what another has proposed."""
    by, roster, signature = visitor().person.id, visitor().roster, sent.signature()
    with writing(parts().book) as connection:
        outcome = service.sign(connection, roster, act_hash, by, signature, parts().today)
    return _told(outcome)


@routes.post("/schedule/proposals/<act_hash>/decline")
@allowed(Act.CHANGE_SCHEDULE)
def decline(act_hash: str) -> Response:
    """End what another, or the visitor, has proposed."""
    with writing(parts().book) as connection:
        service.decline(connection, act_hash, visitor().person.id, parts().today)
    return Response(status=204)


def _told(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)
