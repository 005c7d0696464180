"""What one person alone could shorten: the time of a merged case, and the days of cooling."""

from tests.review.audit import ended
from tests.review.audit.ended import COOLING, Ending, approve, line_of, propose
from tests.review.audit.test_attacks_on_dispositions import carried_out, told


def test_a_merged_record_that_went_as_kept_since_before_it_was_merged_is_found() -> None:
    """Attack: a new case goes with an old one into which it was merged (T02)."""
    world, (lead,) = ended.aged()
    case = ended.triaged(world)
    ended.merge(world, case, lead)
    old = line_of(world, lead)
    manifest = propose(world, line_of(world, case, triggered=old.triggered, due=old.due))
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    seen = carried_out(Ending(world, [case], manifest))
    assert f"went as kept since {old.triggered}, and ended on" in seen.said("terms")
    assert told(world, "terms")[0] == ["T02"]


def test_a_merged_record_that_went_when_its_time_was_over_holds() -> None:
    world, (lead,) = ended.aged()
    case = ended.triaged(world)
    ended.merge(world, case, lead)
    world.live(ended.DAYS, busy=False)
    manifest = propose(world, line_of(world, case))
    world.morning()
    approve(world, manifest)
    world.live(COOLING, busy=False)
    carried_out(Ending(world, [case], manifest))
    assert told(world, "terms")[0] == []


def test_fewer_days_of_cooling_than_usual_are_a_warning() -> None:
    """Attack: a manifest with so few days that nobody can object in time."""
    world, cases = ended.due()
    lines = [line_of(world, each) for each in cases]
    propose(world, *lines, cooling=COOLING - 1)
    world.morning()
    assert told(world, "approvals") == ([], ["RA-10"])
    propose(world, *lines, cooling=COOLING + 1)
    world.morning()
    assert told(world, "approvals") == ([], ["RA-10"])
