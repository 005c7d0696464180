"""Nobody sees anything unless a view says who may: every view is public or names one act.

The rule is enforced here, before any view runs, and create_app refuses to start with a view that
says neither. What a role may do is roles.py's table alone. An act that the role may not do and an
address that does not exist have the same answer.
"""

from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response

from review import people
from review.errors import MalformedForm, NotHere, NotSignedIn
from review.roles import INVITED, STEP_UP, Act, may
from review.store import logins, passkeys
from review.store import people as people_store
from review.store.database import reading, write_if_free
from review.web import confirming, csrf
from review.web.access import PUBLIC, access_of, allowed, largest_of, public
from review.web.cookies import login_token
from review.web.parts import Visitor, parts

__all__ = ["access_of", "allowed", "init_app", "public"]


def init_app(app: Flask) -> None:
    """Enforce the rule from now on. Raises RuntimeError for a view that says nothing."""
    for endpoint, view in app.view_functions.items():
        if access_of(view) is None:
            raise RuntimeError(f"the view {endpoint} does not say who may use it")
    app.before_request(_enforce)


def _enforce() -> Response | None:
    csrf.refuse_other_sites()
    if "Transfer-Encoding" in request.headers:
        # A browser says how long a form is; whether pieces are well formed shows only in a view.
        raise MalformedForm("no form of ours comes in pieces")
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view)
    if access == PUBLIC:
        return None
    visitor = _find_visitor()
    if visitor is None:
        raise NotSignedIn("there is no login, or it has ended")
    g.visitor = visitor
    if view is None:
        return None  # Flask answers 404 or 405, now that it is to somebody who signed in.
    return _let_in(visitor, view, access)


def _let_in(visitor: Visitor, view: object, access: Act | str | None) -> Response | None:
    if not isinstance(access, Act) or not may(visitor.role, access):
        raise NotHere("the role may not do this")
    if visitor.is_invited and access not in INVITED:
        return _to_own_sign_ins()
    if request.method not in csrf.SAFE_METHODS:
        # Only now: nobody may send more than the usual who may not do this at all.
        request.max_content_length = largest_of(view) or request.max_content_length
        csrf.check(visitor.login.csrf)
    if access in STEP_UP and not visitor.is_confirmed(parts().now()):
        confirming.by_form(visitor)
    return None


def _to_own_sign_ins() -> Response:
    # Who came by an invitation has nowhere else to go before they have made a passkey.
    if request.method not in csrf.SAFE_METHODS or request.headers.get("Sec-Fetch-Mode") == "cors":
        raise NotHere("an invitation opens nothing but the own sign-ins")
    return redirect("/me/sign-ins", 303)


def _find_visitor() -> Visitor | None:
    token = login_token(request)
    if token is None:
        return None
    here = parts()
    now = here.now()
    with reading(here.book) as connection:
        login = logins.find(connection, token, now)
        person = None if login is None else people_store.by_id(connection, login.person_id)
        if login is None or person is None:
            return None
        roster = here.roster(connection)
        count = passkeys.count_of(connection, person.id)
    role = people.standing(person, roster)
    if role is None:
        return None
    if logins.is_due(login, now):
        # The idle clock is the one thing that a GET moves. While somebody else writes, the next
        # request will do: nobody waits for a collection to read a page.
        write_if_free(here.book, lambda connection: logins.seen(connection, login, now))
    return Visitor(person, role, login, roster, count)
