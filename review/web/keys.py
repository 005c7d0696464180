"""Who reads a case, changed: recusals, later keys, shares, releases.

Each view takes one act as a browser signed it, the first signature or a further one, and answers
204 when it is done and 202 when it waits for another. What an act would give the case is fetched
from here by those who are asked to sign for it.
"""

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from crypto import strict
from crypto.errors import Malformed
from review import generations
from review.acting import Outcome, Sent
from review.errors import MalformedForm, NotHere
from review.generations import Taken
from review.roles import Act
from review.store import generations as store
from review.store.database import reading, writing
from review.store.generations import Offered
from review.web.cases import find_case, sealed
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("keys", __name__)
_SIGNATURE_SIZE = 64


@routes.post("/cases/<case_id>/recusals")
@allowed(Act.RECUSE)
def recuse(case_id: str) -> Response:
    """Take the visitor, or with two signatures somebody else, out of the case."""
    with writing(parts().book) as connection:
        return _answer(generations.recuse(_taken(connection, case_id), _sent()))


@routes.post("/cases/<case_id>/keys")
@allowed(Act.GIVE_CASE_KEY)
def rekey(case_id: str) -> Response:
    """Give the case a key that nobody who is out of it has."""
    made = _offered("grant", "link")
    with writing(parts().book) as connection:
        return _answer(generations.rekey(_taken(connection, case_id), _sent(), made))


@routes.post("/cases/<case_id>/shares")
@allowed(Act.SHARE_CASE)
def share(case_id: str) -> Response:
    """Share the case with somebody who is no reader of the roster."""
    made = _offered("grant")
    with writing(parts().book) as connection:
        return _answer(generations.share(_taken(connection, case_id), _sent(), made))


@routes.post("/cases/<case_id>/releases")
@allowed(Act.RELEASE_CASE)
def release(case_id: str) -> Response:
    """Let the case into the numbers that everybody is told."""
    with writing(parts().book) as connection:
        return _answer(generations.release(_taken(connection, case_id), _sent()))


@routes.get("/cases/<case_id>/links/<int(max=99999):generation>")
@allowed(Act.OPEN_CASE)
def link(case_id: str, generation: int) -> Response:
    """The way back from a generation of the case to the one before it."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        return sealed(store.link(connection, key, case.id, generation), f"link-{generation}.age")


@routes.get("/cases/<case_id>/shared/<int(max=99999):generation>")
@allowed(Act.OPEN_CASE)
def shared(case_id: str, generation: int) -> Response:
    """The visitor's own grant of a case that is shared with them."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        person = visitor().person.id
        found = store.share_grant(connection, key, case.id, person, generation)
        return sealed(found, f"grant-{generation}.age")


@routes.get("/cases/<case_id>/offers/<act_hash>/<name>")
@allowed(Act.OPEN_CASE)
def offer(case_id: str, act_hash: str, name: str) -> Response:
    """A file of an act that waits for the visitor's signature."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        found = store.offered(connection, key, case.id, act_hash)
    if found is None or name not in found.files:
        raise NotHere("no such offer")
    return sealed(found.files[name], f"{name}.age")


def _taken(connection: Connection, case_id: str) -> Taken:
    case = find_case(connection, case_id)
    key = parts().row_key(case.id)
    return Taken(connection, key, visitor().roster, case, parts().today, parts().settings.clocks)


def _sent() -> Sent:
    try:
        signature = strict.b64(request.form.get("signature", ""))
    except Malformed:
        signature = b""
    if len(signature) != _SIGNATURE_SIZE:
        raise MalformedForm("the signature is not one")
    document = request.form.get("act", "").encode("utf-8", "replace")
    return Sent(visitor().person.id, document, signature)


def _offered(*names: str) -> Offered | None:
    """What the first who signs brings; None from those who sign after."""
    recipient = request.form.get("recipient")
    if recipient is None:
        return None
    found = {name: request.files[name] for name in names if name in request.files}
    if len(found) != len(names):
        raise MalformedForm("a file is missing")
    return Offered(recipient, {name: part.stream.read() for name, part in found.items()})


def _answer(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)
