"""The certificate of a disposition: to check, to print, and the proof that the ledger has it."""

from flask import Blueprint, Response

from crypto.certifying import Certificate
from crypto.proof import SUFFIX
from review import certificate_pdf, certificate_proof, disposing
from review.errors import NotHere
from review.roles import READERS, Act
from review.store import dispositions
from review.store.database import reading
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("certificates", __name__)


@routes.get("/dispositions/<disposition>/certificate.json")
@allowed(Act.SEE_CERTIFICATES)
def document(disposition: str) -> Response:
    """The certificate itself, whose hash the ledger has."""
    return _file(_find(disposition).document, "certificate.json", "application/json")


@routes.get("/dispositions/<disposition>/certificate.pdf")
@allowed(Act.SEE_CERTIFICATES)
def sheet(disposition: str) -> Response:
    """The certificate in words, to print."""
    made = certificate_pdf.render(_find(disposition))
    return _file(made, "certificate.pdf", "application/pdf")


@routes.get("/dispositions/<disposition>/certificate.tlog-proof")
@allowed(Act.SEE_CERTIFICATES)
def proof(disposition: str) -> Response:
    """The proof that the ledger has the certificate's hash, once it has been signed."""
    certificate = _find(disposition)
    with reading(parts().book) as connection:
        made = certificate_proof.proof_of(connection, certificate)
    if made is None:
        raise NotHere("the ledger has not been told of this certificate yet")
    return _file(made, f"certificate{SUFFIX}", "application/octet-stream")


def _find(disposition: str) -> Certificate:
    """The certificate, for a reader who may know of the disposition, and for an auditor."""
    with reading(parts().book) as connection:
        if visitor().role in READERS:
            disposing.find(connection, disposition, visitor().person.id, visitor().roster)
        found = dispositions.certificate_of(connection, disposition)
    if found is None:
        raise NotHere("no such certificate")
    return found


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
