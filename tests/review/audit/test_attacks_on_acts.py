"""Acts that nobody could have done, or not then, or not in this order; rosters and rules."""

import pytest

from review.audit import rules
from review.casework.course import Stage, Step
from tests import committee
from tests.review.audit.company import ONE_DAY, InBook
from tests.review.audit.looking import changed, look
from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """Some days, and one case that was just opened."""
    made = World(5)
    made.batch()
    made.submit()
    made.live(2, busy=False)
    made.read(made.cases[0])
    made.morning()
    assert look(made).status == 0
    return made


@pytest.fixture
def case(world: World) -> InBook:
    return world.cases[0]


def unchecked(world: World) -> str:
    verified = look(world).verified
    assert verified is not None
    return "\n".join(line for each in verified.checks for line in each.told.unchecked)


def forced(world: World, case: InBook, kind: str, before: str, after: str) -> None:
    """Move a case as no rule has it, in book and ledger, by an act that nobody signed."""
    digest = world.rng.randbytes(32).hex()
    data = {"step": "close", "from": before, "to": after, "act": "0" * 64}
    world.record(kind, case, by="chair", digest=digest, data=data)
    world._add(case, "committee", "state", digest, world.today)
    case.state = Stage(after) if after in set(Stage) else case.state
    world.morning()


def test_an_illegal_transition_is_found(world: World, case: InBook) -> None:
    forced(world, case, "case.closed", "OPENED", "CLOSED")
    assert "moves from OPENED to CLOSED, to which the rules have no step" in look(world).said(
        "histories"
    )


def test_a_move_from_a_state_that_the_case_is_not_in_is_found(world: World, case: InBook) -> None:
    forced(world, case, "case.moved", "ACKNOWLEDGED", "INVESTIGATING")
    text = look(world).said("histories")
    assert "says that it moves from ACKNOWLEDGED, and the case is OPENED" in text


def test_a_state_that_does_not_exist_is_found(world: World, case: InBook) -> None:
    forced(world, case, "case.moved", "OPENED", "FORGOTTEN")
    assert "moves to a state that does not exist" in look(world).said("histories")


def test_a_closing_that_is_called_a_move_is_found(world: World, case: InBook) -> None:
    world.reply(case)
    world.morning()
    forced(world, case, "case.moved", "ACKNOWLEDGED", "CLOSED")
    assert "to which the rules have no step" in look(world).said("histories")


def test_a_second_submission_of_a_case_is_found(world: World, case: InBook) -> None:
    world._deposit(case, "follow-up")
    world.collect()
    world.waiting[-1].type = "submission.received"
    message = case.messages[-1]
    case.messages[-1] = type(message)(**{**vars(message), "kind": "submission"})
    world.morning()
    assert "is a second submission" in look(world).by("histories")


def test_a_reading_before_the_case_was_opened_is_found(world: World) -> None:
    world.submit()
    world.morning()
    world.record("case.read", world.cases[-1], by="chair")
    world.morning()
    assert "reads a case that nobody has opened" in look(world).by("histories")


def test_an_act_that_was_backdated_along_its_case_is_found(world: World, case: InBook) -> None:
    world.read(case)
    world.record("case.read", case, by="chair", on=world.today - ONE_DAY)
    world.morning()
    assert "and follows one of" in look(world).by("histories")


def test_an_entry_that_was_backdated_is_late_for_its_day(world: World) -> None:
    data = {"means": "password"}
    world.record("login.started", by="chair", data=data, on=world.today - 2 * ONE_DAY)
    world.morning()
    assert "it is late, or was backdated" in look(world).by("days")


def test_an_entry_of_a_day_to_come_is_found(world: World) -> None:
    data = {"means": "password"}
    world.record("login.started", by="chair", data=data, on=world.today + 5 * ONE_DAY)
    world.morning()
    assert ", after the batch of" in look(world).by("days")


def test_a_deposit_that_came_late_to_the_ledger_is_found(world: World) -> None:
    world.submit()
    (late,) = world.deposits
    world.deposits.clear()
    world.live(3, busy=False)
    world.deposits.append(late)
    world.morning()
    assert "it is late" in look(world).by("days")


def test_an_act_of_somebody_who_is_on_no_roster_is_found(world: World, case: InBook) -> None:
    world.read(case, "stranger")
    world.morning()
    text = look(world).said("people")
    assert "is a case.read by stranger, who was not enrolled" in text


def test_an_act_of_somebody_who_was_never_enrolled_is_found(world: World, case: InBook) -> None:
    world.read(case, "secretary")
    world.morning()
    assert "by secretary, who was not enrolled on" in look(world).said("people")


@pytest.mark.parametrize(
    ("who", "kind"),
    [("auditor", "case.read"), ("auditor", "case.moved"), ("auditor", "note.left")],
)
def test_an_act_that_the_role_may_not_do_is_found(
    world: World, case: InBook, who: str, kind: str
) -> None:
    if kind == "case.read":
        world.read(case, who)
    elif kind == "note.left":
        world.note(case, who)
    else:
        world.reply(case)
        world.morning()
        world.step(case, Step.TRIAGE, who)
    world.morning()
    assert f"is a {kind} by {who}, whose role may not do that" in look(world).said("people")


def test_a_reader_who_takes_the_auditors_place_is_found(world: World) -> None:
    data = {"report": "0" * 64, "size": 16, "root": "0" * 64, "exceptions": 0}
    world.record("auditor.checked", by="chair", data=data)
    world.morning()
    assert "whose role may not do that (hand_in_check)" in look(world).text


def test_an_act_after_somebody_has_left_is_found(world: World, case: InBook) -> None:
    world.record("person.left", by="member-1", data={"role": "member"})
    world.morning()
    world.morning()
    world.read(case, "member-1")
    world.morning()
    assert "by member-1, who had left on" in look(world).by("people")


def test_an_act_after_somebody_was_taken_off_the_roster_is_found(
    world: World, case: InBook
) -> None:
    readers = committee.roster_fields()["readers"]
    assert isinstance(readers, list)
    left = [each for each in readers if each["id"] != "member-2"]
    roster = committee.next_roster(
        world.rosters[-1], demo=False, issued_on=world.today.isoformat(), readers=left
    )
    world.publish(roster)
    world.read(case, "member-2")
    world.morning()
    assert look(world).status == 0, "the day of the change counts for both"
    world.read(case, "member-2")
    world.morning()
    assert "by member-2, who was not on the roster on" in look(world).by("people")


@pytest.mark.parametrize(
    ("who", "role", "says"),
    [
        ("stranger", "secretary", "who is on no roster"),
        ("secretary", "chair", "which the rosters do not say"),
        ("secretary", "wizard", "which is no role"),
        ("chair", "secretary", "who was enrolled before"),
    ],
)
def test_an_enrolment_that_the_roster_does_not_bear_is_found(
    world: World, who: str, role: str, says: str
) -> None:
    world.record("person.enrolled", by=who, data={"role": role})
    world.morning()
    assert says in look(world).by("people")


def test_a_leaving_of_somebody_who_never_came_is_found(world: World) -> None:
    world.record("person.left", by="finance", data={"role": "secretary"})
    world.morning()
    assert "who was never enrolled" in look(world).by("people")


def test_a_charter_record_of_somebody_who_may_not_keep_the_book_is_found(world: World) -> None:
    world.resolve(by="chair")
    world.morning()
    assert "whose role may not do that (record_charter)" in look(world).by("people")


def test_a_disposition_cannot_account_for_a_case_that_is_gone(world: World, case: InBook) -> None:
    data = {"manifest": "0" * 64, "record_class": "x", "version": 1}
    world.record("disposition.executed", case, data=data)
    world.morning()
    world.cases.clear()
    text = look(world).text
    assert "of which the book has no record" in text
    assert "disposes of a case that is OPENED" in text
    assert "is on no such manifest" in text


def test_an_acknowledgement_that_is_late_or_missing_is_found(world: World, case: InBook) -> None:
    world.live(8, busy=False)
    assert "is not on" in look(world).by("clocks")
    world.reply(case)
    world.morning()
    assert f"case {case.id} was to be acknowledged by" in look(world).by("clocks")


def test_feedback_that_is_missing_after_three_months_is_found(world: World, case: InBook) -> None:
    world.reply(case)
    world.morning()
    acknowledged = world.today
    while world.today < acknowledged + 93 * ONE_DAY:
        world.morning()
    assert "was to hear what was done by" in look(world).by("clocks")
    world.reply(case)
    world.morning()
    assert "and heard on" in look(world).by("clocks")


def test_a_roster_that_the_root_key_has_not_signed_cannot_be_believed(world: World) -> None:
    world.rosters = [committee.roster(committee.seed("another root"), demo=False)]
    seen = look(world)
    assert seen.status == 2
    assert seen.text.startswith("roster 1 is not to be believed")


def test_without_the_root_key_the_report_says_that_rosters_were_not_checked(world: World) -> None:
    seen = look(world, root_key=None)
    assert seen.status == 0
    assert seen.verified is not None
    told = [line for each in seen.verified.checks for line in each.told.unchecked]
    assert any("the signatures of the rosters, because that takes --root-key" in t for t in told)


def test_a_roster_that_skips_the_one_before_it_is_found(world: World) -> None:
    other = committee.roster(demo=False, epoch=2, previous="0" * 64)
    world.publish(other)
    world.morning()
    assert "roster 2 does not name roster 1 before it" in look(world).by("rosters")


def test_a_roster_of_another_installation_is_found(world: World) -> None:
    other = committee.next_roster(world.rosters[-1], demo=False, installation="00" * 16)
    world.publish(other)
    world.morning()
    assert "roster 2 is another installation's than the bundle" in look(world).by("rosters")


def test_a_roster_published_on_the_record_must_be_in_the_bundle(world: World) -> None:
    data = {"roster": "0" * 64, "epoch": 2}
    world.record("roster.published", data=data)
    world.morning()
    assert "publishes a roster that is not in the bundle" in look(world).by("rosters")


def test_a_roster_in_between_that_was_never_published_is_found(world: World) -> None:
    hidden = committee.next_roster(world.rosters[-1], demo=False, issued_on="2026-11-04")
    world.rosters.append(hidden)
    later = committee.next_roster(hidden, demo=False, issued_on="2026-11-05")
    world.publish(later)
    world.morning()
    assert look(world).by("rosters") == "no entry says that roster 2 was published"


def test_a_newest_roster_may_wait_for_its_entry_and_is_told_of(world: World) -> None:
    world.rosters.append(committee.next_roster(world.rosters[-1], demo=False))
    assert look(world).status == 0
    assert "when roster 2 was published" in unchecked(world)


def test_other_rules_in_the_bundle_than_the_ledger_adopted_are_found(world: World) -> None:
    seen = look(changed(world, rules=rules.document().replace(b'"v":1', b'"v":2')))
    assert "are not those that the ledger adopted" in seen.by("rules")


def test_rules_that_this_program_does_not_have_are_told_of(world: World) -> None:
    """A ledger of a later version is judged by ours, and the report says so."""
    world.record("rules.adopted", data={"rules": "0" * 64, "version": 9})
    world.morning()
    assert "whether cases went by version 9 of the rules" in unchecked(world)


def test_rules_adopted_backwards_are_found(world: World) -> None:
    world.record("rules.adopted", data={"rules": "0" * 64, "version": 0})
    world.morning()
    assert "adopts version 0 of the rules after version 2" in look(world).text


def test_a_ledger_without_rules_is_found() -> None:
    made = World(5)
    made.batch()
    made.ledger.entries = [each for each in made.ledger.entries if b"rules.adopted" not in each]
    made.ledger.batches = [made.ledger.sign(made.today)]
    assert "no entry of ledger 1 says which rules cases go by" in look(made).text


def test_a_check_of_a_tree_that_the_ledger_never_had_is_found(world: World) -> None:
    """The auditor was shown another ledger, and handed in what they saw there."""
    root = "0" * 64
    data = {"report": "0" * 64, "size": 16, "root": root, "exceptions": 0}
    world.record("auditor.checked", by="auditor", data=data)
    world.morning()
    assert "a root that the ledger never had" in look(world).by("audits")


def test_a_check_of_a_tree_that_the_ledger_had_holds(world: World) -> None:
    data = {"report": "0" * 64, "size": world.ledger.newest.size, "root": world.root().hex()}
    world.record("auditor.checked", by="auditor", data={**data, "exceptions": 0})
    world.record("exported", by="auditor", data={"bundle": "0" * 64, "reader": "auditor"})
    world.morning()
    assert look(world).status == 0
