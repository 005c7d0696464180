"""The page of what shows that the charter was kept, and of the documents that are kept here."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from review import charter_documents
from review.charter_view.evidence import evidence
from review.roles import Act
from review.store import documents
from review.store.database import reading
from review.store.documents import Document
from review.web.charter_book import begun_book, laid_out, unbegun
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
        **kept_documents(),
    )


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
