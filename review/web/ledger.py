"""The ledger's pages: for the retention auditor how it stands, to take away and to hand in; for
readers its newest root, and nothing that says how much was done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from review import auditor_export, hand_in, oversight
from review import ledger as keeping
from review.errors import ExportRefused, HandInRefused, LedgerRefused, NotHere, StateUnknown
from review.roles import Act
from review.store.database import reading
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("ledger", __name__)

# A report on a ledger in which everything is wrong; a checkpoint needs a hundredth of it.
LARGEST_HAND_IN = 4 * 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What became of what was asked for, as a code that the page has a sentence for."""

    code: str
    is_done: bool


@routes.get("/ledger")
@allowed(Act.SEE_LEDGER)
def page() -> str:
    """How the ledger stands, and what the retention auditor does next."""
    return _page()


@routes.get("/ledger/root")
@allowed(Act.SEE_ROOT)
def root() -> str:
    """The newest root and its day."""
    with reading(parts().book) as connection:
        return render_template("root.html", head=oversight.head(connection))


@routes.get("/ledger/consistency/<int(max=999999999999):size>")
@allowed(Act.SEE_LEDGER)
def consistency(size: int) -> Response:
    """The newest checkpoint, with the proof that it continues the one of this size."""
    try:
        body = keeping.consistency(parts().book, size)
    except LedgerRefused:
        raise NotHere("the ledger has no checkpoint that goes so far") from None
    return octets(body, "new.checkpoint")


@routes.post("/ledger/exports")
@allowed(Act.EXPORT_LEDGER)
def export() -> Response:
    """The bundle. That it was taken away is recorded before its first byte leaves."""
    here = parts()
    try:
        with here.exports.take():
            made = auditor_export.make(
                here.book, visitor().roster.installation, here.today, visitor().person.id
            )
    except StateUnknown:
        return _answer(Outcome("state-unknown", is_done=False), 409)
    except ExportRefused:
        return _answer(Outcome("not-signed-yet", is_done=False), 409)
    response = octets(b"", auditor_export.NAME)
    response.response = made.chunks()
    response.content_length = made.size
    response.call_on_close(made.file.close)
    return response


@routes.post("/ledger/reports")
@allowed(Act.HAND_IN_CHECK, largest=LARGEST_HAND_IN)
def report() -> Response:
    """Record that the ledger was checked, with the hash of the signed report."""
    here, by = parts(), visitor().person.id
    return _hand_in(
        lambda data: hand_in.take_report(here.book, here.policy, data, by, here.today),
        "report-taken",
    )


@routes.post("/ledger/cosignatures")
@allowed(Act.HAND_IN_CHECK, largest=LARGEST_HAND_IN)
def cosignature() -> Response:
    """Keep the cosignatures of a checkpoint."""
    here = parts()
    return _hand_in(
        lambda data: hand_in.take_checkpoint(here.book, here.policy, data),
        "checkpoint-taken",
    )


def _hand_in(take: Callable[[bytes], None], done: str) -> Response:
    """The page after taking in the file of the form, or after not taking it in."""
    part = request.files.get("file")
    try:
        take(b"" if part is None else part.stream.read())
    except HandInRefused as refused:
        return _answer(Outcome(refused.reason, is_done=False), 400)
    return _answer(Outcome(done, is_done=True), 200)


def _answer(outcome: Outcome, status: int) -> Response:
    return Response(_page(outcome), status, content_type="text/html; charset=utf-8")


def _page(outcome: Outcome | None = None) -> str:
    here = parts()
    with reading(here.book) as connection:
        head = oversight.head(connection)
        vouched = [] if head is None else oversight.vouched(connection, head.ledger)
        return render_template(
            "ledger.html",
            outcome=outcome,
            head=head,
            vouched=vouched,
            since=[*sorted({each.size for each in vouched}, reverse=True), 0],
            takes=here.policy is not None,
            checks=oversight.checks(connection),
            activity=[] if head is None else oversight.activity(connection, head.on),
        )
