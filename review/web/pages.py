"""The home page of every role, and the two public documents that a reader's browser checks with."""

from flask import Blueprint, Response, render_template

from review.casework.clocks import days_open
from review.casework.steps import next_step
from review.errors import NotHere
from review.roles import Act
from review.store import cases
from review.store import people as people_store
from review.store.cases import CaseLine
from review.store.database import reading
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("pages", __name__)


@routes.get("/")
@allowed(Act.SEE_HOME)
def home() -> str:
    """The inbox, or for those who have none what their account is for."""
    if not visitor().may_list_cases:
        return render_template("duties.html")
    with reading(parts().book) as connection:
        lines = cases.visible_cases(connection, visitor().person.id)
    kept = parts().kept_cases()
    return render_template(
        "inbox.html", rows=[_row(line) for line in lines if line.case.id in kept]
    )


@routes.get("/roster")
@allowed(Act.READ_ROSTER)
def roster() -> Response:
    """The current roster, as signed."""
    return octets(visitor().roster.document, "roster.json")


@routes.get("/me/here")
@allowed(Act.STAY_SIGNED_IN)
def here() -> Response:
    """Nothing: asking is what counts, and keeps a login in which somebody writes from ending.

    It is a GET because it has no effect that a GET of any other page does not have: the guard moves
    the login's own idle clock. Nobody else can make a browser send it to an end: the cookie does
    not travel with another site's request, and a login still ends after its eight hours.
    """
    return Response(status=204)


@routes.get("/me/identity")
@allowed(Act.FETCH_IDENTITY)
def identity() -> Response:
    """The visitor's own identity file, still sealed with their passphrase."""
    with reading(parts().book) as connection:
        sealed = people_store.identity_file(connection, visitor().person.id)
    if sealed is None:
        raise NotHere("no identity file is kept for this person")
    return octets(sealed, "identity.age")


def octets(content: bytes, name: str) -> Response:
    """Bytes that a browser saves and never shows; the name is one of ours."""
    response = Response(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _row(line: CaseLine) -> dict[str, object]:
    today = parts().today
    case = line.case
    return {
        "line": line,
        "case": case,
        "days_open": days_open(case.on, today),
        "next": next_step(case.state, case.on, line.acknowledged_on, today),
    }
