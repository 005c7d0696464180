"""The home page of every role, and the two public documents that a reader's browser checks with."""

import datetime

from flask import Blueprint, Response, render_template
from sqlalchemy import Connection

from review import drilled
from review.casework.course import Stage
from review.errors import NotHere
from review.held import is_about
from review.needing import needing
from review.roles import Act
from review.store import acts, cases, inbox
from review.store import people as people_store
from review.store.database import reading
from review.store.inbox import Line
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
    person, today = visitor().person.id, parts().today
    with reading(parts().book) as connection:
        drill = _drill(connection)
        needed = inbox.needed(connection, person, today + AHEAD, MOST_NEEDED)
        counts = inbox.counts(connection, person, today)
        # Whoever a case is only shared with signs nothing of others, and gives it no key.
        decides = visitor().may(Act.GIVE_CASE_KEY)
        keys = needing(connection, visitor().roster, person) if decides else []
        waiting = _waiting(connection, person) if decides else []
    return render_template(
        "home.html",
        drill=drill,
        needed=_kept(needed),
        waiting=waiting,
        counts=counts,
        keys=keys,
        by_stage=[(stage, counts.stages[stage]) for stage in Stage if stage in counts.stages],
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


def _drill(connection: Connection) -> drilled.Reminder | None:
    has_key = parts().settings.drill_key is not None
    return drilled.reminder(connection, parts().today, has_key=has_key)


def _waiting(connection: Connection, person_id: str) -> list[str]:
    """The cases of this reader in which something waits for a signature that is not theirs yet."""
    proposed = [
        each
        for each in acts.proposals(connection)
        if person_id not in each.signers and not is_about(each, person_id)
    ]
    subjects = sorted({each.act.subject for each in proposed})
    seen = [one for one in subjects if cases.visible_case(connection, one, person_id)]
    kept = parts().kept_among(seen)
    return [one for one in seen if one in kept]


def _kept(lines: list[Line]) -> list[Line]:
    """Those whose shred key has not been destroyed, whatever the book still says of them."""
    kept = parts().kept_among([line.case_id for line in lines])
    return [line for line in lines if line.case_id in kept]
