"""A ledger that has stopped, days that no calendar bears, and keys that were replaced."""

import datetime
from pathlib import Path

import pytest

from crypto import signing, strict
from crypto.cosignature import Signer
from crypto.policy import Policy
from review.audit import __main__, commands
from review.audit.bundle import Batch
from tests import committee
from tests.review.audit.company import ONE_DAY, Kept
from tests.review.audit.looking import look
from tests.review.audit.world import World

THIEF = Signer(committee.ledger_signer().name, committee.seed("thief"))


def test_a_ledger_that_has_stopped_is_found_by_the_day_of_the_bundle(world: World) -> None:
    world.waiting = []
    world.today += ONE_DAY
    assert look(world).status == 0
    world.today += ONE_DAY
    assert "the ledger has stopped" in look(world).by("days")


def test_a_bundle_of_before_its_newest_batch_is_found(world: World) -> None:
    world.today -= ONE_DAY
    assert "before its newest batch" in look(world).by("days")


def test_an_act_cannot_wait_that_is_of_tomorrow(world: World) -> None:
    world.read(world.cases[0])
    world.waiting[-1].on += 300 * ONE_DAY
    assert "is of after the day on which the bundle was made" in look(world).text


def test_a_ledger_of_a_key_that_no_roster_has_is_found_whatever_the_policy_says() -> None:
    world = World(5)
    world.ledgers = [Kept(THIEF)]
    world.batch()
    rules = Policy((THIEF.key,), (), None)
    text = look(world, policy=rules).text
    assert "is signed by a key that no roster in force then has" in text


def replaced(world: World, **changes: object) -> None:
    """A roster of today with other keys."""
    issued = world.today.isoformat()
    roster = committee.next_roster(world.rosters[-1], demo=False, issued_on=issued, **changes)
    world.publish(roster)


def test_a_ledger_key_that_was_replaced_does_not_go_on_signing(world: World) -> None:
    replaced(world, ledger_key=Signer("example.com/new", bytes(32)).key.text)
    world.live(1, busy=False)
    assert look(world).status == 0
    world.live(2, busy=False)
    assert "is signed by a key that no roster in force then has" in look(world).by("checkpoints")


def test_a_statement_key_that_was_replaced_does_not_go_on_signing(world: World) -> None:
    key = committee.seed("another statement key")
    replaced(world, statement_keys=[strict.to_b64(signing.verify_key(key))])
    day = world.today
    world.live(4, busy=False)
    text = look(world).by("tally")
    assert f"the tally of {day + 2 * ONE_DAY} is signed by a key that no roster" in text
    assert f"the tally of {day} is signed" not in text


@pytest.mark.parametrize("day", [datetime.date.min, datetime.date.max])
def test_a_batch_of_the_end_of_time_is_an_exception_and_no_crash(
    world: World, day: datetime.date
) -> None:
    newest = world.ledger.newest
    world.ledger.batches[-1] = Batch(on=day, size=newest.size, note=newest.note)
    assert look(world).status == 1


@pytest.mark.parametrize("day", ["9999-12-31", "9999-11-15"])
def test_a_submission_of_the_end_of_time_is_an_exception_and_no_crash(
    world: World, day: str
) -> None:
    world.submit()
    world.deposits[-1].on = world.deposits[-1].case.on = datetime.date.fromisoformat(day)
    world.morning()
    assert look(world).status == 1


def test_a_verifier_that_fails_ends_with_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("of a kind\nthat nobody thought of")

    monkeypatch.setattr(commands, "open_bundle", fail)
    assert __main__.main(["verify", str(tmp_path / "bundle.zip")]) == 2
    err = capsys.readouterr().err
    assert err.startswith("audit: the verifier itself failed: AssertionError: of a kind\n")
    assert "Traceback" not in err
