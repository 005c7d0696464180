"""Signing in and out.

A password opens the door to the console and nothing else. An unknown name and a wrong password
take the same work and get the same page.
"""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import people
from review.errors import NotHere, TooManyTries, WrongSignIn
from review.roles import Act
from review.store import entries, logins
from review.store import people as people_store
from review.store.database import reading, writing
from review.store.entries import Entry
from review.store.people import Person
from review.web import cookies
from review.web.guard import allowed, public
from review.web.parts import parts

routes = Blueprint("signin", __name__)

LONGEST_NAME = 64


@routes.get("/sign-in")
@public
def form() -> str:
    """The form to sign in with."""
    return render_template("sign-in.html", password=parts().settings.allow_password, problem="")


@routes.post("/sign-in")
@public
def submit() -> AnyResponse:
    """Begin a login, with a token that no earlier visit has seen."""
    if not parts().settings.allow_password:
        raise NotHere("signing in by password is switched off")
    username = request.form.get("username", "").strip().lower()[:LONGEST_NAME]
    try:
        person = _check(username, request.form.get("password", ""))
        token = _start(person)
    except TooManyTries:
        return _again("too-many", 429)
    except WrongSignIn:
        return _again("wrong", 401)
    response = redirect("/", 303)
    cookies.give(response, token)
    return response


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


def _check(username: str, password: str) -> Person:
    here = parts()
    with reading(here.book) as connection:
        person = people_store.by_username(connection, username)
        roster = here.roster(connection)
    if person is not None and people.standing(person, roster) is None:
        person = None
    with here.turns.take():
        return people.check_sign_in(person, password, here.other_hash)


def _start(person: Person) -> str:
    """A new login. Raises WrongSignIn if the password was changed while it was being checked."""
    here = parts()
    earlier = cookies.login_token(request)
    with writing(here.book) as connection:
        now = people_store.by_id(connection, person.id)
        if now is None or not now.active or now.password_hash != person.password_hash:
            raise WrongSignIn("the password was changed meanwhile")
        if earlier is not None:
            logins.end(connection, earlier)
        token = logins.start(connection, person.id, here.now())
        entry = Entry(type="login.started", on=here.today, by=person.id, data={"means": "password"})
        entries.record(connection, entry)
    return token


def _again(problem: str, status: int) -> Response:
    page = render_template("sign-in.html", password=True, problem=problem)
    return Response(page, status, content_type="text/html; charset=utf-8")
