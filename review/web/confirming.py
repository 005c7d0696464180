"""Showing again that it is oneself, before what exports, shares, disposes or changes keys.

The page's script asks by itself and then sends the very same request again. Without it, a form that
came too late comes back as a page that has it all once more, with a field for the password.
"""

import json

from flask import Blueprint, Response, render_template, request

from review import passkeys
from review.challenges import CONFIRM
from review.errors import NotConfirmed, WrongSignIn
from review.roles import Act
from review.store import passkeys as passkey_store
from review.store.database import reading
from review.web.access import allowed
from review.web.parts import Visitor, parts, visitor

routes = Blueprint("confirming", __name__)

PASSWORD, CODE = "confirm_password", "confirm_code"
_OWN = {PASSWORD, CODE, "csrf"}


@routes.get("/me/confirmed")
@allowed(Act.GO_ON_CONFIRMED)
def confirmed() -> Response:
    """Nothing: that it is answered says that the person has shown of late that it is them."""
    return Response(status=204)


@routes.post("/me/confirm/challenge")
@allowed(Act.CONFIRM)
def challenge() -> Response:
    """What the browser asks the person's passkeys."""
    door, who = parts().door(), visitor()
    with reading(parts().book) as connection:
        known = passkey_store.of_person(connection, who.person.id)
    asked = door.challenge(CONFIRM, who.login.token_hash)
    return as_json(passkeys.wanted_to_show(door.party(who.roster), asked, known))


@routes.post("/me/confirm")
@allowed(Act.CONFIRM)
def confirm() -> Response:
    """Note that the person is there."""
    door, who = parts().door(), visitor()
    try:
        if "credential" in request.form:
            door.confirm_by_passkey(who.login, request.form["credential"])
        else:
            _by_password(who)
    except WrongSignIn:
        return as_json({"reason": "not-you"}, 403)
    return Response(status=204)


def by_form(who: Visitor) -> None:
    """Let a form go on that brings the password with it. Raises NotConfirmed or TooManyTries."""
    if request.method == "GET" or PASSWORD not in request.form:
        raise NotConfirmed
    try:
        _by_password(who)
    except WrongSignIn:
        raise NotConfirmed(wrong=True) from None


def page(*, wrong: bool) -> Response:
    """The form that came too late, once more, with a field for the password."""
    fields = [] if request.method == "GET" else list(request.form.items(multi=True))
    text = render_template(
        "confirm.html",
        wrong=wrong,
        path=request.path,
        method="get" if request.method == "GET" else "post",
        fields=[(name, value) for name, value in fields if name not in _OWN],
        has_files=bool(request.files) if request.method != "GET" else False,
    )
    return Response(text, 403, content_type="text/html; charset=utf-8")


def as_json(fields: dict[str, object], status: int = 200) -> Response:
    """An answer for a script of ours."""
    return Response(json.dumps(fields), status, content_type="application/json")


def _by_password(who: Visitor) -> None:
    password, code = request.form.get(PASSWORD, ""), request.form.get(CODE, "")
    parts().door().confirm_by_password(who.login, who.person, password, code)
