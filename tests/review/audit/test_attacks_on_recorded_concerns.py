"""Concerns that a member recorded: the verifier follows them, and finds each lie about them."""

import pytest

from crypto import act as act_format
from review.audit.acts import SignedAct
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
from tests.review.audit.looking import look
from tests.review.audit.signing import record_concern, triage
from tests.review.audit.world import World


@pytest.fixture
def case(world: World) -> InBook:
    """A concern that a member has recorded, in no batch yet."""
    return record_concern(world)


def said(world: World, check: str) -> str:
    """What one check says, whatever the others say."""
    return "\n".join(each.says for each in look(world).found.get(check, ()))


def told(world: World, **changes: str) -> None:
    """Let the entry that waits tell something else than its act."""
    world.waiting[-1].data.update(changes)


def test_an_honest_one_holds_before_and_after_its_batch_and_is_in_no_tally(
    world: World, case: InBook
) -> None:
    assert look(world).status == 0
    world.morning()
    triage(world, case)
    world.morning()
    assert look(world).status == 0


def test_its_clocks_run_from_the_day_it_came(world: World) -> None:
    case = record_concern(world, days=8)
    last = (case.on + 7 * ONE_DAY).isoformat()
    world.morning()
    assert f"was to be acknowledged by {last}, and is not on" in look(world).by("clocks")


def test_a_record_of_another_day_than_the_one_it_came_on_is_found(
    world: World, case: InBook
) -> None:
    case.on += ONE_DAY
    world.morning()
    assert "and its submission is of" in look(world).by("records")


@pytest.mark.parametrize("changes", [{"channel": "PHONE"}, {"came": "2026-11-02"}])
def test_another_channel_or_day_than_was_signed_for_is_found(
    world: World, case: InBook, changes: dict[str, str]
) -> None:
    told(world, **changes)
    world.morning()
    assert "tells of another channel or day than its act" in said(world, "signatures")


def test_one_that_nobody_signed_is_found(world: World, case: InBook) -> None:
    del world.acts[-1]
    world.morning()
    assert "names an act that nobody has signed" in look(world).by("signatures")


def test_one_under_somebody_else_s_name_is_found(world: World, case: InBook) -> None:
    world.waiting[-1].by = "chair"
    world.morning()
    assert "is by somebody who did not sign its act" in look(world).by("signatures")


def test_one_by_a_role_that_records_none_is_found(world: World) -> None:
    record_concern(world, by="counsel")
    world.morning()
    assert "counsel" in said(world, "people")


def test_an_act_that_records_nothing_begins_no_case(world: World, case: InBook) -> None:
    before = world.acts[-1].act
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=case.id,
        act="close",
        data=dict(before.data),
        roster=before.roster,
        on=before.on,
        previous=None,
    )
    signature = act_format.sign(act, "member-1", committee.signing_seed("member-1"))
    world.acts[-1] = SignedAct(act, (signature,))
    told(world, act=act.hash)
    world.morning()
    assert "tells of another channel or day than its act" in look(world).by("signatures")


def test_a_second_beginning_of_a_case_is_found(world: World, case: InBook) -> None:
    world.morning()
    data = {"act": world.acts[-1].act.hash, "came": case.on.isoformat(), "channel": "LETTER"}
    digest = world.rng.randbytes(32).hex()
    world.record("concern.recorded", case, by="member-1", digest=digest, data=data)
    world._add(case, "submitter", "submission", digest, world.today)
    world.morning()
    assert "is a second submission" in said(world, "histories")
    assert "uses an act once more" in said(world, "signatures")


def test_one_that_the_book_has_no_record_of_is_found(world: World, case: InBook) -> None:
    world.morning()
    world.cases.remove(case)
    assert "begins a case of which the book has no record" in look(world).text
