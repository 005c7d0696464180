"""What a reader's browser is told of who holds a case, to check it and to ask for what is missing.

Nothing here is believed by the browser: the acts are signed, and every grant and link is opened.
"""

from typing import Any

from sqlalchemy import Connection

from crypto import keying
from crypto.case import choose_readers
from crypto.errors import TooFewReaders
from crypto.roster import Roster
from crypto.strict import to_b64
from review import investigators
from review.generations import ACTS, RECUSE
from review.holders import Holding, holding
from review.store import acts, generations
from review.store.acts import Signed
from review.store.cases import Case


def for_browser(connection: Connection, case: Case, roster: Roster, viewer: str) -> dict[str, Any]:
    """The keys of a case and what waits to be signed for it, as this viewer may know it."""
    held = holding(connection, case, roster)
    newest = next(
        (
            each
            for each in generations.shares_of(connection, case.id)
            if each.person == viewer and each.generation == case.generation
        ),
        None,
    )
    return {
        "keys": [
            _key(connection, case.id, each) for each in generations.keys_of(connection, case.id)
        ],
        "recused": [each.person for each in generations.recusals_of(connection, case.id)],
        "needs_key": held.needs_key,
        "blocked": held.is_blocked,
        "next_readers": next_readers(roster, held),
        "shared": sorted(held.shared),
        "shares": [
            vars(each) | {"on": each.on.isoformat()}
            for each in generations.shares_of(connection, case.id)
        ],
        "previous": acts.newest(connection, case.id),
        "waiting": [
            _waiting(connection, case.id, each)
            for each in acts.proposals(connection, [case.id])
            if each.act.act in ACTS and not is_about(each, viewer)
        ],
        "investigators": _investigators(connection, roster, held, viewer),
        "own_share": None if newest is None else f"/cases/{case.id}/shared/{case.generation}",
    }


def _investigators(
    connection: Connection, roster: Roster, held: Holding, viewer: str
) -> list[dict[str, str]]:
    """With whom this viewer could share the case, each with the request that their browser made."""
    if viewer in held.shared:
        return []
    found = investigators.with_keys(connection, roster)
    return [{"person": each.person, "request": to_b64(each.request)} for each in found]


def next_readers(roster: Roster, held: Holding) -> list[str]:
    """To whom a new key is to be granted; nobody where fewer than two are left."""
    try:
        chosen = choose_readers(roster, [each for each in held.out if each in roster.ids])
    except TooFewReaders:
        return []
    return sorted(each.id for each in chosen)


def is_about(proposal: Signed, viewer: str) -> bool:
    """Whether others propose that the viewer be out of the case: they hear of it when it is so."""
    own = proposal.act.act == RECUSE and proposal.act.data.get("person") == viewer
    return own and viewer not in proposal.signers


def _key(connection: Connection, case_id: str, made: generations.CaseKey) -> dict[str, Any]:
    signed = acts.find(connection, made.act)
    return {
        "generation": made.generation,
        "recipient": made.recipient,
        "link": f"/cases/{case_id}/links/{made.generation}",
        **({} if signed is None else _signed(signed)),
    }


def _waiting(connection: Connection, case_id: str, proposal: Signed) -> dict[str, Any]:
    name = proposal.act.hash
    files = {
        keying.REKEY: ("grant", "link"),
        "share": ("grant",),
    }.get(proposal.act.act, ())
    return {
        **_signed(proposal),
        "recipient": generations.offered_recipient(connection, case_id, name),
        "files": {each: f"/cases/{case_id}/offers/{name}/{each}" for each in files},
    }


def _signed(signed: Signed) -> dict[str, Any]:
    return {
        "act": signed.act.document.decode(),
        "signatures": [
            {"by": each.by, "signature": to_b64(each.signature)} for each in signed.signatures
        ],
    }
