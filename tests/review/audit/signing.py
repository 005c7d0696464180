"""Steps of a case that people sign, in a world that is an auditor's bundle."""

from crypto import act as act_format
from review.audit.acts import SignedAct
from review.casework.course import Step
from tests import committee
from tests.review.audit.company import InBook
from tests.review.audit.world import World


def triage(world: World, case: InBook, severity: str = "S3") -> SignedAct:
    """Open, answer and triage a case."""
    world.read(case)
    world.reply(case)
    coded = {
        "category": ["REV"],
        "severity": [severity],
        "scope": ["in"],
        "sealed": ["ab" * 32],
    }
    return world.step(case, Step.TRIAGE, "chair", "member-1", **coded)


def change_text(world: World, by: str) -> SignedAct:
    """Two people sign a change of a text, and somebody brings it."""
    data = {"lang": "en", "text": "cd" * 32}
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject="texts/en",
        act="change-text",
        data=data,
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=None,
    )
    signers = sorted({"member-1", by if world.rosters[-1].reader(by) else "chair"})
    made = tuple(act_format.sign(act, one, committee.signing_seed(one)) for one in signers)
    world.acts.append(SignedAct(act, made))
    world.record("text.changed", by=by, data={"act": act.hash, **data})
    return world.acts[-1]
