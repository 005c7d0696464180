"""Legal holds in the console: one person places one at once, two release it.

A hold that names cases is shown only to those who read every one of them, and to an auditor whom
none of them concerns; everybody else is told that there is no such hold. One that names none covers
by class and day, and says nothing of any case.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import age
from crypto.act import Act
from crypto.errors import Malformed
from crypto.padding import MESSAGE_STEPS
from crypto.roster import Roster
from review import acting
from review.acting import Outcome, Sent, Signer
from review.casework.codes import Category
from review.errors import MalformedForm, NotHere, StepRefused
from review.retention import holding
from review.retention.holding import PLACE, PLACING, RELEASE, RELEASING, Terms
from review.retention.holds import Record
from review.roles import READERS
from review.store import acts, cases, courses, entries, holds
from review.store.acts import Signed
from review.store.entries import Entry
from review.store.holds import Kept

_RELEASE_FIELDS = frozenset({"draw", "placed"})
_APART = "These cases have different readers. Place one hold for each."
_ALONE = (
    "It takes two to release a hold, and fewer than two may know of this case. "
    "Another reader has to come on the roster first."
)
# A hold stands until it is released: on any later day as much as today.
_EVER = datetime.date.max


@dataclass(frozen=True)
class Shown:
    """A hold as somebody may see it; cases is how many of theirs it keeps."""

    kept: Kept
    placed: Signed
    previous: str | None
    cases: int
    stands: bool
    proposals: tuple[Signed, ...]

    @property
    def released(self) -> datetime.date | None:
        """The day on which two people released it."""
        return self.kept.hold.released()


def place(
    connection: Connection, roster: Roster, sent: Sent, reason: bytes, today: datetime.date
) -> Outcome:
    """Place a hold by one signature. Raises StepRefused, and what acting.sign raises."""

    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        terms = holding.read(act.subject, act.data)
        if act.act != PLACE or any(each.role not in PLACING for each in signers):
            raise NotHere("the role may not do this")
        if terms.custodian not in roster.ids:
            raise MalformedForm("the custodian is not on the roster")
        if not terms.scope.categories <= set(Category):
            raise MalformedForm("the scope has a category that there is none of")
        readers = _check_named(connection, roster, terms, sent.by)
        _check_reason(reason, terms.sealed, len(readers))
        return None

    outcome = acting.sign(connection, roster, sent, today, rule)
    hold = holding.hold_of(outcome.act.subject) or ""
    holds.keep(connection, hold, outcome.act.hash, today, reason)
    _record(connection, "hold.placed", outcome.act, sent.by, today)
    return outcome


def release(connection: Connection, roster: Roster, sent: Sent, today: datetime.date) -> Outcome:
    """Keep the first signature for a release. Raises NotHere and what acting.sign raises."""
    outcome = acting.sign(connection, roster, sent, today, _releasing(connection))
    return _finish(connection, outcome, sent.by, today)


def sign(
    connection: Connection, roster: Roster, act_hash: str, viewer: Signer, signature: bytes,
    today: datetime.date,
) -> Outcome:  # fmt: skip
    """Sign the release that another has proposed, which ends the hold. Raises as release()."""
    _check_proposal(connection, act_hash, viewer)
    by, rule = viewer.person, _releasing(connection)
    outcome = acting.sign_again(connection, roster, act_hash, by, signature, today, rule)
    return _finish(connection, outcome, by, today)


def decline(connection: Connection, act_hash: str, viewer: Signer, today: datetime.date) -> None:
    """End the proposal of a release. Raises NotHere."""
    _check_proposal(connection, act_hash, viewer)
    acting.withdraw(connection, act_hash, viewer.person, today)


def shown(connection: Connection, viewer: Signer) -> list[Shown]:
    """The holds that somebody may know of, the newest first."""
    there = [each for each in holds.all_kept(connection) if may_see(connection, each, viewer)]
    own = _own(connection, viewer) if there else []
    return [_shown(connection, each, own) for each in reversed(there)]


def may_see(connection: Connection, kept: Kept, viewer: Signer) -> bool:
    """Whether somebody may know of a hold."""
    names = kept.terms.scope.names
    if viewer.role in READERS:
        return all(cases.visible_case(connection, each, viewer.person) for each in names)
    return not any(viewer.person in courses.may_know(connection, each)[1] for each in names)


def reason(connection: Connection, hold: str, viewer: Signer) -> bytes:
    """The sealed reason of a hold that this reader may know of. Raises NotHere."""
    kept = holds.find(connection, hold)
    sealed = holds.reason(connection, hold)
    if kept is None or sealed is None or not may_see(connection, kept, viewer):
        raise NotHere("no such hold for this person")
    return sealed


def readers_of(connection: Connection, roster: Roster, names: Sequence[str]) -> list[str]:
    """To whom the reason of a hold is sealed: readers of the roster who read all named cases."""
    return [
        each.id
        for each in roster.readers
        if all(cases.visible_case(connection, one, each.id) for one in names)
    ]


def _check_named(
    connection: Connection, roster: Roster, terms: Terms, by: str
) -> list[str]:  # fmt: skip
    """The readers of all cases that a hold names, who are those of each. Raises StepRefused."""
    names = sorted(terms.scope.names)
    readers = readers_of(connection, roster, names)
    if by not in readers:
        raise StepRefused(("There is no such case.",))
    if terms.is_mixed:
        raise StepRefused((holding.ONLY_NAMED,))
    if any(readers_of(connection, roster, [each]) != readers for each in names):
        raise StepRefused((_APART,))
    if len(readers) < holding.SIGNERS:
        raise StepRefused((_ALONE,))
    return readers


def may_release(connection: Connection, subject: str, viewer: Signer) -> bool:
    """Whether a hold is there for somebody, and stands so far as they may know."""
    found = holds.find(connection, holding.hold_of(subject) or "")
    return found is not None and stands_for(connection, found, viewer)


def stands_for(connection: Connection, kept: Kept, viewer: Signer) -> bool:
    """Whether somebody may know of a hold, and it stands so far as they may know."""
    if not may_see(connection, kept, viewer):
        return False
    if kept.hold.released() is None:
        return True
    # Their cases are many, and read only where a release may not have counted for one of them.
    return _stands(kept, holds.keeps(connection, kept, _own(connection, viewer), _EVER))


def _own(connection: Connection, viewer: Signer) -> list[Record]:
    return holds.records_for(connection, viewer.person) if viewer.role in READERS else []


def _stands(kept: Kept, cases_kept: Sequence[str]) -> bool:
    # Where a release did not count for a case, only that case's readers learn that it still stands.
    return kept.hold.released() is None or bool(cases_kept)


def _shown(connection: Connection, kept: Kept, own: list[Record]) -> Shown:
    kept_cases = holds.keeps(connection, kept, own, _EVER)
    subject = holding.subject(kept.name)
    stands = _stands(kept, kept_cases)
    return Shown(
        kept,
        acts.done(connection, subject)[0],
        acts.newest(connection, subject),
        len(kept_cases),
        stands,
        tuple(acts.proposals(connection, [subject])) if stands else (),
    )


def _releasing(connection: Connection) -> acting.Rule:
    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        if act.act != RELEASE or any(each.role not in RELEASING for each in signers):
            raise NotHere("the role may not do this")
        if set(act.data) != _RELEASE_FIELDS:
            raise MalformedForm("a release says nothing else")
        for each in signers:
            if not may_release(connection, act.subject, each):
                raise NotHere("no such hold for this person, or it was released")
        placed = acts.done(connection, act.subject)[0].act
        if act.words("placed") != (placed.hash,):
            raise MalformedForm("the release is of another hold than the one that was placed")
        return None if len(signers) >= holding.SIGNERS else "Another person has to sign it too."

    return rule


def _check_proposal(connection: Connection, act_hash: str, viewer: Signer) -> None:
    """Only the release of a hold that this person may know of is theirs to sign or decline."""
    proposal = acting.waiting(connection, act_hash).act
    if proposal.act != RELEASE or not may_release(connection, proposal.subject, viewer):
        raise NotHere("no such proposal")


def _finish(connection: Connection, outcome: Outcome, by: str, today: datetime.date) -> Outcome:
    if outcome.is_done:
        _record(connection, "hold.released", outcome.act, by, today)
    return outcome


def _record(connection: Connection, kind: str, act: Act, by: str, today: datetime.date) -> None:
    data = {"act": act.hash, "hold": holding.hold_of(act.subject) or ""}
    entries.record(connection, Entry(type=kind, on=today, by=by, data=data))


def _check_reason(reason: bytes, digest: str, readers: int) -> None:
    try:
        age.check_shape(reason, stanzas=readers, plaintext_sizes=MESSAGE_STEPS)
    except Malformed:
        raise MalformedForm("the reason is not sealed to its readers") from None
    if hashlib.sha256(reason).hexdigest() != digest:
        raise MalformedForm("the reason that came is not the one that the act has")
