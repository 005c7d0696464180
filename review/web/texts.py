"""The committee's own texts: how they stand, and what members sign to change them."""

import json
from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from crypto import strict
from crypto.errors import Malformed
from crypto.texts import LANGUAGES, SIGNING
from review import texts as service
from review.acting import Outcome, Sent
from review.errors import MalformedForm, StepRefused
from review.roles import Act
from review.store.database import reading, writing
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("texts", __name__)


@routes.get("/texts")
@allowed(Act.SEE_TEXTS)
def page() -> str:
    """What submitters read of the committee's own, what is proposed, and the form."""
    lang = LANGUAGES[0]
    with reading(parts().book) as connection:
        shown = service.standing(connection, lang)
    roster = visitor().roster
    return render_template(
        "texts.html",
        shown=shown,
        readers=roster.readers,
        listed=roster.listed,
        names={
            **{each.id: each.name for each in roster.readers},
            **{each.id: each.name for each in roster.listed},
        },
        signs=visitor().may(Act.CHANGE_TEXTS) and visitor().role in SIGNING,
    )


@routes.post("/texts/check")
@allowed(Act.CHANGE_TEXTS)
def check() -> Response:
    """What is wrong with a draft, a sentence each; empty where nothing is."""
    try:
        service.read_draft(_document(), visitor().roster)
    except StepRefused as refused:
        return _json({"problems": list(refused.reasons)})
    return _json({"problems": []})


@routes.post("/texts/proposals")
@allowed(Act.CHANGE_TEXTS)
def propose() -> Response:
    """Keep a draft that the visitor has signed for."""
    sent = Sent(visitor().person.id, request.form.get("act", "").encode(), _signature())
    with writing(parts().book) as connection:
        outcome = service.propose(connection, visitor().roster, _document(), sent, parts().today)
    return _told(outcome)


@routes.post("/texts/proposals/<act_hash>")
@allowed(Act.CHANGE_TEXTS)
def sign(act_hash: str) -> Response:
    """Keep the visitor's signature for what another has proposed."""
    by, roster = visitor().person.id, visitor().roster
    with writing(parts().book) as connection:
        outcome = service.sign(connection, roster, act_hash, by, _signature(), parts().today)
    return _told(outcome)


@routes.post("/texts/proposals/<act_hash>/decline")
@allowed(Act.CHANGE_TEXTS)
def decline(act_hash: str) -> Response:
    """End what another, or the visitor, has proposed."""
    with writing(parts().book) as connection:
        service.decline(connection, act_hash, visitor().person.id, parts().today)
    return Response(status=204)


def _document() -> bytes:
    return request.form.get("document", "").encode()


def _signature() -> bytes:
    try:
        return strict.b64(request.form.get("signature", ""))
    except Malformed:
        raise MalformedForm("the signature is not base64") from None


def _told(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)


def _json(value: Mapping[str, object]) -> Response:
    return Response(json.dumps(value), content_type="application/json")
