"""What waits for somebody's signature: acts in their cases, the committee's texts, lost passkeys.

Whoever is shown something here could sign it now. What others propose about a person they do not
find, nor a case that they may not see.
"""

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import texts
from crypto.roster import Roster
from review import legal_holds, proposed, recovering
from review import roles as table
from review.acting import Signer
from review.casework import signed
from review.casework.course import line
from review.held import is_about
from review.retention import changing, holding
from review.store import acts, cases
from review.store.acts import Signed


class What(enum.StrEnum):
    """The kinds of things that are signed, by the page on which that is done."""

    CASE = "case"
    TEXTS = "texts"
    RECOVERY = "recovery"
    SCHEDULE = "schedule"
    HOLDS = "holds"
    DISPOSITION = "disposition"


@dataclass(frozen=True)
class ToSign:
    """Something to sign; about is the id of a case or list, or who waits for a new way in."""

    what: What
    about: str = ""


def waiting(
    connection: Connection, roster: Roster, viewer: Signer, most: int, today: datetime.date
) -> tuple[list[ToSign], bool]:
    """What this person could sign now, each case once, at most so many; and whether there is more.

    What waits longest is named; in which order, says nothing.
    """
    found = {
        ToSign(What.RECOVERY, each.name)
        for each in recovering.questions(connection, viewer.person)
        if viewer.person not in each.signers and table.may(viewer.role, table.Act.AGREE_RECOVERY)
    }
    if table.may(viewer.role, table.Act.APPROVE_DISPOSITION):
        waiting = proposed.to_approve(connection, roster, viewer, today)
        found |= {ToSign(What.DISPOSITION, each) for each in waiting}
    for each in proposals_for(connection, roster, viewer):
        found.add(_place(each))
        if len(found) > most:
            break
    return sorted(found, key=lambda each: (each.what, each.about))[:most], len(found) > most


def proposals_for(connection: Connection, roster: Roster, viewer: Signer) -> Iterator[Signed]:
    """Acts that others have signed and this person could sign too, the oldest first."""
    for each in acts.unsigned_by(connection, viewer.person, roster.hash):
        if not is_about(each, viewer.person) and _may_sign(connection, each, viewer):
            yield each


def _may_sign(connection: Connection, proposal: Signed, viewer: Signer) -> bool:
    if proposal.act.act == texts.ACT:
        return viewer.role in texts.SIGNING
    if proposal.act.act == changing.ACT:
        return viewer.role in changing.SIGNING
    if proposal.act.act == holding.RELEASE:
        return table.may(viewer.role, table.Act.RELEASE_HOLD) and legal_holds.may_release(
            connection, proposal.act.subject, viewer
        )
    case = cases.visible_case(connection, proposal.act.subject, viewer.person)
    if case is None:
        return False
    step = signed.STEPS.get(proposal.act.act)
    if step is None:
        # A key, a share or a recusal: whoever gives a case its key signs that.
        return table.may(viewer.role, table.Act.GIVE_CASE_KEY)
    found = line(case.state, step)
    return found is not None and viewer.role in found.who


def _place(proposal: Signed) -> ToSign:
    if proposal.act.act == texts.ACT:
        return ToSign(What.TEXTS)
    if proposal.act.act == changing.ACT:
        return ToSign(What.SCHEDULE)
    if proposal.act.act == holding.RELEASE:
        return ToSign(What.HOLDS)
    return ToSign(What.CASE, proposal.act.subject)
