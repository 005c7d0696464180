"""Steps of a case that people sign, in a world that is an auditor's bundle."""

from crypto import act as act_format
from review.audit.acts import SignedAct
from review.casework import recorded, renewed
from review.casework.course import Step
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
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


def renew(
    world: World, person: str, *by: str, act: str = renewed.NAME, about: str | None = None
) -> SignedAct:
    """Somebody is let in again by these, in the ledger; act and about are what they signed."""
    subject = renewed.subject(about or person)
    made = act_format.build(
        installation=committee.INSTALLATION,
        subject=subject,
        act=act,
        data={"person": about or person},
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=next((a.act.hash for a in world.acts[::-1] if a.act.subject == subject), None),
    )
    signatures = (act_format.sign(made, one, committee.signing_seed(one)) for one in sorted(by))
    world.acts.append(SignedAct(made, tuple(signatures)))
    world.record("sign-in.renewed", by=by[-1], data={"person": person, "act": made.hash})
    return world.acts[-1]


def record_concern(world: World, by: str = "member-1", days: int = 3, **data: str) -> InBook:
    """A member records a concern that came so many days ago; data replaces that of its act."""
    came = world.today - days * ONE_DAY
    case = InBook(world.rng.randbytes(32).hex(), came)
    digest = world.rng.randbytes(32).hex()
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=case.id,
        act=recorded.ACT,
        data={
            "channel": "LETTER",
            "came": came.isoformat(),
            "submission": world.rng.randbytes(32).hex(),
            **data,
        },
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=None,
    )
    signature = act_format.sign(act, by, committee.signing_seed(by))
    world.acts.append(SignedAct(act, (signature,)))
    told = {"act": act.hash, "came": came.isoformat(), "channel": "LETTER"}
    world.record("concern.recorded", case, by=by, digest=digest, data=told)
    world.cases.append(case)
    world._add(case, "submitter", "submission", digest, world.today)
    return case
