"""Documents of the charter's book, brought in slices by the page's script, and taken away again.

Nothing that was brought is ever shown as a page of this origin: every answer here is bytes to save.
"""

from flask import Blueprint, Response, request
from sqlalchemy import Engine

from crypto import strict
from crypto.errors import Malformed
from review import charter_documents as desk
from review.errors import MalformedForm, NotHere
from review.roles import Act
from review.store import documents
from review.store.database import reading, writing
from review.store.documents import PLAIN, Document, Upload
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("charter_documents", __name__)

# A slice sealed to everybody whom a roster can have, and the few fields beside it.
LARGEST_SLICE = (1 << 20) + 128 * 1024


@routes.post("/charter/documents")
@allowed(Act.KEEP_DOCUMENT)
def begin() -> Response:
    """Let a document come in, under an id that the browser has drawn."""
    here, sent = parts(), request.form
    size = _number("size")
    upload = Upload(
        id=sent.get("document", ""),
        by=visitor().person.id,
        on=here.today,
        name=sent.get("name", ""),
        mime=sent.get("mime", ""),
        size=size,
        slices=desk.slices_of(size),
        kept=sent.get("kept", ""),
        roster=sent.get("roster") or None,
    )
    with writing(here.book) as connection:
        desk.begin(connection, upload, visitor().roster)
    return Response(status=204)


@routes.post("/charter/documents/<document_id>/slices")
@allowed(Act.KEEP_DOCUMENT, largest=LARGEST_SLICE)
def take_slice(document_id: str) -> Response:
    """Keep one slice; one that is there already stays as it is."""
    part, index, by = request.files.get("content"), _number("index"), visitor().person.id
    if part is None:
        raise MalformedForm("content is missing")
    content = part.stream.read()
    with writing(parts().book) as connection:
        desk.take_slice(connection, visitor().roster, document_id, by, index, content)
    return Response(status=204)


@routes.post("/charter/documents/<document_id>/finish")
@allowed(Act.KEEP_DOCUMENT)
def finish(document_id: str) -> Response:
    """Make it a document, by the hash of the whole file."""
    digest = request.form.get("sha256", "")
    try:
        strict.hex_bytes(digest, 32)
    except Malformed:
        raise MalformedForm("sha256 is not a hash") from None
    with writing(parts().book) as connection:
        desk.finish(connection, document_id, visitor().person.id, digest, parts().today)
    return Response(status=204)


@routes.get("/charter/documents/<document_id>")
@allowed(Act.SEE_CHARTER)
def whole(document_id: str) -> Response:
    """A plain document, slice by slice, as a file to save."""
    found = _document(document_id)
    if found.kept != PLAIN:
        raise NotHere("a sealed document is opened by the page's script")
    response = octets(b"", "document")
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    # The parts of the application are asked for now: a body is sent after its request has ended.
    book = parts().book
    response.response = (_slice(book, found, index) for index in range(found.slices))
    response.content_length = found.size
    return response


@routes.get("/charter/documents/<document_id>/slices/<int(max=99999):index>")
@allowed(Act.SEE_CHARTER)
def one_slice(document_id: str, index: int) -> Response:
    """One slice of a document, for those for whom it is kept."""
    return octets(_slice(parts().book, _document(document_id), index), "slice.age")


def _document(document_id: str) -> Document:
    """The document, if this visitor is given its bytes. Raises NotHere, whatever the reason."""
    with reading(parts().book) as connection:
        found = documents.by_id(connection, document_id)
    if found is None or not desk.may_fetch(visitor().role, found):
        raise NotHere("no such document for this person")
    return found


def _slice(book: Engine, document: Document, index: int) -> bytes:
    # A connection for each: none is held while a browser takes its time.
    with reading(book) as connection:
        content = documents.slice_of(connection, document.id, index)
    if content is None:
        raise NotHere("the document has no such part")
    return content


def _number(name: str) -> int:
    try:
        return strict.decimal(request.form.get(name, ""))
    except Malformed:
        raise MalformedForm(f"{name} is not a number") from None
