"""What readers change in a case. Every view is one POST, one transaction, one call to treatment.

The browser has sealed and signed before anything arrives here, so all that is parsed is coded
values and envelopes.
"""

from flask import Blueprint, Response, request

from crypto.document import is_hash
from review import generations, treatment
from review.errors import MalformedForm
from review.roles import Act
from review.store.database import writing
from review.web import sent
from review.web.cases import find_case
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("acts", __name__)


@routes.post("/cases/<case_id>/opened")
@allowed(Act.OPEN_CASE)
def opened(case_id: str) -> Response:
    """Remember that the visitor has opened the case in their browser."""
    n = sent.number("n") if request.form.get("n") else None
    with writing(parts().book) as connection:
        case = find_case(connection, case_id)
        treatment.record_reading(
            connection, case, visitor().person.id, parts().today, n, parts().settings.clocks
        )
    return Response(status=204)


@routes.post("/cases/<case_id>/replies")
@allowed(Act.REPLY)
def reply(case_id: str) -> Response:
    """Keep a reply, and put the submitter's copy on its way."""
    with writing(parts().book) as connection:
        case = find_case(connection, case_id)
        generations.check_key(connection, case, visitor().roster)
        key = parts().row_key(case.id)
        treatment.leave_reply(
            connection, key, case, sent.message(to_mailbox=True), parts().settings.clocks
        )
    return Response(status=204)


@routes.post("/cases/<case_id>/notes")
@allowed(Act.NOTE)
def note(case_id: str) -> Response:
    """Keep a note for the other readers of the case."""
    with writing(parts().book) as connection:
        case = find_case(connection, case_id)
        generations.check_key(connection, case, visitor().roster)
        key = parts().row_key(case.id)
        treatment.keep_note(connection, key, case, sent.message(to_mailbox=False))
    return Response(status=204)


@routes.post("/cases/<case_id>/copies")
@allowed(Act.TAKE_COPY)
def copy(case_id: str) -> Response:
    """Let the ledger tell that the visitor took a redacted copy, of which this is the hash."""
    digest = request.form.get("digest", "")
    with writing(parts().book) as connection:
        case = find_case(connection, case_id)
        if not is_hash(digest):
            raise MalformedForm("the digest is not one")
        treatment.record_copy(connection, case, visitor().person.id, digest, parts().today)
    return Response(status=204)
