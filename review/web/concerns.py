"""Recording a concern that came by letter, by telephone or in person: the form, and what it sends.

The words are sealed in the member's browser; of the form only the envelopes arrive here.
"""

from flask import Blueprint, Response, render_template, request

from crypto import strict
from crypto.errors import Malformed
from review import concerns as service
from review.casework.codes import LABELS
from review.casework.recorded import CHANNELS
from review.concerns import Sent
from review.errors import MalformedForm
from review.roles import Act
from review.store import concerns, rosters
from review.store.concerns import Concern
from review.store.database import reading, writing
from review.web import sent
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("concerns", __name__)


@routes.get("/concern")
@allowed(Act.RECORD_CONCERN)
def page() -> str:
    """The form, and how many of this person's concerns wait to be taken in."""
    with reading(parts().book) as connection:
        waiting = concerns.waiting_of(connection, visitor().person.id)
        first = rosters.first_day(connection)
    return render_template(
        "concern.html",
        channels=[(each, LABELS[each]) for each in CHANNELS],
        waiting=waiting,
        first=first,
    )


@routes.post("/cases")
@allowed(Act.RECORD_CONCERN)
def record() -> Response:
    """Put a concern down for the next collection."""
    what = Sent(_concern(), _key())
    with writing(parts().book) as connection:
        service.record(connection, visitor().roster, what, parts().today)
    return Response(status=204)


def _concern() -> Concern:
    form = request.form
    return Concern(
        id=form.get("id", ""),
        by=visitor().person.id,
        act=form.get("act", "").encode(),
        signature=sent.signature(),
        mailbox_id=sent.digest("mailbox_id"),
        mailbox=form.get("mailbox", ""),
        case_recipient=form.get("case", ""),
        case_signature=form.get("case_signature", ""),
        envelope=sent.file("envelope"),
        grant=sent.file("grant"),
        routing=sent.file("routing"),
    )


def _key() -> bytes:
    try:
        return strict.b64(request.form.get("submitter_key", ""))
    except Malformed:
        raise MalformedForm("the key is not base64") from None
