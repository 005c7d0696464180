"""Steps that nobody signed: those of before the ledger hold, and nothing of today can be one."""

import pytest

from review.audit import earlier
from review.casework.course import Stage, Step
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
from tests.review.audit.looking import look
from tests.review.audit.world import World

UNSIGNED = "a step that nobody signed"


@pytest.fixture
def old() -> World:
    """A book of version 0.1.0, whose entries wait for the first batch of its ledger."""
    first = committee.roster(demo=False, ledger_key=None)
    made = World(5, rosters=[first])
    made.submit()
    made.today += ONE_DAY
    made.collect()
    return made


def begun(world: World) -> None:
    """Bring the ledger: a roster that names its key, and the first batch."""
    key = committee.ledger_signer().key.text
    issued = world.today.isoformat()
    world.publish(
        committee.next_roster(world.rosters[-1], demo=False, issued_on=issued, ledger_key=key)
    )
    world.batch()


def said(world: World, check: str = "signatures") -> str:
    return look(world).said(check)


def test_steps_of_before_the_ledger_hold_and_are_told_of(old: World) -> None:
    (case,) = old.cases
    old.reply(case)
    for stage in (Stage.INVESTIGATING, Stage.NEEDS_INFO, Stage.CLOSED, Stage.REOPENED):
        old.move_earlier(case, stage)
    begun(old)
    old.morning()
    old.step(case, Step.TRIAGE, "chair", category=["REV"], severity=["S3"], scope=["in"],
             sealed=["ab" * 32])  # fmt: skip
    old.morning()
    seen = look(old)
    assert (seen.status, seen.text) == (0, "")
    assert seen.verified is not None
    told = [line for each in seen.verified.checks for line in each.told.unchecked]
    assert any("nobody signed them" in line for line in told)


def test_an_unsigned_step_of_this_version_is_not_accepted(world: World) -> None:
    """Attack: the server takes a step alone, and calls it one of an earlier version."""
    case = world.cases[0]
    world.reply(case)
    world.morning()
    world.move_earlier(case, Stage.INVESTIGATING)
    assert UNSIGNED in said(world), "while it waits"
    world.morning()
    assert UNSIGNED in said(world)


def test_a_ledger_that_began_with_this_version_has_no_step_of_before() -> None:
    """Attack: the same in the first batch of a ledger, where such steps could stand."""
    made = World(5)
    made.submit()
    made.today += ONE_DAY
    made.collect()
    made.reply(made.cases[0])
    made.move_earlier(made.cases[0], Stage.CLOSED)
    made.batch()
    assert UNSIGNED in said(made)


def test_after_a_signed_step_there_is_none_of_before(old: World) -> None:
    """Attack: a case that people treat by signatures is closed without one, in the first batch."""
    (case,) = old.cases
    old.reply(case)
    old.step(case, Step.TRIAGE, "chair", category=["REV"], severity=["S3"], scope=["in"],
             sealed=["ab" * 32])  # fmt: skip
    old.record("case.moved-earlier", case, by="chair", digest="ab" * 32,
               data={"from": "TRIAGED", "to": "NEEDS_INFO"})  # fmt: skip
    begun(old)
    assert UNSIGNED in said(old)


def test_after_the_first_batch_there_is_none_of_before(old: World) -> None:
    (case,) = old.cases
    old.reply(case)
    begun(old)
    old.move_earlier(case, Stage.CLOSED)
    old.morning()
    assert UNSIGNED in said(old)


def test_a_step_that_0_1_0_did_not_have_is_found(old: World) -> None:
    (case,) = old.cases
    old.reply(case)
    old.move_earlier(case, Stage.REOPENED)
    begun(old)
    assert "to which the rules have no step" in said(old, "histories")


def test_an_entry_of_a_step_without_its_act_is_no_entry(world: World) -> None:
    """Attack: what names no act at all."""
    treated(world, Stage.TRIAGED)
    at = world.ledger.index("case.moved")
    signed = world.ledger.entries[at]
    name = world.acts[-1].act.hash.encode()
    assert name in signed
    world.ledger.entries[at] = signed.replace(b'"%s"' % name, b"null")
    world.ledger.sign_again()
    assert "is not an entry in its one spelling" in said(world, "entries")


def treated(world: World, until: Stage) -> InBook:
    """A new case that was treated until it stood there, in a world whose days go on."""
    world.submit()
    world.morning()
    case = world.cases[-1]
    world.read(case)
    world.reply(case)
    while case.state is not until:
        world.go_on(case)
    world.morning()
    return case


def closed(world: World) -> InBook:
    """A case that is closed and watched."""
    case = treated(world, Stage.CLOSED)
    world.move_on(case, Step.MONITOR)
    world.morning()
    return case


def wait(world: World, days: int) -> None:
    """Let so many days go by, and a batch come."""
    world.today += (days - 1) * ONE_DAY
    world.morning()


def test_a_closed_case_goes_on_by_itself_after_its_year(world: World) -> None:
    case = closed(world)
    wait(world, 365)
    world.move_on(case, Step.RETAIN)
    world.morning()
    assert (said(world), said(world, "histories"), said(world, "people")) == ("", "", "")


def test_a_case_is_kept_once_it_was_checked_to_the_end(world: World) -> None:
    case = closed(world)
    wait(world, 181)
    world.step(case, Step.CHECK_RETALIATION, "member-1")
    world.move_on(case, Step.RETAIN)
    world.morning()
    assert said(world) == ""


def test_a_case_that_is_kept_too_early_is_found(world: World) -> None:
    """Attack: watching for retaliation is ended by who keeps the server."""
    case = closed(world)
    wait(world, 30)
    world.step(case, Step.CHECK_RETALIATION, "member-1")
    world.move_on(case, Step.RETAIN)
    world.morning()
    assert "The checks for retaliation are not complete." in said(world)


def test_a_step_that_people_sign_and_that_came_by_itself_is_found(world: World) -> None:
    """Attack: a case that closes by itself."""
    case = world.cases[0]
    world.reply(case)
    world.morning()
    world.move_on(case, Step.REOPEN)
    world.morning()
    assert "takes a step by itself that people sign" in said(world)
    assert "to which the rules have no step" in said(world, "histories")


def test_the_table_of_before_has_the_stages_of_then() -> None:
    seven = {"RECEIVED", "OPENED", "ACKNOWLEDGED", "INVESTIGATING", "NEEDS_INFO", "CLOSED"}
    assert set(earlier.CHOICES) == seven | {"REOPENED"}
    assert {after for afters in earlier.CHOICES.values() for after in afters} <= set(
        earlier.CHOICES
    )
