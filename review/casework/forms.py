"""What a step asks of whoever takes it: the fields of its form, in plain words.

Pure data. A field is either coded and in clear, because clocks and the retention auditor count by
it, or sealed in the browser: whatever says something of a person, and every free text. The page
draws the forms from here, and the browser reads in them which field it has to seal.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from review.casework.codes import (
    LABELS,
    Category,
    DetrimentRisk,
    Measure,
    Outcome,
    Recipient,
    Reliance,
    Severity,
    SubmitterKind,
)
from review.casework.course import KEPT_AS, Step


class Kind(enum.StrEnum):
    """How a field is filled in."""

    ONE = "one"
    MANY = "many"
    TEXT = "text"
    CODE = "code"
    PERSON = "person"
    CASE = "case"
    OUTCOMES = "outcomes"


@dataclass(frozen=True)
class Field:
    """One field: its name in the act or in the sealed text, its words, and what it takes."""

    name: str
    label: str
    kind: Kind
    options: tuple[tuple[str, str], ...] = ()
    sealed: bool = False
    required: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """A step's form. letter says that the submitter is written to with it, in the same form."""

    title: str
    button: str
    fields: tuple[Field, ...] = ()
    letter: str = ""


def _options(codes: type[enum.StrEnum], *but: enum.StrEnum) -> tuple[tuple[str, str], ...]:
    return tuple((each.value, LABELS[each]) for each in codes if each not in but)


def _classes(step: Step) -> Field:
    """The classes of the schedule that are for such an end of a case."""
    return Field(
        "retention_class", "How its records are kept", Kind.ONE,
        tuple((each.value, LABELS[each]) for each in KEPT_AS[step]),
        hint="How long that is, the schedule says; nothing is disposed of without two signatures.",
    )  # fmt: skip


_HINTS = {
    Severity.S1: "the statements may be wrong, an executive or director may have committed fraud,"
    " evidence is being destroyed, or somebody is about to suffer for it",
    Severity.S2: "a control may be weak as a whole, the firm’s independence is in question",
    Severity.S3: "one control failed once",
    Severity.S4: "little hangs on it",
    Severity.S0: "look at it again soon",
}
_YES_NO = (("yes", "Yes"), ("no", "No"))
_REASON = Field("reason", "The reason", Kind.TEXT, sealed=True)
_CLASSIFIED = (
    Field(
        "category", "What it is about", Kind.MANY, _options(Category),
        hint="The first three are what clause 5 of the charter names; the ten after them"
        " say more closely what of it. Choose as many as fit.",
    ),
    Field(
        "severity", "How grave it is", Kind.ONE,
        tuple((each.value, f"{LABELS[each]}: {_HINTS[each]}") for each in Severity),
        hint="A small amount does not make fraud by an officer or director less than high.",
    ),
    Field(
        "officer", "Is an officer or director among those it is about?", Kind.ONE, _YES_NO,
        hint="Then the committee decides as a whole, without those concerned.",
    ),
    Field(
        "reliance", "How far the information can be relied on", Kind.ONE, _options(Reliance),
        sealed=True, hint="Of the information, never of a person.",
    ),
    Field(
        "detriment_risk", "How likely it is that somebody is made to suffer for it", Kind.ONE,
        _options(DetrimentRisk), sealed=True,
    ),
)  # fmt: skip
_INVESTIGATOR = Field(
    "investigator", "Who investigates", Kind.PERSON,
    hint="Nobody whom the case is about, and nobody who works for them.",
)  # fmt: skip
_PLAN = Field(
    "plan", "The plan, step by step", Kind.TEXT, sealed=True,
    hint="What is looked at, by whom, by when. One step on each line; [x] before it says that it is"
    " done.",
)  # fmt: skip

FORMS: Mapping[Step, Form] = {
    Step.TRIAGE: Form(
        "Say what the case is about and how grave it is", "Sign the assessment",
        (
            *_CLASSIFIED,
            Field(
                "submitter_kind", "What the submitter says to be", Kind.ONE,
                _options(SubmitterKind), sealed=True, required=False,
                hint="Only if they said so. Never ask.",
            ),
            Field(
                "scope", "Does the charter cover it?", Kind.ONE,
                (("in", "Yes, it stays with the committee"), ("out", "No, it goes to others")),
            ),
        ),
    ),
    Step.RECLASSIFY: Form("Assess it anew", "Sign the new assessment", _CLASSIFIED),
    Step.ASK: Form(
        "Ask the submitter", "Send the question and sign",
        letter="Your question",
    ),
    Step.GIVE_FEEDBACK: Form(
        "Tell the submitter what is planned or done", "Send the feedback and sign",
        letter="Your feedback",
    ),
    Step.INVESTIGATE: Form(
        "Begin to investigate", "Sign the beginning",
        (
            _INVESTIGATOR, _PLAN,
            Field("hold_decision", "Is a legal hold needed?", Kind.ONE, _YES_NO),
            Field("reason", "Why, or why not", Kind.TEXT, sealed=True),
        ),
    ),
    Step.REFER: Form(
        "Pass it on", "Sign that it is passed on",
        (Field("recipient", "To whom", Kind.ONE, _options(Recipient)), _classes(Step.REFER)),
    ),
    Step.MERGE: Form(
        "Merge it into another case", "Sign the merging",
        (Field("lead_case", "The case that leads", Kind.CASE),),
    ),
    Step.SET_ASIDE: Form(
        "Set it aside as no concern or complaint", "Sign that it is set aside",
        (_REASON, _classes(Step.SET_ASIDE)),
    ),
    Step.SUSPEND: Form("Suspend the case", "Sign the suspension", (_REASON,)),
    Step.RESUME: Form("Take it up again", "Sign that it goes on"),
    Step.REPORT_FACTS: Form(
        "Report the facts", "Sign the facts",
        (
            Field(
                "note", "The facts, and what shows each", Kind.TEXT, sealed=True,
                hint="Facts, not how far a person is to be trusted.",
            ),
        ),
    ),
    Step.DETERMINE: Form(
        "Decide what the facts come to", "Sign the determination",
        (
            Field(
                "outcomes", "The outcome for each subject", Kind.OUTCOMES, _options(Outcome),
                hint="Subjects have numbers here. Who they are, say in the reason, which is"
                " sealed.",
            ),
            Field("reason", "Who the subjects are, and the reason", Kind.TEXT, sealed=True),
        ),
    ),
    Step.REMEDIATE: Form(
        "Hand over what has to be put right", "Sign the handing over",
        (
            Field("measure", "What follows", Kind.ONE, _options(Measure, Measure.NONE)),
            Field(
                "remedy", "The audit finding it goes to", Kind.CODE,
                hint="Its opaque reference in the charter’s book, such as F-2026-07. Nothing of"
                " the case.",
            ),
        ),
    ),
    Step.CLOSE: Form(
        "Close the case", "Sign the closing",
        (
            Field("retaliation_plan", "Who looks for retaliation from now on", Kind.PERSON),
            _classes(Step.CLOSE),
        ),
    ),
    Step.CHECK_RETALIATION: Form(
        "Ask whether anybody made them suffer", "Send the question and sign the check",
        letter="Your question",
    ),
    Step.RECORD_DETRIMENT: Form(
        "Record that somebody was made to suffer, or asked who wrote", "Sign the record",
        (
            Field(
                "detriment_risk", "How likely it is now that it goes on", Kind.ONE,
                _options(DetrimentRisk), sealed=True,
            ),
            Field("note", "What happened", Kind.TEXT, sealed=True),
        ),
    ),
    Step.ASSIGN: Form("Give it to somebody else to investigate", "Sign it", (_INVESTIGATOR,)),
    Step.PLAN: Form("Change the plan, or tick off its steps", "Sign the plan", (_PLAN,)),
    Step.ESCALATE: Form(
        "Tell others of it", "Sign that they are told",
        (Field("recipient", "Whom", Kind.ONE, _options(Recipient)),),
    ),
    Step.LINK: Form(
        "Link it with another case", "Sign the link",
        (Field("other_case", "The other case", Kind.CASE),),
    ),
    Step.REOPEN: Form("Open it again", "Sign the reopening", (_REASON,)),
}  # fmt: skip
# Steps that are not taken in a form: by reading, by a reply, with a new key, beside a note.
OUTSIDE = frozenset(Step) - set(FORMS)

# What was done, as a case's history says it.
DONE: Mapping[Step, str] = {
    Step.ACKNOWLEDGE: "The submitter was told that it arrived",
    Step.TRIAGE: "The case was assessed",
    Step.RECLASSIFY: "The case was assessed anew",
    Step.REFER: "The case was passed on",
    Step.ASK: "The submitter was asked",
    Step.MERGE: "The case was merged into another",
    Step.SET_ASIDE: "The case was set aside as no concern or complaint",
    Step.MARK_DRILL: "It is a drill, and was marked as one",
    Step.INVESTIGATE: "The investigation began",
    Step.SUSPEND: "The case was suspended",
    Step.RESUME: "The case was taken up again",
    Step.REPORT_FACTS: "The facts were reported",
    Step.DETERMINE: "It was decided what the facts come to",
    Step.REMEDIATE: "What has to be put right was handed over",
    Step.CLOSE: "The case was closed",
    Step.REOPEN: "The case was opened again",
    Step.GIVE_FEEDBACK: "The submitter had feedback",
    Step.ASSIGN: "Somebody else investigates",
    Step.PLAN: "The plan was changed",
    Step.RETRACT_NOTE: "A note was taken back",
    Step.LINK: "The case was linked with another",
    Step.ESCALATE: "Others were told of the case",
    Step.RECORD_DETRIMENT: "A detriment was recorded",
    Step.CHECK_RETALIATION: "The submitter was asked whether anybody made them suffer",
    Step.REROUTE: "Others lead the case, because of a conflict",
    Step.MARK_CONFLICT: "Somebody is concerned by the case",
    Step.SHARE: "The case was shared",
}
# The fields of every form, as the history names them.
LABELLED: Mapping[str, str] = {
    "category": "About",
    "severity": "Severity",
    "officer": "An officer or director is concerned",
    "reliance": "The information",
    "detriment_risk": "Risk that somebody suffers",
    "submitter_kind": "The submitter says to be",
    "scope": "Covered by the charter",
    "recipient": "To whom",
    "readers": "Who reads it from now on",
    "lead_case": "The case that leads",
    "other_case": "The other case",
    "investigator": "Who investigates",
    "hold_decision": "Legal hold",
    "outcomes": "Outcome",
    "measure": "What follows",
    "remedy": "Audit finding",
    "retention_class": "Kept as",
    "retaliation_plan": "Looks for retaliation",
    "reason": "Reason",
    "plan": "Plan",
    "note": "Written down",
    "mark": "The drill's mark",
    "sealed": "Sealed with it",
}


def code(step: Step) -> str:
    """The name that acts, addresses and pages have for a step."""
    return step.replace(" ", "-")
