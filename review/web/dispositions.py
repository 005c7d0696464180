"""Dispositions: what is due, what was proposed, and what readers sign to approve or reject it.

A list that somebody may not know of answers as one that does not exist.
"""

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from crypto import disposing as formats
from review import certificate_proof, disposing, due, proposed
from review.acting import Outcome, Sent, Signer
from review.disposing import Proposed
from review.errors import StepRefused
from review.roles import Act
from review.store import dispositions as store
from review.store.database import reading, writing
from review.web import sent
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("dispositions", __name__)


@routes.get("/dispositions")
@allowed(Act.SEE_DISPOSITIONS)
def page() -> str:
    """What is due, and the lists that the visitor may know of."""
    return _page()


def _page(problems: tuple[str, ...] = ()) -> str:
    with reading(parts().book) as connection:
        found = due.desk(connection, visitor().roster, visitor().person.id, parts().today)
    return render_template(
        "dispositions.html",
        desk=found,
        there=parts().kept_among([each.case_id for each in found.due]),
        people=_people(),
        cooling=parts().settings.cooling_days,
        problems=problems,
    )


@routes.post("/dispositions")
@allowed(Act.PROPOSE_DISPOSITION)
def propose() -> AnyResponse:
    """Propose the chosen cases, or say why they cannot be."""
    wanted, cooling = request.form.getlist("case"), parts().settings.cooling_days
    try:
        with writing(parts().book) as connection:
            made = disposing.propose_apart(
                connection, visitor().roster, visitor().person.id, wanted, parts().today, cooling
            )
    except StepRefused as refused:
        return Response(_page(tuple(refused.reasons)), 422)
    where = f"/dispositions/{made[0].id}" if len(made) == 1 else "/dispositions"
    return redirect(where, 303)


@routes.get("/dispositions/<disposition>")
@allowed(Act.SEE_DISPOSITIONS)
def one(disposition: str) -> str:
    """A list: its records, who has signed, what comes next, and how it ended."""
    viewer = _viewer()
    with reading(parts().book) as connection:
        found = disposing.find(connection, disposition, viewer.person, visitor().roster)
        certificate = store.certificate_of(connection, disposition)
        return render_template(
            "disposition.html",
            found=found,
            may_open=disposing.may_open(connection, found.manifest, viewer.person),
            is_in_ledger=certificate and certificate_proof.is_proven(connection, certificate),
            changed=_changed(connection, found),
            others=due.who_may(connection, visitor().roster, found, viewer.person),
            may_approve=due.may_approve(found, viewer),
            people=_people(),
            reasons=formats.REASONS,
            certificate=certificate,
            has_ended=store.has_backup_ended(connection, disposition),
            days=(found.executable - parts().today).days if found.executable else 0,
        )


def _changed(connection: Connection, found: Proposed) -> dict[str, str]:
    """Why records of a list that may still be carried out would stay, by their cases."""
    if found.is_over or found.rejected is not None:
        return {}
    seen = proposed.changed(connection, found.manifest, parts().today)
    ended = {*found.gone, *found.left_out}
    return {case: why for case, why in seen.items() if case not in ended}


@routes.post("/dispositions/<disposition>/approvals")
@allowed(Act.APPROVE_DISPOSITION)
def approve(disposition: str) -> Response:
    """Keep the visitor's signature under a list."""
    what = _sent()
    with writing(parts().book) as connection:
        outcome = disposing.approve(connection, visitor().roster, disposition, what, parts().today)
    return _told(outcome)


@routes.post("/dispositions/<disposition>/rejection")
@allowed(Act.REJECT_DISPOSITION)
def reject(disposition: str) -> Response:
    """End a list before anything of it goes."""
    what = _sent()
    with writing(parts().book) as connection:
        outcome = proposed.reject(connection, visitor().roster, disposition, what, parts().today)
    return _told(outcome)


def _people() -> dict[str, str]:
    roster = visitor().roster
    listed = {each.id: each.name for each in roster.listed}
    return {**listed, **{each.id: each.name for each in roster.readers}}


def _viewer() -> Signer:
    return Signer(visitor().person.id, visitor().role)


def _sent() -> Sent:
    document = request.form.get("act", "").encode()
    return Sent(visitor().person.id, document, sent.signature())


def _told(outcome: Outcome) -> Response:
    return Response(status=204 if outcome.is_done else 202)
