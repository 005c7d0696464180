"""The guided checklist: what is next in a case, by when, who can do it, and why.

Pure, and written for somebody who does this twice a year. It follows the table of steps and the
clocks, and knows nothing of its own; what cannot be done now is not on it. For whoever may not know
of the case it is empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from review.casework import parties
from review.casework.course import OVER, STAGES, Signers, Stage, Step, line
from review.casework.deadlines import (
    Clock,
    ClockSettings,
    History,
    Reading,
    Standing,
    may_alternate_open,
    readings,
)
from review.casework.guards import CaseNow, Signer
from review.roles import Role


@dataclass(frozen=True)
class Item:
    """One line of the checklist."""

    step: Step
    what: str
    why: str
    who: str
    by: date | None
    is_late: bool
    is_mine: bool


# What to do, in an imperative, and why it is to be done.
TEXTS: Mapping[Step, tuple[str, str]] = {
    Step.OPEN: ("Open the case and read it.", "Nobody has read it yet."),
    Step.ACKNOWLEDGE: (
        "Tell the submitter that it arrived.",
        "Whoever wrote should hear within seven days. It can be done before reading.",
    ),
    Step.TRIAGE: (
        "Say what the case is about and how grave it is.",
        "By that the rest is decided: who is told, who decides, and by when.",
    ),
    Step.INVESTIGATE: (
        "Choose who investigates, make a plan, and decide on a legal hold.",
        "Who investigates must not depend on anybody the case is about.",
    ),
    Step.SET_ASIDE: (
        "Set it aside, if it is no concern or complaint.",
        "Two people have to find so, that nothing is buried.",
    ),
    Step.REFER: (
        "Pass it on, if the charter does not cover it.",
        "The submitter has to hear of it, and no more is passed on than is needed.",
    ),
    Step.MERGE: ("Merge it, if another case is about the same.", "Both stay on the record."),
    Step.ASK: ("Ask the submitter, if something is missing.", "They can answer without a name."),
    Step.REPORT_FACTS: (
        "Have the facts written down.",
        "A determination rests on facts, not on how far a person is trusted.",
    ),
    Step.RESUME: ("Take it up again.", "The clocks run on while a case is suspended."),
    Step.DETERMINE: (
        "Decide what the facts come to, for each subject.",
        "Whoever is concerned by the case has no vote and does not count for the quorum.",
    ),
    Step.REMEDIATE: (
        "Hand over what has to be put right.",
        "It goes to the audit findings by an opaque reference, without the case.",
    ),
    Step.CLOSE: (
        "Close the case: feedback given, class of retention chosen, someone named to look for"
        " retaliation.",
        "A case that is left open is looked at by nobody.",
    ),
    Step.CHECK_RETALIATION: (
        "Ask the submitter whether anybody made them suffer.",
        "The mailbox is the only way to find out, and the law gives 180 days to complain.",
    ),
    Step.GIVE_FEEDBACK: (
        "Tell the submitter what is planned or done, and why.",
        "Three months after it arrived at the latest they should hear.",
    ),
    Step.ESCALATE: (
        "Tell every member who is not concerned, and independent counsel.",
        "The case is critical, or it is about an officer or director.",
    ),
    Step.SHARE: (
        "Share the case with another reader.",
        "Fewer than two people can open it. If one more key is lost, nobody can.",
    ),
}
# The way of a case; what can be done instead follows.
WAY: Mapping[Stage, tuple[Step, ...]] = {
    Stage.RECEIVED: (Step.OPEN, Step.ACKNOWLEDGE),
    Stage.OPENED: (Step.ACKNOWLEDGE,),
    Stage.CONFLICT_REROUTED: (Step.ACKNOWLEDGE,),
    Stage.ACKNOWLEDGED: (Step.TRIAGE,),
    Stage.REOPENED: (Step.TRIAGE,),
    Stage.TRIAGED: (Step.INVESTIGATE, Step.ASK, Step.REFER, Step.MERGE, Step.SET_ASIDE),
    Stage.NEEDS_INFO: (Step.INVESTIGATE,),
    Stage.INVESTIGATING: (Step.REPORT_FACTS, Step.ASK),
    Stage.SUSPENDED: (Step.RESUME,),
    Stage.FINDINGS: (Step.DETERMINE,),
    Stage.DETERMINED: (Step.CLOSE, Step.REMEDIATE),
    Stage.REMEDIATING: (Step.CLOSE,),
    Stage.CLOSED: (Step.CHECK_RETALIATION,),
    Stage.MONITORING: (Step.CHECK_RETALIATION,),
}
_CLOCKS: Mapping[Step, Clock] = {
    Step.OPEN: Clock.UNOPENED,
    Step.ACKNOWLEDGE: Clock.ACKNOWLEDGEMENT,
    Step.TRIAGE: Clock.TRIAGE,
    Step.ESCALATE: Clock.ESCALATION,
    Step.GIVE_FEEDBACK: Clock.FEEDBACK,
    Step.CHECK_RETALIATION: Clock.RETALIATION_CHECK,
}
_WHO: Mapping[Signers, str] = {
    Signers.ONE: "one of you",
    Signers.SELF_OR_TWO: "the person, or two others",
    Signers.LEAD: "the chair",
    Signers.LEAD_AND_ONE: "the chair and a second person",
    Signers.LEAD_AND_ONE_IF_GRAVE: "one of you; for a critical or high case the chair and another",
    Signers.LEAD_AND_COUNSEL: "the chair and counsel",
    Signers.TWO_IF_LOWERED: "one of you; for a lower severity two",
}
_PENDING = (Standing.AHEAD, Standing.SOON, Standing.LATE)


def checklist(
    case: CaseNow,
    history: History,
    viewer: Signer,
    today: date,
    *,
    live_readers: frozenset[str] = frozenset(),
    settings: ClockSettings | None = None,
) -> tuple[Item, ...]:
    """What is next for a viewer: what has a day first, the earliest before the others.

    Empty for somebody who is concerned by the case or has no part in it.
    """
    if viewer.person in case.concerned or viewer.person not in case.may_know:
        return ()
    used = settings or ClockSettings()
    clocks = [one for one in readings(history, used) if one.on(today) in _PENDING]
    items = [
        _item(case, step, viewer, today, _clock(case.stage, step, clocks))
        for step in _steps(case, clocks, live_readers)
        if line(case.stage, step) is not None
        and not _waits_for_others(case, step, history, viewer, today, used)
    ]
    return tuple(sorted(items, key=lambda one: one.by or date.max))


def _steps(case: CaseNow, clocks: list[Reading], live_readers: frozenset[str]) -> Iterator[Step]:
    pending = {one.clock for one in clocks}
    if live_readers and parties.has_too_few_readers(live_readers) and case.stage not in OVER:
        yield Step.SHARE
    if Clock.ESCALATION in pending:
        yield Step.ESCALATE
    for step in WAY.get(case.stage, ()):
        if step is Step.REFER and case.in_scope:
            continue
        if step is Step.CHECK_RETALIATION and Clock.RETALIATION_CHECK not in pending:
            continue
        yield step
    acknowledged = Clock.ACKNOWLEDGEMENT not in pending
    if acknowledged and Clock.FEEDBACK in pending and not case.has_feedback:
        yield Step.GIVE_FEEDBACK


def _waits_for_others(
    case: CaseNow, step: Step, history: History, viewer: Signer, today: date, used: ClockSettings
) -> bool:
    """Whether an alternate leaves the opening to the members: until it has been too long."""
    if step is not Step.OPEN or viewer.role is not Role.ALTERNATE or case.chair_is_out:
        return False
    return not may_alternate_open(history, used, today)


def _clock(stage: Stage, step: Step, clocks: list[Reading]) -> Reading | None:
    wanted = _CLOCKS.get(step)
    if step is Step.INVESTIGATE and stage is Stage.NEEDS_INFO:
        wanted = Clock.QUESTION
    elif wanted is None and step in WAY.get(stage, ())[:1]:
        # The way onward is to end in time as a whole.
        wanted = Clock.CLOSURE
    return next((one for one in clocks if one.clock is wanted), None)


def _item(case: CaseNow, step: Step, viewer: Signer, today: date, clock: Reading | None) -> Item:
    what, why = TEXTS[step]
    found = line(case.stage, step)
    by = clock.due if clock else today if step is Step.SHARE else None
    return Item(
        step=step,
        what=what,
        why=why,
        who=who(case, found.signers) if found else "",
        by=by,
        is_late=clock is not None and clock.on(today) is Standing.LATE,
        is_mine=found is not None and viewer.role in found.who,
    )


def who(case: CaseNow, signers: Signers) -> str:
    """Whose signatures a step takes in a case, in words."""
    if signers in (Signers.LEAD_OR_COMMITTEE, Signers.TWO_OR_COMMITTEE):
        if case.is_grave:
            return "the committee by a vote, without those concerned"
        signers = Signers.LEAD if signers is Signers.LEAD_OR_COMMITTEE else Signers.LEAD_AND_ONE
    said = _WHO[signers]
    return said.replace("the chair", "a member in the chair's place") if case.chair_is_out else said


def standing(case: CaseNow) -> str:
    """Where the case stands, in words."""
    return f"The case is {STAGES[case.stage]}."
