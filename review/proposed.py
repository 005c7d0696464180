"""What was proposed to be disposed of: what has changed since, who could approve it, and rejecting.

Any of those who may know of a disposition can reject it until something of it has gone. That is one
signed act, which makes it void; its cases can be proposed again at once.
"""

import datetime

from sqlalchemy import Connection

from crypto import disposing as formats
from crypto.act import Act
from crypto.disposing import Manifest
from crypto.entry_types import Value
from crypto.roster import Roster
from review import acting, disposing
from review.acting import Outcome, Sent, Signer
from review.errors import MalformedForm, NotHere, StepRefused
from review.retention.disposition import Answer
from review.roles import READERS
from review.store import cases, dispositions, entries
from review.store.entries import Entry

_BEGUN = "This list is being carried out already, and nothing of it can be kept back."


def changed(connection: Connection, manifest: Manifest, today: datetime.date) -> dict[str, str]:
    """Why records of a manifest that nobody has carried out would stay today, by their cases."""
    found = {}
    for line in manifest.records:
        case = cases.case_by_id(connection, line.case)
        seen = None if case is None else disposing.look(connection, case, today)
        if seen is None:
            found[line.case] = "CHANGED"
        elif seen.line is None:
            found[line.case] = "REOPENED"
        elif seen.refusal is Answer.ON_HOLD:
            found[line.case] = "ON_HOLD"
        elif seen.line != line or seen.refusal is not None:
            found[line.case] = "CHANGED"
    return found


def to_approve(
    connection: Connection, roster: Roster, viewer: Signer, today: datetime.date
) -> list[str]:
    """The ids of dispositions that this person could approve now, the oldest first."""
    waiting = [
        disposing.find(connection, manifest.id, viewer.person, roster)
        for manifest in dispositions.unsettled(connection)
        if disposing.may_know(connection, manifest, viewer.person)
    ]
    return [
        each.manifest.id
        for each in waiting
        if each.waits
        and viewer.role in READERS
        and viewer.person not in {each.manifest.by, *each.signers}
        and not changed(connection, each.manifest, today)
    ]


def reject(
    connection: Connection, roster: Roster, disposition: str, sent: Sent, today: datetime.date
) -> Outcome:
    """Reject a disposition by one signature, before anything of it goes. It is void from then on.

    Raises NotHere for one that this person may not know of, StepRefused where it has begun or was
    rejected already, and as acting.sign does.
    """
    found = disposing.find(connection, disposition, sent.by)
    act = acting.parse(sent.document)
    about = (act.subject, act.act, act.words("manifest"), len(act.data))
    wanted = (formats.subject(disposition), formats.REJECT, (found.manifest.hash,), 2)
    if about != wanted or "".join(act.words("reason")) not in formats.REASONS:
        raise MalformedForm("the act does not reject this manifest for one of the reasons")
    if found.rejected is not None:
        raise StepRefused([disposing.REJECTED])
    if found.has_begun:
        raise StepRefused([_BEGUN])

    def rule(_act: Act, signers: tuple[Signer, ...]) -> str | None:
        if any(each.role not in READERS for each in signers):
            raise NotHere("the role may not do this")
        return None

    outcome = acting.sign(connection, roster, sent, today, rule)
    data: dict[str, Value] = {"manifest": found.manifest.hash, "act": act.hash}
    entries.record(connection, Entry(type="disposition.rejected", on=today, by=sent.by, data=data))
    return outcome
