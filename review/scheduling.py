"""Changes of the retention schedule: a resolution, two signatures, and a later day.

What counsel has to answer first is a sentence for each question, and the change is refused with
them. A change that two have signed counts from its day on; what was closed before keeps its class's
version.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.act import Act
from crypto.roster import Roster
from review import acting
from review.acting import Outcome, Sent, Signer
from review.errors import NotHere, StepRefused
from review.retention import changing
from review.retention.changing import ACT, BUILT_IN, SIGNERS, SIGNING, Line
from review.store import acts, entries, schedule
from review.store.acts import Signed
from review.store.entries import Entry


@dataclass(frozen=True)
class Proposal:
    """A line that one person has signed for and that waits for another."""

    line: Line
    signed: Signed


@dataclass(frozen=True)
class Shown:
    """A class as the schedule shows it: the line in force, what is agreed to come, proposals."""

    code: str
    now: Line
    coming: tuple[Line, ...]
    newest: Line
    previous: str | None
    proposals: tuple[Proposal, ...]


def shown(connection: Connection, today: datetime.date) -> list[Shown]:
    """Every class of the schedule, in the order of their codes."""
    agreed = schedule.lines(connection)
    return [_shown(connection, agreed, code, today) for code in sorted(BUILT_IN)]


def _shown(connection: Connection, agreed: list[Line], code: str, today: datetime.date) -> Shown:
    subject = changing.subject(code)
    coming = [
        each for each in agreed if each.terms.code == code and each.terms.effective > today
    ]  # fmt: skip
    waiting = [
        Proposal(changing.read(subject, each.act.data), each)
        for each in acts.proposals(connection, [subject])
    ]
    return Shown(
        code,
        changing.in_force(code, agreed, today),
        tuple(coming),
        changing.newest(code, agreed),
        acts.newest(connection, subject),
        tuple(waiting),
    )


def propose(connection: Connection, roster: Roster, sent: Sent, today: datetime.date) -> Outcome:
    """Keep the first signature for a change.

    Raises StepRefused with every reason and every question for counsel, and what acting.sign does.
    """
    outcome = acting.sign(connection, roster, sent, today, _rule(connection, today))
    return _finish(connection, outcome, sent.by, today)


def sign(
    connection: Connection, roster: Roster, act_hash: str, by: str, signature: bytes,
    today: datetime.date,
) -> Outcome:  # fmt: skip
    """Keep a further signature; the second is enough. Raises as propose()."""
    _check_proposal(connection, act_hash)
    rule = _rule(connection, today)
    outcome = acting.sign_again(connection, roster, act_hash, by, signature, today, rule)
    return _finish(connection, outcome, by, today)


def decline(connection: Connection, act_hash: str, by: str, today: datetime.date) -> None:
    """End the proposal of a change. Raises NotHere."""
    _check_proposal(connection, act_hash)
    acting.withdraw(connection, act_hash, by, today)


def _rule(connection: Connection, today: datetime.date) -> acting.Rule:
    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        if act.act != ACT or any(each.role not in SIGNING for each in signers):
            raise NotHere("the role may not do this")
        line = changing.read(act.subject, act.data)
        before = changing.newest(line.terms.code, schedule.lines(connection))
        reasons = changing.refusals(line, before, today)
        if reasons:
            raise StepRefused(reasons)
        return None if len(signers) >= SIGNERS else "Another of the committee has to sign it too."

    return rule


def _check_proposal(connection: Connection, act_hash: str) -> None:
    if acting.waiting(connection, act_hash).act.act != ACT:
        raise NotHere("no such proposal")


def _finish(connection: Connection, outcome: Outcome, by: str, today: datetime.date) -> Outcome:
    if outcome.is_done:
        act = outcome.act
        data = changing.told(act.hash, changing.read(act.subject, act.data))
        entries.record(connection, Entry(type="schedule.changed", on=today, by=by, data=data))
    return outcome
