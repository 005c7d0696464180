"""Sign-ins: what the administrator attaches to people of the roster, and nothing of any case."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from review import sign_ins as desk
from review.errors import PersonRefused
from review.roles import READERS, Act, Role
from review.store import recoveries
from review.store.database import reading, writing
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("sign_ins", __name__)

HERE = "/sign-ins"
ROLES = tuple(role for role in Role if role not in READERS)


@routes.get(HERE)
@allowed(Act.SEE_SIGN_INS)
def page() -> str:
    """Everybody with an account."""
    return _page()


@routes.post(HERE)
@allowed(Act.CHANGE_SIGN_INS)
def attach() -> AnyResponse:
    """Attach a sign-in to a person of the roster."""
    names = ("person", "username", "role")
    person, username, role = (request.form.get(name, "").strip() for name in names)
    return _do(
        lambda connection: desk.attach(
            connection, visitor().roster, (person, username, role), parts().today
        )
    )


@routes.post("/sign-ins/<person_id>/invitation")
@allowed(Act.CHANGE_SIGN_INS)
def invite(person_id: str) -> AnyResponse:
    """Make an invitation and show it, this once."""
    who = visitor()
    try:
        with writing(parts().book) as connection:
            made = desk.invite(connection, who.roster, person_id, who.person.id, parts().now())
    except PersonRefused as refused:
        return _html(_page(problem=str(refused)), 409)
    return _html(_page(invitation=made, invited=person_id), 200)


@routes.post("/sign-ins/<person_id>/recovery")
@allowed(Act.CHANGE_SIGN_INS)
def ask(person_id: str) -> AnyResponse:
    """Ask the committee whether somebody who lost every way in gets a new one."""
    return _do(lambda connection: desk.ask(connection, visitor().roster, person_id, parts().today))


@routes.post("/sign-ins/<person_id>/recovery/withdraw")
@allowed(Act.CHANGE_SIGN_INS)
def withdraw(person_id: str) -> AnyResponse:
    """Ask no more."""
    return _do(lambda connection: recoveries.close(connection, person_id))


@routes.post("/sign-ins/<person_id>/end")
@allowed(Act.CHANGE_SIGN_INS)
def end(person_id: str) -> AnyResponse:
    """End every login of somebody."""
    return _do(lambda connection: desk.end_logins(connection, person_id))


@routes.post("/sign-ins/<person_id>/remove")
@allowed(Act.CHANGE_SIGN_INS)
def remove(person_id: str) -> AnyResponse:
    """Let somebody sign in no more."""
    return _do(
        lambda connection: desk.take_away(connection, visitor().roster, person_id, parts().today)
    )


def _do(change: Callable[[Connection], object]) -> AnyResponse:
    try:
        with writing(parts().book) as connection:
            change(connection)
    except PersonRefused as refused:
        return _html(_page(problem=str(refused)), 409)
    return redirect(HERE, 303)


def _page(problem: str = "", invitation: str = "", invited: str = "") -> str:
    here, roster = parts(), visitor().roster
    with reading(here.book) as connection:
        lines = desk.lines(connection, roster, here.now())
        missing = desk.without_one(connection, roster)
    names = {line.person.id: line.person.name for line in lines}
    return render_template(
        "sign-ins.html",
        problem=problem,
        invitation=invitation,
        invited=names.get(invited, ""),
        origin=here.settings.origin,
        lines=[
            {
                "line": line,
                "reads": line.role in READERS,
                "hours": None
                if line.invited_until is None
                else max(1, (line.invited_until - int(here.now().timestamp())) // 3600),
            }
            for line in lines
        ],
        missing=missing,
        roles=ROLES,
    )


def _html(page: str, status: int) -> Response:
    return Response(page, status, content_type="text/html; charset=utf-8")
