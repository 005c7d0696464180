"""Nobody sees anything unless a view says who may: every view is public or names one act.

The rule is enforced here, before any view runs, and create_app refuses to start with a view that
says neither. What a role may do is roles.py's table alone. An act that the role may not do and an
address that does not exist have the same answer.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, request

from review import people
from review.errors import MalformedForm, NotHere, NotSignedIn
from review.roles import Act, may
from review.store import logins
from review.store import people as people_store
from review.store.database import reading, write_if_free
from review.web import csrf
from review.web.cookies import login_token
from review.web.parts import Visitor, parts

_ACCESS = "access"
_LARGEST = "largest"
_PUBLIC = "public"
P = ParamSpec("P")
R = TypeVar("R")


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let everybody use this view, signed in or not."""
    setattr(view, _ACCESS, _PUBLIC)
    return view


def allowed(act: Act, largest: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let those use this view whose role may do this act.

    largest is the size of a request's body in bytes, where it is not the same as everywhere.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _ACCESS, act)
        setattr(view, _LARGEST, largest)
        return view

    return mark


def access_of(view: object) -> Act | str | None:
    """What a view says of who may use it; None for one that says nothing."""
    found: Act | str | None = getattr(view, _ACCESS, None)
    return found


def init_app(app: Flask) -> None:
    """Enforce the rule from now on. Raises RuntimeError for a view that says nothing."""
    for endpoint, view in app.view_functions.items():
        if access_of(view) is None:
            raise RuntimeError(f"the view {endpoint} does not say who may use it")
    app.before_request(_enforce)


def _enforce() -> None:
    csrf.refuse_other_sites()
    if "Transfer-Encoding" in request.headers:
        # A browser says how long a form is; whether pieces are well formed shows only in a view.
        raise MalformedForm("no form of ours comes in pieces")
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view)
    if access == _PUBLIC:
        return
    visitor = _find_visitor()
    if visitor is None:
        raise NotSignedIn("there is no login, or it has ended")
    g.visitor = visitor
    if view is None:
        return  # Flask answers 404 or 405, now that it is to somebody who signed in.
    if not isinstance(access, Act) or not may(visitor.role, access):
        raise NotHere("the role may not do this")
    if request.method not in csrf.SAFE_METHODS:
        # Only now: nobody may send more than the usual who may not do this at all.
        request.max_content_length = getattr(view, _LARGEST) or request.max_content_length
        csrf.check(visitor.login.csrf)


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
    role = people.standing(person, roster)
    if role is None:
        return None
    if logins.is_due(login, now):
        # The idle clock is the one thing that a GET moves. While somebody else writes, the next
        # request will do: nobody waits for a collection to read a page.
        write_if_free(here.book, lambda connection: logins.seen(connection, login, now))
    return Visitor(person, role, login, roster)
