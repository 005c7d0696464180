"""How a case stands: the coded values and days of it, and what each step changes in them.

Pure. The course of a case follows from its steps alone, in their order; the console keeps it, and
the auditor's verifier computes it again from the acts that people signed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from review.casework.codes import (
    Category,
    Channel,
    Measure,
    Outcome,
    Severity,
    gravest_outcome,
)
from review.casework.course import OVER, Stage, Step, Term
from review.casework.guards import OUT_OF_SCOPE, Act, CaseNow


@dataclass(frozen=True)
class Course:
    """What is known of a case besides its messages; nothing of it is content."""

    received_on: date
    stage: Stage = Stage.RECEIVED
    channel: Channel = Channel.ONLINE
    severity: Severity = Severity.S0
    categories: tuple[Category, ...] = ()
    officer: bool = False
    in_scope: bool = True
    # Somebody decided in the case that it has to be held. Whether it is, the holds themselves say.
    hold_needed: bool = False
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    measure: Measure | None = None
    investigator: str | None = None
    watcher: str | None = None
    recipient: str | None = None
    remedy: str | None = None
    retention_class: str | None = None
    opened_on: date | None = None
    acknowledged_on: date | None = None
    triaged_on: date | None = None
    classified_on: date | None = None
    escalated_on: date | None = None
    asked_on: date | None = None
    fed_back_on: date | None = None
    closed_on: date | None = None
    checks: tuple[date, ...] = ()
    detriments: tuple[date, ...] = ()
    is_drill: bool = False

    @property
    def outcome(self) -> Outcome | None:
        """The outcome by which the case counts, if there is one."""
        return gravest_outcome(frozenset(self.outcomes.values()))


def after(course: Course, act: Act, stage: Stage) -> Course:
    """The course once a step was taken that leads to this stage."""
    changed = _CHANGES.get(act.step, _nothing)(course, act)
    closed = changed.closed_on
    if stage in OVER and course.stage not in OVER:
        closed = act.on
    elif stage is Stage.REOPENED:
        closed = None
    return replace(changed, stage=stage, closed_on=closed)


def case_now(
    course: Course, may_know: frozenset[str], concerned: frozenset[str], *, chair_is_out: bool,
    checks_complete: bool = False,
) -> CaseNow:  # fmt: skip
    """The case as the rules of treatment ask for it."""
    return CaseNow(
        stage=course.stage,
        may_know=may_know,
        concerned=concerned,
        severity=course.severity,
        officer_is_subject=course.officer,
        in_scope=course.in_scope,
        outcomes=course.outcomes,
        has_feedback=course.fed_back_on is not None,
        checks_complete=checks_complete,
        chair_is_out=chair_is_out,
    )


# -- what each step changes -------------------------------------------------------------------


def _nothing(course: Course, act: Act) -> Course:
    del act
    return course


def _first(act: Act, term: Term) -> str | None:
    return next(iter(act.words(term)), None)


def _opened(course: Course, act: Act) -> Course:
    return replace(course, opened_on=course.opened_on or act.on)


def _acknowledged(course: Course, act: Act) -> Course:
    return replace(course, acknowledged_on=course.acknowledged_on or act.on)


def _classified(course: Course, act: Act) -> Course:
    severity = act.severity() or course.severity
    officer = course.officer if act.officer_is_subject is None else act.officer_is_subject
    is_new = (severity, officer) != (course.severity, course.officer) or not course.classified_on
    scope = _first(act, Term.SCOPE)
    return replace(
        course,
        categories=tuple(map(Category, act.words(Term.CATEGORY))),
        severity=severity,
        officer=officer,
        in_scope=course.in_scope if scope is None else scope != OUT_OF_SCOPE,
        classified_on=act.on if is_new else course.classified_on,
    )


def _triaged(course: Course, act: Act) -> Course:
    return replace(_classified(course, act), triaged_on=course.triaged_on or act.on)


def _kept(course: Course, act: Act) -> Course:
    found = _first(act, Term.RETENTION_CLASS)
    return replace(course, retention_class=found or course.retention_class)


def _referred(course: Course, act: Act) -> Course:
    return replace(_kept(course, act), recipient=_first(act, Term.RECIPIENT))


def _closed(course: Course, act: Act) -> Course:
    return replace(_kept(course, act), watcher=_first(act, Term.RETALIATION_PLAN))


def _assigned(course: Course, act: Act) -> Course:
    decided = _first(act, Term.HOLD_DECISION)
    return replace(
        course,
        investigator=_first(act, Term.INVESTIGATOR),
        hold_needed=course.hold_needed if decided is None else decided == "yes",
    )


def _determined(course: Course, act: Act) -> Course:
    pairs = (word.partition("=") for word in act.words(Term.OUTCOMES))
    return replace(course, outcomes={name: Outcome(value) for name, _, value in pairs})


def _remediated(course: Course, act: Act) -> Course:
    return replace(
        course,
        remedy=_first(act, Term.REMEDY),
        measure=course.measure if act.measure is None else act.measure,
    )


def _drilled(course: Course, act: Act) -> Course:
    """Nobody waits for anything in a drill but the reply that is tried."""
    return replace(course, is_drill=True, fed_back_on=course.fed_back_on or act.on)


def _fed_back(course: Course, act: Act) -> Course:
    return replace(course, fed_back_on=course.fed_back_on or act.on)


_Change = Callable[[Course, Act], Course]
_CHANGES: Mapping[Step, _Change] = {
    Step.OPEN: _opened,
    Step.ACKNOWLEDGE: _acknowledged,
    Step.TRIAGE: _triaged,
    Step.RECLASSIFY: _classified,
    Step.REFER: _referred,
    Step.SET_ASIDE: _kept,
    Step.MARK_DRILL: _drilled,
    Step.ASK: lambda course, act: replace(course, asked_on=act.on),
    Step.INVESTIGATE: _assigned,
    Step.ASSIGN: _assigned,
    Step.DETERMINE: _determined,
    Step.REMEDIATE: _remediated,
    Step.CLOSE: _closed,
    Step.GIVE_FEEDBACK: _fed_back,
    Step.ESCALATE: lambda course, act: replace(course, escalated_on=act.on),
    Step.CHECK_RETALIATION: lambda course, act: replace(course, checks=(*course.checks, act.on)),
    Step.RECORD_DETRIMENT: lambda course, act: replace(
        course, detriments=(*course.detriments, act.on)
    ),
}
