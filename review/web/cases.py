"""A case as its readers get it: the page around it, and everything sealed, by reference.

Every view asks for the case as this person may see it, in one query that joins the case's readers.
Nothing here can be read without a reader's identity, which is in no server.
"""

import json

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import Connection

from crypto.roster import Roster
from crypto.strict import to_b64
from review import held, journal
from review.casework.clocks import days_open
from review.casework.guards import Signer
from review.errors import NotHere
from review.readers_view import people_of
from review.roles import Act
from review.store import cases, envelopes, holds, retained, rosters
from review.store.cases import Case
from review.store.database import reading
from review.store.envelopes import Envelope
from review.web import casework
from review.web.guard import allowed
from review.web.pages import octets
from review.web.parts import parts, visitor

routes = Blueprint("cases", __name__)


def find_case(connection: Connection, case_id: str) -> Case:
    """The case, if this visitor may see it. Raises NotHere, whatever the reason.

    A case whose shred key is gone is no case any more, whatever the book still says of it.
    """
    case = cases.visible_case(connection, case_id, visitor().person.id)
    if case is None or not parts().kept_among([case.id]):
        raise NotHere("no such case for this person")
    return case


@routes.get("/cases/<case_id>")
@allowed(Act.OPEN_CASE)
def page(case_id: str) -> str:
    """The page in which the visitor's browser opens the case."""
    here, today = parts(), parts().today
    with reading(here.book) as connection:
        case = find_case(connection, case_id)
        excluded = cases.excluded_people(connection, case.id)
        people = people_of(connection, case, visitor().roster, visitor().person.id)
        first = rosters.roster_by_hash(
            connection, case.roster, here.settings.root_key, demo=here.settings.demo
        )
        viewer = Signer(visitor().person.id, visitor().role)
        clocks = here.settings.clocks
        is_held = holds.is_held(connection, case, today)
        needs_hold = is_held and not holds.over(connection, case, today)
        kept = retained.of_case(connection, case, today)
        desk = casework.desk(connection, visitor().roster, case, viewer, today, clocks)
    return render_template(
        "case.html",
        case=case,
        desk=desk,
        days_open=days_open(case.on, today),
        is_held=is_held,
        kept=kept,
        may_propose=visitor().may(Act.PROPOSE_DISPOSITION),
        needs_hold=needs_hold,
        may_hold=visitor().may(Act.PLACE_HOLD),
        next_on=desk.feedback_due,
        excluded=[_named(first, person) for person in excluded],
        people=people,
        colleagues=[each for each in visitor().roster.readers if each.id not in excluded],
        may_reply=visitor().may(Act.REPLY),
        may_note=visitor().may(Act.NOTE),
        may_export=visitor().may(Act.EXPORT_CASE),
    )


@routes.get("/cases/<case_id>/manifest")
@allowed(Act.OPEN_CASE)
def manifest(case_id: str) -> Response:
    """What there is of the case and where: ids, hashes, days and addresses."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        document = {
            "case": case.id,
            "generation": case.generation,
            "roster": case.roster,
            "recipient": case.recipient,
            "state": case.state.value,
            "excluded": list(cases.excluded_people(connection, case.id)),
            "grant": url_for("cases.grant", case_id=case.id, generation=case.generation),
            "envelopes": [_line(case.id, each) for each in envelopes.of_case(connection, case.id)],
            "held": held.for_browser(connection, case, visitor().roster, visitor().person.id),
            **journal.for_browser(
                connection,
                visitor().roster,
                case,
                visitor().person.id,
                parts().today,
                parts().settings.clocks,
            ),
            "rosters": {
                name: to_b64(data) for name, data in rosters.all_rosters(connection).items()
            },
        }
    return Response(json.dumps(document), content_type="application/json")


@routes.get("/cases/<case_id>/grants/<int(max=99999):generation>")
@allowed(Act.OPEN_CASE)
def grant(case_id: str, generation: int) -> Response:
    """A grant of the case key."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        found = envelopes.grant(connection, key, case.id, generation)
    return sealed(found, f"grant-{generation}.age")


@routes.get("/cases/<case_id>/envelopes/<envelope_id>")
@allowed(Act.OPEN_CASE)
def envelope(case_id: str, envelope_id: str) -> Response:
    """One sealed message of the case."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        found = envelopes.content(connection, key, case.id, envelope_id)
    return sealed(found, "envelope.age")


@routes.get("/cases/<case_id>/slices/<upload_id>/<int(max=99999):index>")
@allowed(Act.OPEN_CASE)
def file_slice(case_id: str, upload_id: str, index: int) -> Response:
    """One sealed slice of a file of the case."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        key = parts().row_key(case.id)
        found = envelopes.slice_content(connection, key, case.id, upload_id, index)
    return sealed(found, "slice.age")


def sealed(found: bytes | None, name: str) -> Response:
    """A sealed part of a case, to be saved. Raises NotHere where there is none."""
    if found is None:
        raise NotHere("the case has no such part")
    return octets(found, name)


def _line(case_id: str, envelope: Envelope) -> dict[str, object]:
    return {
        "id": envelope.id,
        "thread": envelope.thread,
        "kind": envelope.kind,
        "n": envelope.n,
        "on": envelope.on.isoformat(),
        "by": envelope.by,
        "digest": envelope.digest,
        "url": url_for("cases.envelope", case_id=case_id, envelope_id=envelope.id),
        "upload": envelope.upload_id,
        "slices": envelope.slices,
    }


def _named(roster: Roster, person_id: str) -> str:
    names = {each.id: each.name for each in roster.readers}
    names |= {each.id: each.name for each in roster.listed}
    return names.get(person_id, person_id)
