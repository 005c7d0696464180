"""The page of what shows that the charter was kept, and of the documents that are kept here."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import charter_documents, drilled, oversight, quarter
from review.charter.book import Book
from review.charter_view.evidence import evidence
from review.roles import Act
from review.store import documents
from review.store.database import reading, writing
from review.store.documents import Document
from review.store.drills import Drill
from review.web.charter_book import begun_book, laid_out, own_charter, unbegun
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("charter_evidence", __name__)


@routes.get("/charter/evidence")
@allowed(Act.SEE_CHARTER)
def page() -> str:
    """By clause and by record what shows it, what is missing and late, and the documents."""
    book = begun_book()
    if book is None:
        return unbegun("evidence")
    desk = laid_out(book)
    return render_template(
        "charter/evidence.html",
        desk=desk,
        shown=evidence(desk.charter, book, desk.found, desk.shelf),
        largest=charter_documents.LARGEST,
        quarters=quarter.untold(book, desk.today),
        drills=_drills(book),
        handed_in=_last_check(),
        **kept_documents(),
    )


@routes.post("/charter/quarter")
@allowed(Act.RECORD_CHARTER)
def tell_quarter() -> AnyResponse:
    """Record the numbers of a quarter that is over, once."""
    period, by = request.form.get("period", ""), visitor().person.id
    with writing(parts().book) as connection:
        made = quarter.tell(connection, own_charter(), period, by, parts().today)
    return redirect(f"/charter/records/{made}", 303)


@routes.post("/charter/drill")
@allowed(Act.RECORD_CHARTER)
def tell_drill() -> AnyResponse:
    """Record a drill of the channel that the operator has run, once."""
    on, by = request.form.get("on", ""), visitor().person.id
    with writing(parts().book) as connection:
        made = drilled.tell(connection, own_charter(), on, by, parts().today)
    return redirect(f"/charter/records/{made}", 303)


def _drills(book: Book) -> tuple[Drill, ...]:
    """The drills that the charter's book does not have yet."""
    with reading(parts().book) as connection:
        return drilled.untold(connection, book, parts().today)


def _last_check() -> oversight.Check | None:
    """The newest check of the ledger that the retention auditor has handed in."""
    with reading(parts().book) as connection:
        return next(iter(oversight.checks(connection)), None)


def kept_documents() -> Mapping[str, object]:
    """What templates show documents with: all, those of each hash, and whether one may be had."""
    with reading(parts().book) as connection:
        found = documents.listed(connection)
    by_hash: dict[str, list[Document]] = {}
    for each in found:
        by_hash.setdefault(each.sha256, []).append(each)
    role = visitor().role
    return {
        "documents": found,
        "documents_of": by_hash,
        "may_fetch": {each.id for each in found if charter_documents.may_fetch(role, each)},
    }
