"""What is noted of legal holds while they stand: custodians told, acknowledgements, reviews.

One person signs each, of those who may place a hold and may know of this one. What waits is told
on their home page until it is done.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.act import Act
from crypto.roster import Roster
from review import acting, legal_holds
from review.acting import Outcome, Sent, Signer
from review.errors import NotHere, StepRefused
from review.retention import custody as rules
from review.retention import holding
from review.retention.custody import Awaited, Note, Notice
from review.store import acts, entries, holds
from review.store.entries import Entry
from review.store.holds import Kept


@dataclass(frozen=True)
class Custody:
    """What was noted of a hold, what is to come, and the act that the next one has to name."""

    notices: tuple[Notice, ...]
    reviewed: datetime.date | None
    awaited: tuple[Awaited, ...]
    previous: str | None

    @property
    def review_by(self) -> datetime.date:
        """The day by which somebody has to look at it again."""
        return next(each.by for each in self.awaited if each.what is rules.Due.REVIEW)


@dataclass(frozen=True)
class Waiting:
    """Something that is to be done for a hold, as a home page says it."""

    kept: Kept
    awaited: Awaited


def note(connection: Connection, roster: Roster, sent: Sent, today: datetime.date) -> Outcome:
    """Keep what one person signs. Raises NotHere, StepRefused, and what acting.sign raises."""

    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        hold = rules.hold_of(act.subject)
        if hold is None or any(each.role not in holding.PLACING for each in signers):
            raise NotHere("the role may not do this")
        for each in signers:
            if not legal_holds.may_release(connection, holding.subject(hold), each):
                raise NotHere("no such hold for this person, or it was released")
        reasons = rules.refusals(_read(act), _notes(connection, hold))
        if reasons:
            raise StepRefused(reasons)
        return None

    outcome = acting.sign(connection, roster, sent, today, rule)
    act = outcome.act
    data = {"act": act.hash, "hold": rules.hold_of(act.subject) or ""}
    kind = rules.ENTRIES[act.act]
    entries.record(connection, Entry(type=kind, on=today, by=sent.by, data=data))
    return outcome


def of_hold(connection: Connection, kept: Kept) -> Custody:
    """What was noted of a hold."""
    notes = _notes(connection, kept.name)
    waiting = rules.awaited(kept.hold.placed, kept.by, kept.terms.custodian, notes)
    previous = acts.newest(connection, rules.subject(kept.name))
    return Custody(rules.notices(notes), rules.reviewed(notes), waiting, previous)


def waiting(connection: Connection, viewer: Signer, until: datetime.date) -> list[Waiting]:
    """What is to be done up to a day for holds that somebody may know of, the earliest first."""
    if viewer.role not in holding.PLACING:
        return []
    found = [
        Waiting(kept, each)
        for kept in holds.all_kept(connection)
        if legal_holds.stands_for(connection, kept, viewer)
        for each in of_hold(connection, kept).awaited
        if each.by <= until
    ]
    return sorted(found, key=lambda each: (each.awaited.by, each.kept.name))


def _notes(connection: Connection, hold: str) -> list[Note]:
    return [_read(each.act) for each in acts.done(connection, rules.subject(hold))]


def _read(act: Act) -> Note:
    return rules.read(act.act, act.subject, act.data, act.on)
