"""Legal holds: what is held, and what readers sign to place or release one."""

from flask import Blueprint, Response, render_template, request

from review import custody
from review import legal_holds as service
from review.acting import Outcome, Sent, Signer
from review.casework.codes import LABELS, Category
from review.retention.changing import BUILT_IN
from review.roles import Act
from review.store.database import reading, writing
from review.web import sent
from review.web.cases import find_case
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("holds", __name__)


@routes.get("/holds")
@allowed(Act.SEE_HOLDS)
def page() -> str:
    """The holds that the visitor may know of, and for readers the forms."""
    roster, places = visitor().roster, visitor().may(Act.PLACE_HOLD)
    with reading(parts().book) as connection:
        named = request.args.get("case")
        case = find_case(connection, named) if named and places else None
        shown = service.shown(connection, _viewer())
        noted = {each.kept.name: custody.of_hold(connection, each.kept) for each in shown}
        readers = service.readers_of(connection, roster, [case.id] if case else [])
    return render_template(
        "holds.html",
        shown=shown,
        noted=noted,
        today=parts().today,
        about=[(each.value, LABELS[each]) for each in Category],
        case=case,
        readers=readers if places else [],
        people=(*roster.readers, *roster.listed),
        classes=sorted(BUILT_IN),
        places=places,
        releases=visitor().may(Act.RELEASE_HOLD),
    )


@routes.post("/holds")
@allowed(Act.PLACE_HOLD)
def place() -> Response:
    """Place a hold that the visitor has signed."""
    reason = sent.file("reason")
    with writing(parts().book) as connection:
        outcome = service.place(connection, visitor().roster, _sent(), reason, parts().today)
    return _told(outcome)


@routes.get("/holds/<hold>/reason")
@allowed(Act.PLACE_HOLD)
def reason(hold: str) -> Response:
    """The reason of a hold, sealed as it came."""
    with reading(parts().book) as connection:
        found = service.reason(connection, hold, _viewer())
    return octets(found, "reason.age")


@routes.post("/holds/notes")
@allowed(Act.PLACE_HOLD)
def note() -> Response:
    """Keep what the visitor has signed of a hold that stands."""
    with writing(parts().book) as connection:
        outcome = custody.note(connection, visitor().roster, _sent(), parts().today)
    return _told(outcome)


@routes.post("/holds/releases")
@allowed(Act.RELEASE_HOLD)
def release() -> Response:
    """Keep the visitor's signature, the first, for the release of a hold."""
    with writing(parts().book) as connection:
        outcome = service.release(connection, visitor().roster, _sent(), parts().today)
    return _told(outcome)


@routes.post("/holds/releases/<act_hash>")
@allowed(Act.RELEASE_HOLD)
def sign(act_hash: str) -> Response:
    """Keep the visitor's signature for the release that another has proposed."""
    viewer, roster, signature = _viewer(), visitor().roster, sent.signature()
    with writing(parts().book) as connection:
        outcome = service.sign(connection, roster, act_hash, viewer, signature, parts().today)
    return _told(outcome)


@routes.post("/holds/releases/<act_hash>/decline")
@allowed(Act.RELEASE_HOLD)
def decline(act_hash: str) -> Response:
    """End the proposal of a release."""
    with writing(parts().book) as connection:
        service.decline(connection, act_hash, _viewer(), parts().today)
    return Response(status=204)


def _viewer() -> Signer:
    return Signer(visitor().person.id, visitor().role)


def _sent() -> Sent:
    document = request.form.get("act", "").encode()
    return Sent(visitor().person.id, document, sent.signature())


def _told(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)
