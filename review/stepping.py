"""The steps of a case that people sign: what arrives is checked against the table, and taken.

An act names the step, the stages it leads from and to, and its coded fields. What is sealed comes
along as a note, whose digest the act has, so that whoever signs has signed that as well. With too
few signatures it stays a proposal; what no signature can mend is refused, with every reason.
"""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from crypto import act as act_format
from crypto import drill
from crypto.document import is_hash
from crypto.errors import CryptoError
from crypto.roster import Roster
from review import acting, treatment
from review.acting import Outcome, Sent, Signer
from review.casework import guards, signed, standing
from review.casework.course import Stage, Step, Term, line
from review.casework.deadlines import ClockSettings
from review.casework.guards import CaseNow
from review.casework.parties import Decider
from review.casework.signed import STEPS
from review.casework.standing import Course
from review.errors import ActMoved, MalformedForm, NotHere, StepRefused
from review.roles import Role
from review.store import cases, courses, envelopes, generations, schedule
from review.store.cases import Case
from review.store.courses import Mark
from review.store.shred import RowKey

Entropy = Callable[[int], bytes]
_SERVING = frozenset({Role.CHAIR.value, Role.MEMBER.value})
_TWO = 2


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What comes with a signature: a sealed note, and the state that the submitter is told."""

    note: treatment.Sent | None = field(default=None, repr=False)
    state: treatment.Sent | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a step is taken: the case, by whose roster, with which key, on which day.

    clocks are those of the installation, by which the case stands in its readers' lists;
    drill_key is the installation's own, or None where it has none and so no drills.
    """

    roster: Roster
    case: Case
    key: RowKey = field(repr=False)
    today: datetime.date
    clocks: ClockSettings
    drill_key: bytes | None = None


def now(connection: Connection, roster: Roster, case: Case) -> tuple[CaseNow, Course]:
    """The case as the rules ask for it, and its course."""
    course = courses.of_case(connection, case)
    know, concerned = courses.may_know(connection, case.id)
    chairs = {reader.id for reader in roster.readers if reader.role == Role.CHAIR.value}
    out = not chairs & know
    return standing.case_now(course, know, concerned, chair_is_out=out), course


def take(
    connection: Connection, place: Place, sent: Sent, brought: Brought,
    entropy: Entropy = secrets.token_bytes,
) -> Outcome:  # fmt: skip
    """Take a step, or keep it as a proposal if others have to sign too.

    Raises NotHere for somebody the case is not for, StepRefused with every reason, ActMoved,
    HeadMoved, or MalformedForm.
    """
    act = acting.parse(sent.document)
    if act.subject != place.case.id:
        raise ActMoved("the act is of another case")
    _check_note(act, brought)
    _check_state(connection, place, sent.by, brought)
    current, course = now(connection, place.roster, place.case)
    outcome = acting.sign(
        connection, place.roster, sent, place.today, _rule(connection, place, current)
    )
    if brought.note is not None:
        treatment.keep_note(connection, place.key, place.case, brought.note, entropy)
    return _finish(connection, place, course, outcome, sent.by, brought, entropy)


def sign(
    connection: Connection, place: Place, act_hash: str, by: str, signature: bytes,
    brought: Brought, entropy: Entropy = secrets.token_bytes,
) -> Outcome:  # fmt: skip
    """Sign a proposal of the case, and take its step if that completes it. Raises as take()."""
    proposal = acting.waiting(connection, act_hash).act
    if proposal.subject != place.case.id or proposal.act not in STEPS:
        raise NotHere("no such proposal in this case")
    _check_state(connection, place, by, brought)
    current, course = now(connection, place.roster, place.case)
    outcome = acting.sign_again(
        connection, place.roster, act_hash, by, signature, place.today,
        _rule(connection, place, current),
    )  # fmt: skip
    return _finish(connection, place, course, outcome, by, brought, entropy)


def withdraw(connection: Connection, place: Place, act_hash: str, by: str) -> None:
    """End a proposal of the case, by whoever made it or by another reader. Raises NotHere.

    Whoever the case is only shared with can take back their own, and end no other.
    """
    proposal = acting.waiting(connection, act_hash)
    current, _ = now(connection, place.roster, place.case)
    may = by in current.may_know and (
        by in proposal.signers or by not in generations.shared_keys(connection, place.case.id)
    )
    if proposal.act.subject != place.case.id or not may:
        raise NotHere("no such proposal in this case")
    acting.withdraw(connection, act_hash, by, place.today)


def _rule(connection: Connection, place: Place, current: CaseNow) -> acting.Rule:
    def rule(act: act_format.Act, signers: tuple[Signer, ...]) -> str | None:
        wanted = read(connection, place, act, signers)
        reasons = guards.hindrances(current, wanted)
        if reasons:
            raise StepRefused(reasons)
        _check_stages(act, current.stage, wanted.step)
        if wanted.step is Step.MARK_DRILL:
            _check_mark(place, act)
        return missing(place.roster, current, act, signers)

    return rule


def missing(
    roster: Roster, current: CaseNow, act: act_format.Act, signers: tuple[Signer, ...]
) -> str | None:
    """Who has to sign besides those who did, in a sentence; None if they are enough."""
    serving = [each.id for each in roster.readers if each.role in _SERVING]
    decision = signed.decision(act.data, serving, frozenset(each.person for each in signers))
    step = signed.as_step(STEPS[act.act], act.on, act.data, _people(signers))
    wanted = replace(step, decision=decision)
    found = guards.missing_signatures(current, wanted)
    if found is None and decision.decider is Decider.BOARD and len(signers) < _TWO:
        return "Two people have to sign what the board decided."
    return found


def read(
    connection: Connection, place: Place, act: act_format.Act, signers: tuple[Signer, ...]
) -> guards.Act:
    """The act as the rules ask for it. Raises MalformedForm."""
    step = STEPS.get(act.act)
    if step is None:
        raise MalformedForm("there is no such step here")
    wanted = signed.as_step(step, act.on, act.data, _people(signers))
    for term in signed.OF_CASES & set(wanted.fields):
        _check_other(connection, place, wanted.fields[term], signers)
    _check_lead(connection, place.case, wanted.words(Term.LEAD_CASE))
    return replace(wanted, author=_author(connection, place.case, act))


def _people(signers: tuple[Signer, ...]) -> tuple[guards.Signer, ...]:
    return tuple(guards.Signer(each.person, each.role) for each in signers)


def _check_stages(act: act_format.Act, stage: Stage, step: Step) -> None:
    found = line(stage, step)
    after = stage if found is None or found.after is None else found.after
    if (act.data.get("from"), act.data.get("to")) != (stage.value, after.value):
        raise ActMoved("the case has moved on since the act was made")


def _check_mark(place: Place, act: act_format.Act) -> None:
    """Only who has the drill key can have made the mark, for this very case. Raises StepRefused."""
    try:
        mark = drill.read_words(act.words(Term.MARK))
        drill.check(mark, place.roster.installation, place.case.id)
    except CryptoError:
        mark = None
    if mark is None or mark.key != place.drill_key:
        raise StepRefused(("The drill key of this installation made no such mark for this case.",))


def _check_note(act: act_format.Act, brought: Brought) -> None:
    sealed = act.words("sealed")
    if sealed != (() if brought.note is None else (brought.note.digest,)):
        raise MalformedForm("the note that came is not the one that the act has")


def _check_state(connection: Connection, place: Place, by: str, brought: Brought) -> None:
    """Whoever the case is only shared with says nothing to the submitter. Raises MalformedForm."""
    if brought.state is not None and by in generations.shared_keys(connection, place.case.id):
        raise MalformedForm("only readers of the case write to the submitter")


def _check_other(
    connection: Connection, place: Place, words: tuple[str, ...], signers: tuple[Signer, ...]
) -> None:
    """Another case that an act names is one that everybody who signs may see."""
    for other in words:
        seen = [cases.visible_case(connection, other, each.person) for each in signers]
        if not is_hash(other) or other == place.case.id or not all(seen):
            raise StepRefused(("There is no such other case.",))


def _check_lead(connection: Connection, case: Case, leads: tuple[str, ...]) -> None:
    """No case goes into one that has gone into it: neither would ever be due.

    Nor into one that is over: one person alone would have it due as that is, perhaps at once.
    """
    found = [cases.case_by_id(connection, each) for each in leads]
    if any(each and schedule.goes_with(connection, each, case.id) for each in found):
        raise StepRefused(("That case has gone into this one.",))
    if any(each and schedule.is_over(connection, each) for each in found):
        raise StepRefused(("That case is closed. Open it again first.",))


def _author(connection: Connection, case: Case, act: act_format.Act) -> str:
    """Who wrote the note that is to be retracted."""
    retracted = act.data.get("retracted")
    if retracted is None:
        return ""
    notes = [each for each in envelopes.of_case(connection, case.id) if each.kind == "note"]
    gone = {
        each.about for each in courses.marks_of(connection, case.id)
        if each.kind == courses.RETRACTED
    }  # fmt: skip
    found = [each for each in notes if str(each.n) == str(retracted) and str(each.n) not in gone]
    if not found:
        raise StepRefused(("There is no such note, or it was retracted already.",))
    return found[0].by or ""


def _finish(
    connection: Connection, place: Place, course: Course, outcome: Outcome, by: str,
    brought: Brought, entropy: Entropy,
) -> Outcome:  # fmt: skip
    """Take the step if enough have signed; otherwise nothing but the signature is new."""
    if not outcome.is_done:
        # The browser cannot know who completes an act: what was for the submitter is not kept.
        return outcome
    act, case = outcome.act, place.case
    step = STEPS[act.act]
    wanted = signed.as_step(step, act.on, act.data)
    after = standing.after(course, wanted, Stage(str(act.data["to"])))
    courses.move(connection, case, after)
    if course.closed_on is None:
        schedule.keep_step(connection, case, after)
    for mark in _marks(wanted, act, by, place.today):
        courses.mark(connection, case.id, mark)
    treatment.tell_step(
        connection, place.key, case, brought.state, treatment.Move(step, after.stage, act.hash, by),
        place.today, place.clocks, entropy,
    )  # fmt: skip
    return outcome


def _marks(wanted: guards.Act, act: act_format.Act, by: str, on: datetime.date) -> list[Mark]:
    if wanted.step is Step.CHECK_RETALIATION:
        return [Mark(courses.CHECK, None, on, by)]
    if wanted.step is Step.RECORD_DETRIMENT:
        return [Mark(courses.DETRIMENT, None, on, by)]
    if wanted.step is Step.RETRACT_NOTE:
        return [Mark(courses.RETRACTED, str(act.data["retracted"]), on, by)]
    kinds = {Term.OTHER_CASE: courses.LINK, Term.LEAD_CASE: courses.MERGE}
    return [
        Mark(kind, other, on, by)
        for term, kind in kinds.items()
        for other in wanted.words(term)
    ]  # fmt: skip
