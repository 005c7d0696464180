"""Signing in and out.

A passkey, or where it is allowed a password, opens the door to the console and nothing else. An
unknown name and a wrong password take the same work and get the same page.
"""

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import passkeys
from review.challenges import SIGN_IN
from review.errors import NotHere, TooManyTries, WrongSignIn
from review.roles import Act
from review.store import logins
from review.store.database import reading, writing
from review.web import cookies
from review.web.confirming import as_json
from review.web.guard import allowed, public
from review.web.parts import parts

routes = Blueprint("signin", __name__)

LONGEST_NAME = 64


@routes.get("/sign-in")
@public
def form() -> str:
    """The form to sign in with."""
    return _page("")


@routes.post("/sign-in/challenge")
@public
def challenge() -> AnyResponse:
    """What the browser asks its passkeys. The challenge is good for this browser's cookie alone."""
    here, browser = parts(), cookies.login_token(request)
    if here.settings.origin is None:
        raise NotHere("no passkeys without the console's address")
    with reading(here.book) as connection:
        roster = here.roster(connection)
    token = browser or secrets.token_hex(32)
    door = here.door()
    asked = door.challenge(SIGN_IN, token)
    answer = as_json(passkeys.wanted_to_show(door.party(roster), asked))
    if browser is None:
        # No login has this token: it says only that the answer comes from where the question went.
        cookies.give(answer, token)
    return answer


@routes.post("/sign-in/passkey")
@public
def by_passkey() -> AnyResponse:
    """Begin a login by a passkey, with a token that no earlier visit has seen."""
    # Without a cookie no challenge was asked for, and none fits.
    browser = cookies.login_token(request) or ""
    try:
        token = parts().door().enter_by_passkey(browser, request.form.get("credential", ""))
    except WrongSignIn:
        return as_json({"reason": "wrong"}, 401)
    answer = Response(status=204)
    cookies.give(answer, token)
    return answer


@routes.post("/sign-in")
@public
def submit() -> AnyResponse:
    """Begin a login by a password, with a token that no earlier visit has seen."""
    settings = parts().settings
    if not (settings.allow_password or settings.allow_code):
        raise NotHere("signing in by password is switched off")
    username = request.form.get("username", "").strip().lower()[:LONGEST_NAME]
    password, code = request.form.get("password", ""), request.form.get("code", "")
    browser = cookies.login_token(request)
    return _enter(
        lambda: parts().door().enter_by_password(username, password, code, browser), _page, "/"
    )


@routes.get("/join")
@public
def invitation() -> str:
    """The form for an invitation."""
    return _join("")


@routes.post("/join")
@public
def join() -> AnyResponse:
    """Begin a login in which a first passkey can be made."""
    given, browser = request.form.get("invitation", ""), cookies.login_token(request)
    return _enter(lambda: parts().door().enter_by_invitation(given, browser), _join, "/me/sign-ins")


@routes.post("/sign-out")
@allowed(Act.SIGN_OUT)
def sign_out() -> AnyResponse:
    """End the login here and in the book."""
    token = cookies.login_token(request)
    if token is not None:
        with writing(parts().book) as connection:
            logins.end(connection, token)
    response = redirect("/sign-in", 303)
    cookies.take_back(response)
    return response


def _enter(begin: Callable[[], str], page: Callable[[str], str], there: str) -> AnyResponse:
    try:
        token = begin()
    except TooManyTries:
        return _again(page("too-many"), 429)
    except WrongSignIn:
        return _again(page("wrong"), 401)
    response = redirect(there, 303)
    cookies.give(response, token)
    return response


def _again(page: str, status: int) -> Response:
    return Response(page, status, content_type="text/html; charset=utf-8")


def _page(problem: str) -> str:
    return render_template("sign-in.html", settings=parts().settings, problem=problem)


def _join(problem: str) -> str:
    return render_template("join.html", problem=problem)
