"""Lost passkeys: where two of the committee agree that a third gets a new way in."""

from flask import Blueprint, Response, render_template, request

from crypto import strict
from crypto.errors import Malformed
from review import recovering
from review.acting import Sent
from review.errors import MalformedForm
from review.roles import Act
from review.store.database import reading, writing
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("recoveries", __name__)


@routes.get("/recoveries")
@allowed(Act.SEE_RECOVERIES)
def page() -> str:
    """Who has lost every way in."""
    with reading(parts().book) as connection:
        asked = recovering.questions(connection, visitor().person.id)
    return render_template("recoveries.html", questions=asked)


@routes.post("/recoveries/<person_id>")
@allowed(Act.AGREE_RECOVERY)
def agree(person_id: str) -> Response:
    """Keep the visitor's signature: 204 when two have signed, 202 when another must."""
    who = visitor()
    sent = Sent(who.person.id, request.form.get("act", "").encode(), _signature())
    with writing(parts().book) as connection:
        done = recovering.agree(connection, who.roster, person_id, sent, parts().today)
    return Response(status=204 if done else 202)


def _signature() -> bytes:
    try:
        return strict.b64(request.form.get("signature", ""))
    except Malformed:
        raise MalformedForm("signature is not base64") from None
