"""What the report tells of records that are held, due, overdue and disposed of, and its opinion."""

import json
from typing import Any

import pytest

from review.audit import report
from review.retention.opinion import Opinion, opinion
from tests.review.audit import ended
from tests.review.audit.looking import look
from tests.review.audit.test_attacks_on_dispositions import hold
from tests.review.audit.world import World


def told(world: World, **how: Any) -> tuple[dict[str, Any], str]:
    """The part of both reports that is about retention."""
    seen = look(world, **how)
    assert seen.verified is not None
    said: dict[str, Any] = json.loads(report.to_json(seen.verified))["retention"]
    return said, report.to_markdown(seen.verified)


def counted(said: dict[str, Any], code: str = ended.CLASS) -> dict[str, int]:
    """The places of a class at which there is a record."""
    return {place: count for place, count in said["classes"][code].items() if count}


def test_the_report_tells_what_is_due_overdue_held_and_disposed_of() -> None:
    world, cases = ended.due()
    names = sorted(each.id for each in cases)
    said, text = told(world)
    assert counted(said) == {"due": 2}
    assert said["records"]["due"] == names
    assert f"{ended.CLASS}: 2 due" in text
    world.live(32, busy=False)
    said, text = told(world)
    assert counted(said) == {"overdue": 2}
    assert (said["opinion"], said["warnings"], said["codes"]) == ("NO_EXCEPTIONS", 2, {"T01": 2})
    assert "overdue: case " in text
    hold(world, cases=[names[0]])
    world.morning()
    said, text = told(world)
    assert counted(said) == {"held": 1, "overdue": 1}
    assert said["records"]["held"] == names[:1]


def test_the_report_tells_of_certificates_and_of_backups_that_are_not_gone_yet() -> None:
    made = ended.gone()
    certificate = ended.certify(made.world, made.manifest)
    made.world.morning()
    said, text = told(made.world)
    assert counted(said) == {"disposed": 2}
    (line,) = said["dispositions"]
    assert (line["gone"], line["left_out"]) == (2, 0)
    assert (line["certificate"], line["backup_is_gone"]) == (certificate.hash, False)
    assert f"ends on {certificate.backup} and is not gone yet" in text
    said, text = told(ended.ended().world)
    assert said["dispositions"][0]["backup_is_gone"] is True


def test_a_case_merged_into_one_that_has_gone_is_counted_under_its_class() -> None:
    """Attack: what is due is told as open, so that nobody ever asks for it."""
    world = World(5)
    world.batch()
    world.morning()
    lead, case = ended.triaged(world), ended.triaged(world)
    ended.merge(world, case, lead)
    ended.put_aside(world, lead)
    world.live(ended.DAYS, busy=False)
    assert counted(told(world)[0]) == {"due": 2}
    manifest = ended.propose(world, ended.line_of(world, lead))
    world.morning()
    ended.approve(world, manifest)
    world.live(ended.COOLING, busy=False)
    ended.execute(world, manifest, lead)
    world.morning()
    said, _text = told(world)
    assert counted(said) == {"due": 1, "disposed": 1}
    assert said["records"]["due"] == [case.id]
    assert list(said["classes"]) == [ended.CLASS]


def test_a_case_merged_into_one_that_was_over_is_kept_since_it_was_merged() -> None:
    """Attack: the chair lets a new case go with an old one at once."""
    world, (lead,) = ended.aged()
    ended.merge(world, ended.triaged(world), lead)
    assert counted(told(world)[0]) == {"due": 1, "kept": 1}


def test_the_opinion_counts_what_stands_and_says_when_nobody_can_tell() -> None:
    made = ended.cooled()
    assert told(made.world)[0]["opinion"] == "NO_EXCEPTIONS"
    assert told(made.world, root_key=None)[0]["opinion"] == "UNABLE_TO_VERIFY"
    hold(made.world, classes=[ended.CLASS])
    for case in made.cases:
        ended.execute(made.world, made.manifest, case)
    made.world.morning()
    said, text = told(made.world)
    assert (said["opinion"], said["exceptions"]) == ("EXCEPTIONS_NOTED", 2)
    # Each fact is counted once, under its most specific code.
    assert said["codes"] == {"T03": 2}
    assert "opinion: EXCEPTIONS_NOTED (2 exceptions, 0 warnings)" in text


@pytest.mark.parametrize(
    ("can_tell", "exceptions", "said"),
    [
        (True, 0, Opinion.NO_EXCEPTIONS),
        (True, 3, Opinion.EXCEPTIONS_NOTED),
        (False, 0, Opinion.UNABLE_TO_VERIFY),
        (False, 1, Opinion.EXCEPTIONS_NOTED),
    ],
)
def test_what_was_found_is_noted_whatever_else_could_not_be_looked_at(
    can_tell: bool, exceptions: int, said: Opinion
) -> None:
    assert opinion(can_tell=can_tell, exceptions=exceptions) is said


def test_a_hold_by_what_cases_are_about_keeps_them_and_is_not_asked_of_what_went() -> None:
    made = ended.cooled()
    hold(made.world, categories=["REV"])
    made.world.morning()
    said, _text = told(made.world)
    assert counted(said) == {"held": 2}
    for case in made.cases:
        ended.execute(made.world, made.manifest, case)
    made.world.morning()
    seen = look(made.world)
    assert seen.verified is not None
    (check,) = [each for each in seen.verified.checks if each.name == "withheld"]
    assert "what it was about has gone with it" in check.told.unchecked[0]
