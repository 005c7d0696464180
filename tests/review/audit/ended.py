"""Records of the small company that come to the end of their time, and how they are disposed of."""

import copy
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from crypto import act as act_format
from crypto import certifying, disposing, strict
from crypto.certificate_parts import Approver, Backups, Ended, Head, Run, hold_set
from crypto.certifying import Certificate
from crypto.disposing import Line, Manifest
from review.audit.acts import SignedAct
from review.audit.disposed import Disposed, Gone, Outcome, Stayed
from review.audit.records import THREADS
from review.casework.course import Stage, Step
from review.retention import schedule
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
from tests.review.audit.world import World

CLASS, DAYS, COOLING = "RC-04", 30, 7
PROPOSER, APPROVERS = "chair", ("member-1", "alternate")
Made = TypeVar("Made")
_SEALED = ["cd" * 32]


def retain(world: World, record_class: str = CLASS) -> InBook:
    """A case that two put aside today, and that is kept since tomorrow."""
    case = triaged(world)
    put_aside(world, case, record_class)
    return case


def put_aside(world: World, case: InBook, record_class: str = CLASS) -> None:
    """Two put a case aside today, and it is kept since tomorrow."""
    kept = {"retention_class": [record_class], "sealed": _SEALED}
    world.step(case, Step.SET_ASIDE, "chair", "member-1", **kept)
    world.morning()
    world.move_on(case, Step.RETAIN)
    world.morning()


def aged(cases: int = 1, seed: int = 5) -> tuple[World, list[InBook]]:
    """A company with records whose time is over today."""
    world = World(seed)
    world.batch()
    world.morning()
    found = [retain(world) for _ in range(cases)]
    world.live(DAYS, busy=False)
    return world, found


def triaged(world: World) -> InBook:
    """A case that came today and was assessed."""
    case = world.submit()
    world.morning()
    world.read(case)
    world.reply(case)
    world.go_on(case)
    return case


def merge(world: World, case: InBook, lead: InBook) -> None:
    """The chair lets a case go into another one today, and it is kept since tomorrow."""
    world.step(case, Step.MERGE, "chair", lead_case=[lead.id])
    world.morning()
    world.move_on(case, Step.RETAIN)
    world.morning()


def triggered(world: World, case: InBook) -> datetime.date:
    """The day on which a case was put aside, as its act says."""
    ends = {"set-aside", "merge", "close"}
    return max(
        each.act.on for each in world.acts if each.act.subject == case.id and each.act.act in ends
    )


def line_of(world: World, case: InBook, **changed: object) -> Line:
    """The line of a record, with some of its fields replaced."""
    on = triggered(world, case)
    messages = sorted(case.messages, key=lambda each: (THREADS.index(each.thread), each.n))
    terms = next(each for each in schedule.DEFAULTS if each.code == CLASS)
    content = disposing.content_hash(each.fields() for each in messages)
    return replace(Line(case.id, CLASS, 0, on, terms.due(on), content), **changed)  # type: ignore[arg-type]


def propose(
    world: World, *lines: Line, by: str = PROPOSER, cooling: int = COOLING, told: int | None = None
) -> Manifest:
    """Somebody proposes these records today."""
    made = disposing.build(
        installation=committee.INSTALLATION,
        disposition=world.rng.randbytes(16).hex(),
        by=by,
        on=world.today,
        cooling=cooling,
        records=lines,
    )
    count = len(lines) if told is None else told
    world.record("disposition.proposed", by=by, data={"manifest": made.hash, "records": count})
    world.dispositions.append(Disposed(made, Outcome(made.installation, made.id)))
    return made


def approve(
    world: World,
    manifest: Manifest,
    *by: str,
    data: Mapping[str, str] | None = None,
    about: str | None = None,
) -> SignedAct:
    """These people sign the act that approves a manifest, and the ledger is told."""
    people = by or APPROVERS
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=about or disposing.subject(manifest.id),
        act=disposing.ACT,
        data=data or {"manifest": manifest.hash},
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=None,
    )
    signed = [act_format.sign(act, one, committee.signing_seed(one)) for one in sorted(people)]
    world.acts.append(SignedAct(act, tuple(signed)))
    last = next(each for each in signed if each.by == people[-1])
    told = {
        "manifest": manifest.hash, "act": act.hash, "signature": strict.to_b64(last.signature),
    }  # fmt: skip
    world.record("disposition.approved", by=people[-1], data=told)
    return world.acts[-1]


def execute(world: World, manifest: Manifest, case: InBook, **told: object) -> None:
    """The job disposes of a record: its acts go, its line stays."""
    line = next(each for each in manifest.records if each.case == case.id)
    world.acts = [each for each in world.acts if each.act.subject != case.id]
    data = {"manifest": manifest.hash, "record_class": line.record_class, "version": line.version}
    world.record("disposition.executed", case, data={**data, **told})
    case.state = Stage.DISPOSED
    gone = Gone(case.id, line.record_class, line.version, line.triggered, line.due, world.today)
    change(world, manifest, gone=(gone,))


def leave_out(world: World, manifest: Manifest, case: InBook, reason: str = "CHANGED") -> None:
    """The job leaves a record where it is."""
    change(world, manifest, left_out=(Stayed(case.id, reason, world.today),))


def change(
    world: World, manifest: Manifest, gone: tuple[Gone, ...] = (),
    left_out: tuple[Stayed, ...] = (),
) -> None:  # fmt: skip
    """More of what became of a disposition."""
    at, there = found(world, manifest)
    outcome = there.outcome
    more = replace(
        outcome,
        gone=tuple(sorted((*outcome.gone, *gone))),
        left_out=tuple(sorted((*outcome.left_out, *left_out))),
    )
    world.dispositions[at] = replace(there, outcome=more)


def found(world: World, manifest: Manifest) -> tuple[int, Disposed]:
    """Where a disposition is in the world, and as what."""
    at = [each.manifest.id for each in world.dispositions].index(manifest.id)
    return at, world.dispositions[at]


def certificate(world: World, manifest: Manifest, holds: tuple[str, ...] = ()) -> Certificate:
    """The honest certificate of today."""
    _at, there = found(world, manifest)
    act = next(
        each
        for each in world.acts
        if each.act.subject == disposing.subject(manifest.id) and each.act.act == disposing.ACT
    )
    roles = {each.id: each.role for each in world.rosters[-1].readers}
    gone = {each.case: each.executed for each in there.outcome.gone}
    stayed = {each.case: each.reason for each in there.outcome.left_out}
    head = Head(world.ledger.signer.name, len(world.ledger.entries), world.root().hex())
    last = max(gone.values(), default=None)
    return certifying.build(
        manifest,
        act=act.act.hash,
        approvers=[Approver(one.by, roles[one.by], one.signature) for one in act.signatures],
        approved=act.act.on,
        records=[
            Ended(
                line,
                gone.get(line.case),
                hold_set(holds) if line.case in gone else None,
                stayed.get(line.case),
            )
            for line in manifest.records
        ],
        executed=None if last is None else Run("collector", "underrose-collector", last),
        verified=Run("backup", "underrose-backup", world.today),
        before=None,
        after=head,
        rewritten=last,
        backups=[Backups("shred", 7, world.today + 7 * ONE_DAY)],
        exports=[],
        software="underrose 0.2.0",
        exceptions=[],
    )


def certify(world: World, manifest: Manifest, made: Certificate | None = None) -> Certificate:
    """The other job looks that nothing is left, and the ledger is told of the certificate."""
    made = made or certificate(world, manifest)
    at, there = found(world, manifest)
    world.dispositions[at] = replace(there, certificate=made)
    told = {"manifest": manifest.hash, "certificate": made.hash}
    world.record("disposition.verified", data=told)
    return made


def expire(world: World, manifest: Manifest, on: datetime.date | None = None) -> None:
    """The last backup is gone."""
    told = {"manifest": manifest.hash, "expired_on": (on or world.today).isoformat()}
    world.record("backup.expired", data=told)


@dataclass
class Ending:
    """A company, two records whose time was over, and the manifest that they are on."""

    world: World
    cases: list[InBook]
    manifest: Manifest

    @property
    def case(self) -> InBook:
        """The first of the records."""
        return self.cases[0]

    @property
    def disposed(self) -> Disposed:
        """The disposition as the bundle has it."""
        return found(self.world, self.manifest)[1]


def _copied(value: Made, world: World) -> Made:
    """The same anew; keys cannot be copied, and nobody changes them."""
    shared = [*world.rosters, *(each.signer for each in world.ledgers)]
    return copy.deepcopy(value, {id(each): each for each in shared})


@cache
def _due() -> tuple[World, list[InBook]]:
    return aged(2)


@cache
def _cooled() -> Ending:
    world, cases = _copied(_due(), _due()[0])
    manifest = propose(world, *(line_of(world, each) for each in cases))
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    return Ending(world, cases, manifest)


@cache
def _gone() -> Ending:
    made = _copied(_cooled(), _cooled().world)
    for each in made.cases:
        execute(made.world, made.manifest, each)
    made.world.morning()
    return made


@cache
def _ended() -> Ending:
    made = _copied(_gone(), _gone().world)
    certify(made.world, made.manifest)
    made.world.live(8, busy=False)
    expire(made.world, made.manifest)
    made.world.morning()
    return made


def due() -> tuple[World, list[InBook]]:
    """A company with two records whose time is over today."""
    return _copied(_due(), _due()[0])


def cooled() -> Ending:
    """Two have approved, and the days of cooling are over today."""
    return _copied(_cooled(), _cooled().world)


def gone() -> Ending:
    """Both records went yesterday."""
    return _copied(_gone(), _gone().world)


def ended() -> Ending:
    """All is over, the last backup too."""
    return _copied(_ended(), _ended().world)
