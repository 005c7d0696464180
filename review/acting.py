"""Acts of weight come in here, whatever they are about, and nowhere else.

Whoever sends an act has signed it in their browser. What every act needs is checked here: the
roster in force, the signature, the act before, the day, and that nobody counts twice. Who has to
sign is the caller's rule. The first of two signatures makes a proposal, which the others find; the
one that completes it lets the caller take the step, in the same transaction.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import act as act_format
from crypto.act import Act, Signature
from crypto.errors import InvalidSignature, MalformedAct
from crypto.roster import Roster
from review.errors import ActMoved, MalformedForm, NotHere
from review.roles import Role
from review.store import acts, entries, generations
from review.store.acts import Signed
from review.store.entries import Entry

# What is signed around midnight is of the day before.
_SLACK = datetime.timedelta(days=1)
_HASH_SIZE = 64


@dataclass(frozen=True)
class Signer:
    """Somebody who signed, in the role that the roster gives them; else as an investigator."""

    person: str
    role: Role


@dataclass(frozen=True)
class Sent:
    """What a browser sends: the act's canonical bytes, who sends it, and their signature."""

    by: str
    document: bytes
    signature: bytes = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """The act, who has signed it by now, and whether that is enough."""

    act: Act
    signers: tuple[Signer, ...]
    is_done: bool


# What is still missing of signatures, in a sentence, or None if they are enough. It raises NotHere
# or StepRefused for what no further signature can mend.
Rule = Callable[[Act, tuple[Signer, ...]], str | None]


def parse(document: bytes) -> Act:
    """The act that a browser sent. Raises MalformedForm."""
    try:
        return act_format.parse(document)
    except MalformedAct as refused:
        raise MalformedForm(f"not an act: {refused}") from None


def sign(
    connection: Connection, roster: Roster, sent: Sent, today: datetime.date, rule: Rule
) -> Outcome:
    """Keep a signature under an act, the first or a further one.

    Where it completes the act, the caller takes the step and writes the entry with its hash.
    Raises ActMoved for another roster, another act before, or an act that has ended or that this
    person has signed already; MalformedForm for a wrong day or signature; and what the rule raises.
    """
    act = parse(sent.document)
    known = acts.find(connection, act.hash)
    _check_place(connection, roster, act)
    if acts.has_ended(connection, act.hash):
        raise ActMoved("the act has ended")
    if known is not None and sent.by in known.signers:
        raise ActMoved("this person has signed it already")
    if known is None and not today - _SLACK <= act.on <= today:
        raise MalformedForm("the act is of another day")
    added = Signature(sent.by, sent.signature)
    there = () if known is None else known.signatures
    shared = generations.shared_keys(connection, act.subject)
    signers = _signers(roster, act, (*there, added), shared)
    missing = rule(act, signers)
    if known is None:
        acts.add(connection, act)
    acts.add_signature(connection, act, added, today)
    if missing is None:
        acts.end(connection, act, acts.DONE, sent.by, today)
    elif known is None:
        record(connection, "act.proposed", act, sent.by, today)
    return Outcome(act, signers, missing is None)


def sign_again(
    connection: Connection, roster: Roster, act_hash: str, by: str, signature: bytes,
    today: datetime.date, rule: Rule,
) -> Outcome:  # fmt: skip
    """Keep a further signature under a proposal. Raises NotHere where there is none, and as sign.

    The caller's rule has to see that the proposal is about what it should be.
    """
    found = waiting(connection, act_hash)
    return sign(connection, roster, Sent(by, found.act.document, signature), today, rule)


def waiting(connection: Connection, act_hash: str) -> Signed:
    """The proposal of this name. Raises NotHere if there is none, or it has ended."""
    found = acts.find(connection, act_hash) if len(act_hash) == _HASH_SIZE else None
    if found is None or acts.has_ended(connection, act_hash):
        raise NotHere("no such proposal")
    return found


def withdraw(connection: Connection, act_hash: str, by: str, today: datetime.date) -> Act:
    """End a proposal: whoever signed it takes it back, or somebody it waits for declines.

    The caller has checked that this person may know of it. Raises NotHere.
    """
    found = waiting(connection, act_hash)
    acts.end(connection, found.act, acts.WITHDRAWN, by, today)
    record(connection, "act.withdrawn", found.act, by, today)
    return found.act


def record(connection: Connection, kind: str, act: Act, by: str, on: datetime.date) -> None:
    """Write the entry that tells of a proposal or its end."""
    case_id = act.subject if len(act.subject) == _HASH_SIZE else None
    entry = Entry(type=kind, on=on, case_id=case_id, by=by, data={"act": act.hash})
    entries.record(connection, entry)


def _check_place(connection: Connection, roster: Roster, act: Act) -> None:
    if (act.roster, act.installation) != (roster.hash, roster.installation):
        raise ActMoved("the act names another roster than the one in force")
    if act.previous != acts.newest(connection, act.subject):
        raise ActMoved("the subject has had another act meanwhile")


def _signers(
    roster: Roster, act: Act, signatures: tuple[Signature, ...], shared: Mapping[str, bytes]
) -> tuple[Signer, ...]:
    """Who signed, in their roles: readers, then those with whom the act's case is shared now.

    Raises MalformedForm.
    """
    try:
        people = act_format.check_all(act, signatures, roster, shared)
    except InvalidSignature as refused:
        raise MalformedForm(f"a signature does not hold: {refused}") from None
    readers = [Signer(each.id, Role(each.role)) for each in roster.readers if each.id in people]
    others = sorted(people - {each.person for each in readers})
    return (*readers, *(Signer(each, Role.INVESTIGATOR) for each in others))
