"""How cases of a small company are treated: the steps people take, and what they sign."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from crypto import act as act_format
from crypto.roster import Roster
from review.audit import charter, waiting
from review.audit.acts import SignedAct
from review.audit.records import Act
from review.casework import signed
from review.casework.course import Stage, Step, line
from tests import committee
from tests.review.audit.company import InBook, Waiting

_SEALED = ["ab" * 32]
_CHOSEN = {"investigator": ["OUTSIDE"], "hold_decision": ["no"], "sealed": _SEALED}
# How a case goes on from each stage, by whom, and with which fields.
COURSE: Mapping[Stage, tuple[Step, tuple[str, ...], dict[str, list[str]]]] = {
    Stage.ACKNOWLEDGED: (
        Step.TRIAGE, ("member-1",),
        {"category": ["REV"], "severity": ["S3"], "scope": ["in"], "sealed": _SEALED},
    ),
    Stage.TRIAGED: (Step.ASK, ("alternate",), {}),
    Stage.NEEDS_INFO: (Step.INVESTIGATE, ("chair",), _CHOSEN),
    Stage.INVESTIGATING: (Step.REPORT_FACTS, ("member-2",), {"sealed": _SEALED}),
    Stage.FINDINGS: (Step.DETERMINE, ("member-1", "chair"), {"outcomes": ["s1=PARTLY"]}),
    Stage.DETERMINED: (Step.GIVE_FEEDBACK, ("member-1",), {}),
}  # fmt: skip
CLOSING = {"retention_class": ["RC-01"], "retaliation_plan": ["member-1"]}


def leading(stage: Stage, step: Step) -> Stage:
    """Where the table has this step lead from this stage; nowhere if it has none."""
    found = line(stage, step)
    return stage if found is None or found.after is None else found.after


def signed_by(
    acts: Sequence[SignedAct],
    case: InBook,
    wanted: Step,
    by: Sequence[str],
    data: Mapping[str, str | list[str]],
    roster: Roster,
    on: datetime.date,
) -> SignedAct:
    """The act of a step after those of the case so far, with everybody's signature."""
    before = [each for each in acts if each.act.subject == case.id]
    after = leading(case.state, wanted)
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=case.id,
        act=signed.code(wanted),
        data={"from": case.state.value, "to": after.value, **data},
        roster=roster.hash,
        on=on,
        previous=before[-1].act.hash if before else None,
    )
    seeds = {one: committee.signing_seed(one) for one in sorted(by)}
    return SignedAct(act, tuple(act_format.sign(act, one, seed) for one, seed in seeds.items()))


def charter_lines(kept: Sequence[charter.Kept], acts: Sequence[Waiting]) -> list[charter.Kept]:
    """What the book says of every record of the charter."""
    named = {"evidence.recorded": charter.RECORDED, "evidence.ended": charter.ENDED}
    told = {act.data["document"]: named[act.type] for act in acts if act.type in named}
    return [
        dataclasses.replace(each, waiting=told.get(each.digest))
        for each in sorted(kept, key=lambda each: each.digest)
    ]


def waiting_acts(acts: Iterable[Waiting]) -> tuple[Act, ...]:
    """What waits for the next batch, as a record has it."""
    return tuple(
        Act(
            type=each.type,
            on=each.on,
            by=each.by,
            digest=each.digest,
            commitment=each.commitment,
            data=each.data,
        )
        for each in acts
    )


def waiting_of_no_case(acts: Iterable[Waiting]) -> tuple[Act, ...]:
    """What waits for the next batch and is of no case, as far as a bundle tells of it."""
    return waiting_acts(each for each in acts if each.case is None and each.type in waiting.TYPES)
