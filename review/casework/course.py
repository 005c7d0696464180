"""The whole course of a case: every state, and every step with who may take it and on what terms.

This module is data: one table. What a line asks of those who sign, of the coded fields and of the
case is a word of an enumeration; review/casework/guards.py holds a case against it and says what is
missing in one sentence each.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from review.casework.codes import RecordClass
from review.roles import Role


class Stage(enum.StrEnum):
    """Where a case stands. Whether it is held is no stage: a hold may cover a case at any."""

    RECEIVED = "RECEIVED"
    OPENED = "OPENED"
    CONFLICT_REROUTED = "CONFLICT_REROUTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    TRIAGED = "TRIAGED"
    NEEDS_INFO = "NEEDS_INFO"
    INVESTIGATING = "INVESTIGATING"
    SUSPENDED = "SUSPENDED"
    FINDINGS = "FINDINGS"
    DETERMINED = "DETERMINED"
    REMEDIATING = "REMEDIATING"
    REFERRED = "REFERRED"
    MERGED = "MERGED"
    NOT_A_REPORT = "NOT_A_REPORT"
    CLOSED = "CLOSED"
    MONITORING = "MONITORING"
    RETENTION = "RETENTION"
    REOPENED = "REOPENED"
    DISPOSED = "DISPOSED"


class Step(enum.StrEnum):
    """What is done to a case."""

    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    REROUTE = "reroute"
    MARK_CONFLICT = "mark a conflict"
    TRIAGE = "triage"
    RECLASSIFY = "reclassify"
    REFER = "refer"
    ASK = "ask"
    MERGE = "merge"
    SET_ASIDE = "set aside"
    MARK_DRILL = "mark a drill"
    INVESTIGATE = "investigate"
    SUSPEND = "suspend"
    RESUME = "resume"
    REPORT_FACTS = "report the facts"
    DETERMINE = "determine"
    REMEDIATE = "remediate"
    CLOSE = "close"
    MONITOR = "monitor"
    RETAIN = "retain"
    REOPEN = "reopen"
    EXECUTE_DISPOSITION = "execute the disposition"
    # Steps that leave the case where it stands.
    GIVE_FEEDBACK = "give feedback"
    ASSIGN = "assign"
    PLAN = "plan"
    NOTE = "note"
    RETRACT_NOTE = "retract a note"
    LINK = "link"
    ESCALATE = "escalate"
    SHARE = "share"
    RECORD_DETRIMENT = "record a detriment"
    CHECK_RETALIATION = "check for retaliation"


class Signers(enum.StrEnum):
    """Whose signatures a step takes."""

    NOBODY = "nobody"
    ONE = "one"
    SELF_OR_TWO = "the person, or two others"
    LEAD = "lead"
    LEAD_AND_ONE = "lead and one"
    LEAD_AND_ONE_IF_GRAVE = "lead and one if grave"
    LEAD_AND_COUNSEL = "lead and counsel"
    LEAD_OR_COMMITTEE = "lead, or the committee if grave"
    TWO_OR_COMMITTEE = "lead and one, or the committee if grave"
    TWO_IF_LOWERED = "two if the severity falls"


class Term(enum.StrEnum):
    """A coded field that a step brings along, or something that must be so in the case."""

    CATEGORY = "category"
    SEVERITY = "severity"
    RELIANCE = "reliance"
    DETRIMENT_RISK = "detriment_risk"
    SCOPE = "scope"
    REASON = "reason"
    RECIPIENT = "recipient"
    LEAD_CASE = "lead_case"
    OTHER_CASE = "other_case"
    INVESTIGATOR = "investigator"
    PLAN = "plan"
    HOLD_DECISION = "hold_decision"
    OUTCOMES = "outcomes"
    REMEDY = "remedy"
    RETENTION_CLASS = "retention_class"
    RETALIATION_PLAN = "retaliation_plan"
    NOTE = "note"
    CONCERNED = "concerned"
    MARK = "mark"
    FED_BACK = "fed back"
    HAS_OUTCOME = "has an outcome"
    CHECKS_COMPLETE = "checks complete"
    OUT_OF_SCOPE = "out of scope"
    OWN_NOTE = "own note"
    INDEPENDENT = "independent"
    FLOOR = "floor"


@dataclass(frozen=True)
class Line:
    """One line of the table: from these stages by this step to that one, or staying."""

    step: Step
    before: frozenset[Stage]
    after: Stage | None
    who: frozenset[Role]
    signers: Signers
    terms: tuple[Term, ...] = ()


ACTIVE = frozenset(
    {
        Stage.OPENED, Stage.CONFLICT_REROUTED, Stage.ACKNOWLEDGED, Stage.TRIAGED, Stage.NEEDS_INFO,
        Stage.INVESTIGATING, Stage.SUSPENDED, Stage.FINDINGS, Stage.DETERMINED, Stage.REMEDIATING,
        Stage.REOPENED,
    }
)  # fmt: skip
OVER = frozenset({Stage.REFERRED, Stage.MERGED, Stage.NOT_A_REPORT, Stage.CLOSED, Stage.MONITORING})
KEPT = frozenset({Stage.RETENTION})
STANDING_STILL = frozenset(Stage) - {Stage.DISPOSED}

_COMMITTEE = frozenset({Role.CHAIR, Role.MEMBER, Role.ALTERNATE})
_READERS = _COMMITTEE | {Role.COUNSEL}
_HANDLERS = _READERS | {Role.INVESTIGATOR}
_NOBODY: frozenset[Role] = frozenset()


def _from(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


# Numbers are the rows of the duties' table of treatment. The 1st has no step: a submission comes.
LINES: tuple[Line, ...] = (
    # 2 and 3. An acknowledgement needs no opening: it stops the first clock.
    Line(Step.OPEN, _from(Stage.RECEIVED), Stage.OPENED, _READERS, Signers.ONE),
    Line(
        Step.ACKNOWLEDGE,
        _from(Stage.RECEIVED, Stage.OPENED, Stage.CONFLICT_REROUTED),
        Stage.ACKNOWLEDGED,
        _READERS,
        Signers.ONE,
    ),
    # 4. Whoever finds a reader named, the case goes on without them.
    Line(
        Step.REROUTE, _from(Stage.OPENED), Stage.CONFLICT_REROUTED, _READERS, Signers.ONE,
        (Term.CONCERNED,),
    ),
    # Later the person says so with one click, or two others do.
    Line(
        Step.MARK_CONFLICT, STANDING_STILL, None, _READERS, Signers.SELF_OR_TWO,
        (Term.CONCERNED,),
    ),
    # 5
    Line(
        Step.TRIAGE,
        _from(Stage.ACKNOWLEDGED, Stage.REOPENED),
        Stage.TRIAGED,
        _READERS,
        Signers.LEAD_AND_ONE_IF_GRAVE,
        (
            Term.CATEGORY, Term.SEVERITY, Term.RELIANCE, Term.DETRIMENT_RISK, Term.SCOPE,
            Term.FLOOR,
        ),
    ),
    Line(
        Step.RECLASSIFY,
        ACTIVE - {Stage.OPENED, Stage.CONFLICT_REROUTED, Stage.ACKNOWLEDGED, Stage.REOPENED},
        None,
        _COMMITTEE,
        Signers.TWO_IF_LOWERED,
        (Term.CATEGORY, Term.SEVERITY, Term.RELIANCE, Term.DETRIMENT_RISK, Term.FLOOR),
    ),
    # 6 to 9
    Line(
        Step.REFER, _from(Stage.TRIAGED), Stage.REFERRED, _COMMITTEE, Signers.LEAD,
        (Term.RECIPIENT, Term.OUT_OF_SCOPE, Term.FED_BACK, Term.RETENTION_CLASS),
    ),
    Line(Step.ASK, _from(Stage.TRIAGED, Stage.INVESTIGATING), Stage.NEEDS_INFO, _READERS,
         Signers.ONE),
    Line(Step.MERGE, _from(Stage.TRIAGED), Stage.MERGED, _COMMITTEE, Signers.LEAD,
         (Term.LEAD_CASE,)),
    Line(
        Step.SET_ASIDE, _from(Stage.TRIAGED), Stage.NOT_A_REPORT, _COMMITTEE,
        Signers.LEAD_AND_ONE, (Term.REASON, Term.RETENTION_CLASS),
    ),
    # Of a drill its sealed mark says so, which nobody but its sender could make: one reader is
    # enough to let it out of all counts.
    Line(Step.MARK_DRILL, ACTIVE, Stage.NOT_A_REPORT, _READERS, Signers.ONE, (Term.MARK,)),
    # 10 to 14
    Line(
        Step.INVESTIGATE, _from(Stage.TRIAGED, Stage.NEEDS_INFO), Stage.INVESTIGATING,
        _COMMITTEE, Signers.LEAD_OR_COMMITTEE,
        (Term.INVESTIGATOR, Term.INDEPENDENT, Term.PLAN, Term.HOLD_DECISION),
    ),
    Line(
        Step.SUSPEND, _from(Stage.INVESTIGATING), Stage.SUSPENDED, _READERS,
        Signers.LEAD_AND_COUNSEL, (Term.REASON,),
    ),
    Line(
        Step.RESUME, _from(Stage.SUSPENDED), Stage.INVESTIGATING, _READERS,
        Signers.LEAD_AND_COUNSEL,
    ),
    Line(
        Step.REPORT_FACTS, _from(Stage.INVESTIGATING), Stage.FINDINGS, _HANDLERS, Signers.ONE,
        (Term.NOTE,),
    ),
    Line(
        Step.DETERMINE, _from(Stage.FINDINGS), Stage.DETERMINED, _COMMITTEE,
        Signers.TWO_OR_COMMITTEE, (Term.OUTCOMES,),
    ),
    Line(
        Step.REMEDIATE, _from(Stage.DETERMINED), Stage.REMEDIATING, _COMMITTEE,
        Signers.LEAD_OR_COMMITTEE, (Term.REMEDY,),
    ),
    # 16 to 18
    Line(
        Step.CLOSE, _from(Stage.DETERMINED, Stage.REMEDIATING), Stage.CLOSED, _COMMITTEE,
        Signers.LEAD_AND_ONE,
        (Term.HAS_OUTCOME, Term.FED_BACK, Term.RETALIATION_PLAN, Term.RETENTION_CLASS),
    ),
    Line(Step.MONITOR, _from(Stage.CLOSED), Stage.MONITORING, _NOBODY, Signers.NOBODY),
    Line(
        Step.RETAIN, _from(Stage.MONITORING), Stage.RETENTION, _NOBODY, Signers.NOBODY,
        (Term.CHECKS_COMPLETE,),
    ),
    Line(
        Step.RETAIN, _from(Stage.REFERRED, Stage.MERGED, Stage.NOT_A_REPORT), Stage.RETENTION,
        _NOBODY, Signers.NOBODY,
    ),
    Line(
        Step.REOPEN, OVER | KEPT, Stage.REOPENED, _COMMITTEE, Signers.ONE, (Term.REASON,),
    ),
    # 19 and 20. What is held, due and approved is decided for many cases at once, by the rules of
    # review/retention; here is only where that leads.
    Line(
        Step.EXECUTE_DISPOSITION, _from(Stage.RETENTION), Stage.DISPOSED, _NOBODY, Signers.NOBODY,
    ),
    # 15, and all else that leaves the case where it stands.
    Line(Step.GIVE_FEEDBACK, ACTIVE | OVER, None, _READERS, Signers.ONE),
    Line(Step.ASSIGN, ACTIVE, None, _COMMITTEE, Signers.ONE, (Term.INVESTIGATOR,
                                                               Term.INDEPENDENT)),
    Line(Step.PLAN, ACTIVE, None, _HANDLERS, Signers.ONE, (Term.PLAN,)),
    Line(Step.NOTE, STANDING_STILL - {Stage.RECEIVED}, None, _HANDLERS, Signers.ONE, (Term.NOTE,)),
    Line(
        Step.RETRACT_NOTE, STANDING_STILL - {Stage.RECEIVED}, None, _HANDLERS, Signers.ONE,
        (Term.OWN_NOTE, Term.REASON),
    ),
    Line(Step.LINK, ACTIVE | OVER, None, _COMMITTEE, Signers.ONE, (Term.OTHER_CASE,)),
    Line(Step.ESCALATE, ACTIVE, None, _READERS, Signers.ONE, (Term.RECIPIENT,)),
    Line(Step.SHARE, ACTIVE | OVER, None, _READERS, Signers.ONE, (Term.RECIPIENT,)),
    Line(
        Step.RECORD_DETRIMENT, ACTIVE | OVER, None, _HANDLERS, Signers.ONE,
        (Term.DETRIMENT_RISK,),
    ),
    Line(
        Step.CHECK_RETALIATION, _from(Stage.CLOSED, Stage.MONITORING), None, _READERS, Signers.ONE,
    ),
)  # fmt: skip

# Under which classes of the schedule a step may keep a case that it ends: nobody shortens the time
# of an investigated case by the class of another end.
KEPT_AS: Mapping[Step, tuple[RecordClass, ...]] = MappingProxyType(
    {
        Step.REFER: (RecordClass.RC_03, RecordClass.RC_05),
        Step.SET_ASIDE: (RecordClass.RC_04,),
        Step.CLOSE: (RecordClass.RC_01, RecordClass.RC_02, RecordClass.RC_05),
    }
)

STAGES: dict[Stage, str] = {
    Stage.RECEIVED: "received",
    Stage.OPENED: "opened",
    Stage.CONFLICT_REROUTED: "led by others, because of a conflict",
    Stage.ACKNOWLEDGED: "acknowledged",
    Stage.TRIAGED: "triaged",
    Stage.NEEDS_INFO: "waiting for the submitter's answer",
    Stage.INVESTIGATING: "being investigated",
    Stage.SUSPENDED: "suspended",
    Stage.FINDINGS: "investigated",
    Stage.DETERMINED: "determined",
    Stage.REMEDIATING: "being put right",
    Stage.REFERRED: "passed on",
    Stage.MERGED: "merged into another case",
    Stage.NOT_A_REPORT: "set aside as no concern or complaint",
    Stage.CLOSED: "closed",
    Stage.MONITORING: "closed and watched for retaliation",
    Stage.RETENTION: "kept",
    Stage.REOPENED: "reopened",
    Stage.DISPOSED: "disposed of",
}


def line(stage: Stage, step: Step) -> Line | None:
    """The table's line for a step in a stage, if it has one."""
    return next((one for one in LINES if one.step is step and stage in one.before), None)


def steps_from(stage: Stage) -> tuple[Step, ...]:
    """What can be done in a stage, in the table's order."""
    return tuple(dict.fromkeys(one.step for one in LINES if stage in one.before))


def stages_for(step: Step) -> tuple[Stage, ...]:
    """The stages in which a step can be taken, in the order of a case."""
    found = {stage for one in LINES if one.step is step for stage in one.before}
    return tuple(stage for stage in Stage if stage in found)


# What a submitter is told of a stage: the word of a state message, coarser than the stage.
_SHOWN = {
    Stage.RECEIVED: "received",
    **dict.fromkeys(
        (
            Stage.OPENED, Stage.CONFLICT_REROUTED, Stage.ACKNOWLEDGED, Stage.TRIAGED,
            Stage.REOPENED,
        ),
        "reading",
    ),
    Stage.NEEDS_INFO: "asked",
    **dict.fromkeys(
        (
            Stage.INVESTIGATING, Stage.SUSPENDED, Stage.FINDINGS, Stage.DETERMINED,
            Stage.REMEDIATING,
        ),
        "examining",
    ),
}  # fmt: skip


def shown_to_submitter(stage: Stage) -> str:
    """The word for this stage: received, reading, examining, asked, closed."""
    return _SHOWN.get(stage, "closed")
