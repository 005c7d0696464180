"""A new way in for a reader who has lost every one: two others of the committee sign that it is so.

The administrator asks and, once two have signed, makes the invitation; alone, neither they nor
anybody else gets into a reader's account.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.act import Act
from crypto.roster import Roster
from review import acting
from review.acting import Sent, Signer
from review.casework import renewed
from review.casework.renewed import NAME, subject
from review.errors import NotHere, StepRefused
from review.store import acts, entries, recoveries
from review.store import people as people_store


@dataclass(frozen=True)
class Question:
    """Somebody who waits, as one of those who are asked sees it."""

    person: str
    name: str
    signers: tuple[str, ...]
    # The act that was signed by one already, as canonical text; and the hash of the one before.
    proposal: str
    previous: str


def questions(connection: Connection, viewer: str) -> list[Question]:
    """About whom this person is asked; never about themselves."""
    found = []
    for person_id, act in sorted(recoveries.all_open(connection).items()):
        person = people_store.by_id(connection, person_id)
        if person is None or person_id == viewer or act is not None:
            continue
        about = subject(person_id)
        waits = [each for each in acts.proposals(connection, [about]) if each.act.act == NAME]
        found.append(
            Question(
                person_id,
                person.name,
                waits[0].signers if waits else (),
                waits[0].act.document.decode() if waits else "",
                acts.newest(connection, about) or "",
            )
        )
    return found


def agree(
    connection: Connection, roster: Roster, person_id: str, sent: Sent, today: datetime.date
) -> bool:
    """Keep a signature that this person gets a new way in; whether two have signed now.

    Raises NotHere where nobody asked, StepRefused for who must not sign, and as acting.sign().
    """
    lost = recoveries.all_open(connection)
    if person_id not in lost or lost[person_id] is not None:
        raise NotHere("nobody asked for a new way in")

    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        return _missing(person_id, act, signers)

    outcome = acting.sign(connection, roster, sent, today, rule)
    if outcome.is_done:
        recoveries.agree(connection, person_id, outcome.act.hash)
        told = {"person": person_id, "act": outcome.act.hash}
        entry = entries.Entry(type="sign-in.renewed", on=today, by=sent.by, data=told)
        entries.record(connection, entry)
    return outcome.is_done


def _missing(person_id: str, act: Act, signers: tuple[Signer, ...]) -> str | None:
    if not renewed.is_about(person_id, act.subject, act.act, act.data):
        raise NotHere("the act is about something else")
    if not all(renewed.may_agree(person_id, each.person, each.role) for each in signers):
        raise StepRefused(["Nobody agrees to a new way in for themselves."])
    return None if len(signers) >= renewed.ENOUGH else "Two different people have to sign this."
