"""Whether a step may be taken in a case now, and if not, everything that stands in the way.

Pure: a case as it stands, and what somebody wants to do, in; the stage after it, or every reason
against it in plain sentences, out. Whoever may not know of the case gets the answer of an unknown
one instead, whatever they ask for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from review.casework import parties
from review.casework.codes import (
    FRAUD,
    GRAVE,
    Category,
    DetrimentRisk,
    Measure,
    Outcome,
    Reliance,
    Severity,
    is_graver,
)
from review.casework.course import (
    KEPT_AS,
    STAGES,
    Line,
    Signers,
    Stage,
    Step,
    Term,
    line,
    stages_for,
)
from review.casework.parties import Decider
from review.errors import NotHere, StepRefused
from review.roles import Role

TWO = 2
# What says something of a person, or is free text, is in a note that only readers can open.
SEALED = frozenset({Term.RELIANCE, Term.DETRIMENT_RISK, Term.REASON, Term.PLAN, Term.NOTE})
IN_SCOPE, OUT_OF_SCOPE = "in", "out"
_COMMITTEE = frozenset({Role.CHAIR, Role.MEMBER, Role.ALTERNATE})


@dataclass(frozen=True)
class Signer:
    """Somebody who takes part in a step, in the role they hold."""

    person: str
    role: Role


@dataclass(frozen=True)
class Decision:
    """A vote on the step: who serves, who was there, who was for it, and which body voted."""

    serving: frozenset[str]
    present: frozenset[str]
    in_favour: frozenset[str]
    decider: Decider = Decider.COMMITTEE
    quorum_rule: int | None = None


@dataclass(frozen=True)
class CaseNow:
    """What the rules need to know of a case; nothing of it is content."""

    stage: Stage
    may_know: frozenset[str]
    concerned: frozenset[str] = frozenset()
    severity: Severity = Severity.S0
    officer_is_subject: bool = False
    in_scope: bool = True
    subjects: frozenset[str] = frozenset()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    has_feedback: bool = False
    checks_complete: bool = False
    chair_is_out: bool = False

    @property
    def is_grave(self) -> bool:
        """Whether the committee as a whole decides it."""
        return self.severity in GRAVE or self.officer_is_subject


@dataclass(frozen=True)
class Act:
    """What somebody wants to do: the step, who signs, the coded fields and the vote if any."""

    step: Step
    on: date
    by: tuple[Signer, ...] = ()
    fields: Mapping[Term, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    officer_is_subject: bool | None = None
    author: str = ""
    decision: Decision | None = None
    measure: Measure | None = None
    # What was said in a sealed note, which nobody here can read: that it is there is enough.
    sealed: frozenset[Term] = frozenset()

    def words(self, term: Term) -> tuple[str, ...]:
        """What a field brings; nothing if it is not there."""
        return tuple(word for word in self.fields.get(term, ()) if word)

    @property
    def people(self) -> frozenset[str]:
        """The natural persons who sign."""
        return frozenset(signer.person for signer in self.by)

    def severity(self) -> Severity | None:
        """The severity it brings, if it brings one that exists."""
        words = self.words(Term.SEVERITY)
        return Severity(words[0]) if len(words) == 1 and words[0] in set(Severity) else None


def take(case: CaseNow, act: Act) -> Stage:
    """The stage after the step.

    Raises NotHere for somebody who may not know of the case, and StepRefused with every reason.
    """
    reasons = refusals(case, act)
    if reasons:
        raise StepRefused(reasons)
    found = line(case.stage, act.step)
    if found is None:
        raise StepRefused((_no_line(case, act.step),))
    return found.after or case.stage


def refusals(case: CaseNow, act: Act) -> tuple[str, ...]:
    """Everything that stands in the way, in sentences; nothing if the step may be taken.

    Raises NotHere if anybody who signs is concerned by the case or has no part in it, so that the
    answer is that of a case which does not exist.
    """
    missing = missing_signatures(case, act)
    reasons = hindrances(case, act)
    return reasons if missing is None else (missing, *reasons)


def missing_signatures(case: CaseNow, act: Act) -> str | None:
    """Who has to sign besides those who did, in a sentence; None if they are enough.

    It says nothing of a step that cannot be taken whoever signs: that is for hindrances().
    """
    found = line(case.stage, act.step)
    rule = _SIGNERS.get(found.signers) if found is not None and act.by else None
    return None if rule is None else rule(case, act)


def hindrances(case: CaseNow, act: Act) -> tuple[str, ...]:
    """What no further signature can mend, in sentences. Raises NotHere as refusals() does."""
    if act.people & case.concerned or act.people - case.may_know:
        raise NotHere("no such case for this person")
    found = line(case.stage, act.step)
    if found is None:
        return (_no_line(case, act.step),)
    reasons = [*_wrong_signatures(act, found)]
    of_terms = (about(term, case, act) for term in found.terms)
    return (*reasons, *(sentence for sentence in of_terms if sentence is not None))


def about(term: Term, case: CaseNow, act: Act) -> str | None:
    """What one term says against a step, in a sentence; None if nothing."""
    return _TERMS[term](case, act)


def _no_line(case: CaseNow, step: Step) -> str:
    wanted = [STAGES[stage] for stage in stages_for(step)]
    return f"You cannot {step} a case that is {STAGES[case.stage]}; it has to be {_any(wanted)}."


def _any(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


# -- signatures -------------------------------------------------------------------------------


def _wrong_signatures(act: Act, found: Line) -> Iterable[str]:
    if found.signers is Signers.NOBODY:
        if act.by:
            yield "This happens by itself on its day; nobody does it."
        return
    if not act.by:
        yield "Somebody has to sign this."
        return
    wrong = sorted({signer.role for signer in act.by if signer.role not in found.who})
    if wrong:
        barred, may = _any_of(wrong), _any_of(found.who)
        yield f"{barred[0].upper()}{barred[1:]} cannot do this; {may} can."


def _any_of(roles: Iterable[Role]) -> str:
    names = sorted(role.value.replace("-", " ") for role in roles)
    return _any([f"an {name}" if name[0] in "aeiou" else f"a {name}" for name in names])


def _leads(case: CaseNow, act: Act) -> bool:
    """Whether the chair signs, or somebody of the committee while the chair is out of the case."""
    roles = {signer.role for signer in act.by}
    return bool(Role.CHAIR in roles or (case.chair_is_out and roles & _COMMITTEE))


def _one(case: CaseNow, act: Act) -> str | None:
    del case, act
    return None


def _self_or_two(case: CaseNow, act: Act) -> str | None:
    for person in act.words(Term.CONCERNED):
        if not parties.may_force_recusal(act.people, person, case.concerned):
            return "The person says so alone, or two others who are not concerned sign this."
    return None


def _lead(case: CaseNow, act: Act) -> str | None:
    return None if _leads(case, act) else "The chair has to sign this."


def _lead_and_one(case: CaseNow, act: Act) -> str | None:
    if len(act.people) < TWO:
        return "The chair and a second person have to sign this."
    return _lead(case, act)


def _lead_and_one_if_grave(case: CaseNow, act: Act) -> str | None:
    grave = act.severity() in GRAVE
    return _lead_and_one(case, act) if grave else None


def _lead_and_counsel(case: CaseNow, act: Act) -> str | None:
    if Role.COUNSEL not in {signer.role for signer in act.by} or len(act.people) < TWO:
        return "The chair and counsel have to sign this."
    return _lead(case, act)


def _lead_or_committee(case: CaseNow, act: Act) -> str | None:
    return _committee(case, act) if case.is_grave else _lead(case, act)


def _two_or_committee(case: CaseNow, act: Act) -> str | None:
    return _committee(case, act) if case.is_grave else _lead_and_one(case, act)


def _two_if_lowered(case: CaseNow, act: Act) -> str | None:
    wanted = act.severity()
    lowered = wanted is not None and is_graver(case.severity, wanted)
    too_few = lowered and len(act.people) < TWO
    return "Two different people have to sign a lower severity." if too_few else None


def _committee(case: CaseNow, act: Act) -> str | None:
    """The committee decides by a quorum without those concerned; where it cannot, the board."""
    vote = act.decision
    if vote is None:
        return "The committee has to vote on this, as the case is grave."
    count = parties.quorum(vote.serving, case.concerned, vote.present, rule=vote.quorum_rule)
    able = parties.quorum(vote.serving, case.concerned, rule=vote.quorum_rule)
    if vote.decider is Decider.BOARD:
        if able.is_reached:
            return "The committee can decide this itself, so the board does not."
        return None if vote.in_favour - case.concerned else "Nobody of the board voted for it."
    if not able.is_reached:
        return "Too few members are left to decide; the board's independent directors decide."
    if not count.is_reached:
        return f"{len(count.counted)} counted of the {count.required} who make a quorum."
    if not parties.adopted(count, vote.in_favour):
        return "The vote did not carry."
    return None


_Guard = Callable[[CaseNow, Act], str | None]
_SIGNERS: Mapping[Signers, _Guard] = {
    Signers.ONE: _one,
    Signers.SELF_OR_TWO: _self_or_two,
    Signers.LEAD: _lead,
    Signers.LEAD_AND_ONE: _lead_and_one,
    Signers.LEAD_AND_ONE_IF_GRAVE: _lead_and_one_if_grave,
    Signers.LEAD_AND_COUNSEL: _lead_and_counsel,
    Signers.LEAD_OR_COMMITTEE: _lead_or_committee,
    Signers.TWO_OR_COMMITTEE: _two_or_committee,
    Signers.TWO_IF_LOWERED: _two_if_lowered,
}


# -- fields and preconditions -----------------------------------------------------------------


def _given(term: Term, sentence: str, allowed: Iterable[str] | None = None) -> _Guard:
    """A field that must be there, with words that exist."""
    known = None if allowed is None else frozenset(allowed)

    def guard(case: CaseNow, act: Act) -> str | None:
        del case
        words = act.words(term)
        if not words:
            return None if term in act.sealed else sentence
        strange = [word for word in words if known is not None and word not in known]
        return f"{strange[0]} is no {term.replace('_', ' ')}." if strange else None

    return guard


def _so(holds: Callable[[CaseNow, Act], bool], sentence: str) -> _Guard:
    """Something that must be so in the case."""
    return lambda case, act: None if holds(case, act) else sentence


def _keeps_floor(case: CaseNow, act: Act) -> bool:
    """Fraud by whoever answers for the accounts is never below S2, however small the amount."""
    officer = case.officer_is_subject if act.officer_is_subject is None else act.officer_is_subject
    severity = act.severity()
    fraud = {category.value for category in FRAUD} & set(act.words(Term.CATEGORY))
    return not (officer and fraud and severity in (Severity.S3, Severity.S4))


def _outcomes(case: CaseNow, act: Act) -> str | None:
    pairs = [word.partition("=") for word in act.words(Term.OUTCOMES)]
    for _, _, outcome in pairs:
        if outcome not in set(Outcome):
            return f"{outcome or 'Nothing'} is no outcome."
    missing = sorted(case.subjects - {subject for subject, _, _ in pairs})
    if missing or not pairs:
        return f"Say what the outcome is for {_any(missing) if missing else 'each subject'}."
    return None


def _retention_class(case: CaseNow, act: Act) -> str | None:
    """One class of the schedule, of those that are for such an end."""
    del case
    words = act.words(Term.RETENTION_CLASS)
    allowed = KEPT_AS.get(act.step, ())
    if not words:
        return "Say under which class it is kept."
    if len(words) > 1:
        return "A case is kept under one class."
    return None if words[0] in allowed else f"After this step it is kept as {_any([*allowed])}."


def _independent(case: CaseNow, act: Act) -> bool:
    chosen = set(act.words(Term.INVESTIGATOR))
    return not chosen & (case.concerned | case.subjects)


_TERMS: Mapping[Term, _Guard] = {
    Term.CATEGORY: _given(Term.CATEGORY, "Say what the case is about.", Category),
    Term.SEVERITY: _given(Term.SEVERITY, "Say how grave the case is.", Severity),
    Term.RELIANCE: _given(
        Term.RELIANCE, "Say how far the information can be relied on.", Reliance
    ),
    Term.DETRIMENT_RISK: _given(
        Term.DETRIMENT_RISK, "Say how likely it is that somebody is made to suffer.", DetrimentRisk
    ),
    Term.SCOPE: _given(
        Term.SCOPE, "Say whether the charter covers it.", (IN_SCOPE, OUT_OF_SCOPE)
    ),
    Term.FLOOR: _so(
        _keeps_floor, "Fraud by an officer or director is at least S2, whatever the amount."
    ),
    Term.REASON: _given(Term.REASON, "Give the reason."),
    Term.RECIPIENT: _given(Term.RECIPIENT, "Say to whom."),
    Term.LEAD_CASE: _given(Term.LEAD_CASE, "Say which case leads."),
    Term.OTHER_CASE: _given(Term.OTHER_CASE, "Say which case it goes with."),
    Term.INVESTIGATOR: _given(Term.INVESTIGATOR, "Say who investigates."),
    Term.INDEPENDENT: _so(_independent, "Who investigates must not be concerned by the case."),
    Term.PLAN: _given(Term.PLAN, "Make a plan first."),
    Term.HOLD_DECISION: _given(
        Term.HOLD_DECISION, "Decide whether a legal hold is needed, with the reason.",
        ("yes", "no"),
    ),
    Term.OUTCOMES: _outcomes,
    Term.REMEDY: _given(Term.REMEDY, "Name the audit finding it goes to, by its opaque reference."),
    Term.RETENTION_CLASS: _retention_class,
    Term.RETALIATION_PLAN: _given(
        Term.RETALIATION_PLAN, "Say who looks for retaliation, and when."
    ),
    Term.NOTE: _given(Term.NOTE, "Write it down first."),
    Term.MARK: _given(Term.MARK, "Only a case that a drill's mark is sealed in is a drill."),
    Term.CONCERNED: _given(Term.CONCERNED, "Say who is concerned."),
    Term.FED_BACK: _so(lambda case, act: case.has_feedback, "The submitter has had no feedback."),
    Term.HAS_OUTCOME: _so(
        lambda case, act: bool(case.outcomes) and case.subjects <= set(case.outcomes),
        "There is no outcome for each subject yet.",
    ),
    Term.CHECKS_COMPLETE: _so(
        lambda case, act: case.checks_complete, "The checks for retaliation are not complete."
    ),
    Term.OUT_OF_SCOPE: _so(
        lambda case, act: not case.in_scope, "The charter covers the case, so it stays here."
    ),
    Term.OWN_NOTE: _so(
        lambda case, act: act.people == {act.author},
        "Only who wrote a note can retract it; it stays visible.",
    ),
}  # fmt: skip
