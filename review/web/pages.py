"""The home page of every role, and the two public documents that a reader's browser checks with."""

import datetime
from typing import Any

from flask import Blueprint, Response, render_template
from sqlalchemy import Connection

from review import custody, drilled, due, to_sign
from review.acting import Signer
from review.casework.course import Stage
from review.errors import NotHere
from review.needing import needing
from review.roles import Act
from review.store import inbox
from review.store import people as people_store
from review.store.database import reading
from review.store.inbox import Line
from review.to_sign import ToSign, What
from review.too_few import too_few
from review.web.guard import allowed
from review.web.parts import parts, visitor

# How far the home page looks, and how much it says at once.
AHEAD = datetime.timedelta(days=14)
MOST_NEEDED = 10

routes = Blueprint("pages", __name__)


@routes.get("/")
@allowed(Act.SEE_HOME)
def home() -> str:
    """What needs this person, or for those who have no cases what their account is for."""
    if not visitor().may_list_cases:
        with reading(parts().book) as connection:
            return render_template("duties.html", drill=_drill(connection))
    with reading(parts().book) as connection:
        found = _found(connection)
    stages = found["counts"].stages
    return render_template(
        "home.html",
        **found,
        by_stage=[(stage, stages[stage]) for stage in Stage if stage in stages],
    )


def _found(connection: Connection) -> dict[str, Any]:
    """What the home page says to whoever has cases."""
    roster, today = visitor().roster, parts().today
    viewer = Signer(visitor().person.id, visitor().role)
    # Whoever a case is only shared with signs nothing of others, and gives it no key.
    decides = visitor().may(Act.GIVE_CASE_KEY)
    waiting, more = (
        to_sign.waiting(connection, roster, viewer, MOST_NEEDED, today) if decides else ([], False)
    )
    needed = inbox.needed(connection, viewer.person, today + AHEAD, MOST_NEEDED)
    return {
        "drill": _drill(connection),
        "needed": _kept(needed),
        "over": due.count(connection, viewer.person, today) if decides else None,
        "counts": inbox.counts(connection, viewer.person, today),
        "keys": needing(connection, roster, viewer.person) if decides else None,
        "few": fewer_than_two(connection),
        "waiting": _there(waiting),
        "held": custody.waiting(connection, viewer, today + AHEAD)[:MOST_NEEDED],
        "more_to_sign": more,
        "may_export": visitor().may(Act.EXPORT_CASE),
    }


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


def fewer_than_two(connection: Connection) -> tuple[str, ...]:
    """The cases that this visitor reads and that fewer than two can open; for readers only."""
    who = visitor()
    if not who.may(Act.GIVE_CASE_KEY):
        return ()
    found = too_few(connection, who.roster, who.person.id)
    kept = parts().kept_among(found)
    return tuple(each for each in found if each in kept)


def _drill(connection: Connection) -> drilled.Reminder | None:
    has_key = parts().settings.drill_key is not None
    return drilled.reminder(connection, parts().today, has_key=has_key)


def _there(waiting: list[ToSign]) -> list[ToSign]:
    """Those of which there still is something: a case whose shred key is gone is none any more."""
    kept = parts().kept_among([each.about for each in waiting if each.what is What.CASE])
    return [each for each in waiting if each.what is not What.CASE or each.about in kept]


def _kept(lines: list[Line]) -> list[Line]:
    """Those whose shred key has not been destroyed, whatever the book still says of them."""
    kept = parts().kept_among([line.case_id for line in lines])
    return [line for line in lines if line.case_id in kept]
