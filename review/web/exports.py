"""Cases to take away, still sealed: what was sent, for a reader to open on a machine of their own.

`python -m crypto open` opens it with their identity file, without this console. The ledger knows of
it, and by whom, before the first byte leaves.
"""

from collections.abc import Sequence

from flask import Blueprint, Response

from review import export
from review.errors import ExportRefused, NotHere
from review.roles import Act
from review.store import cases, shred
from review.store.database import reading
from review.store.shred import Locksmith
from review.web.cases import find_case
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("exports", __name__)
NAME = "cases.zip"


@routes.post("/cases/<case_id>/exports")
@allowed(Act.EXPORT_CASE)
def one(case_id: str) -> Response:
    """A case of this reader."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
    return _taken([case.id])


@routes.post("/cases/exports")
@allowed(Act.EXPORT_CASE)
def own() -> Response:
    """Every case of this reader, and no other. Raises NotHere if there is none."""
    with reading(parts().book) as connection:
        found = cases.ids_of(connection, visitor().person.id)
    with reading(parts().shred) as connection:
        kept = sorted(shred.kept_cases(connection).intersection(found))
    if not kept:
        raise NotHere("this person has no case")
    return _taken(kept)


def _taken(wanted: Sequence[str]) -> Response:
    here, who = parts(), visitor()
    keys = Locksmith(who.roster.installation, here.store_key)
    try:
        with here.exports.take():
            made = export.take_away(here.book, here.shred, keys, wanted, here.today, who.person.id)
    except ExportRefused:
        raise NotHere("a case has gone meanwhile") from None
    response = octets(b"", NAME)
    response.response = made.chunks()
    response.content_length = made.size
    response.call_on_close(made.file.close)
    return response
