"""The door: what goes in once is there once, in order, and comes out."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from crypto.errors import RosterRejected, RosterRolledBack
from intake import drop
from intake.drop import FollowUp, Outcome, Submission
from tests import committee
from tests.intake.house import DAY, made_drop, rows

pytestmark = pytest.mark.stores

TODAY = committee.TODAY


def h(letter: str) -> str:
    return letter * 64


SUBMISSION = Submission(
    once=h("1"),
    mailbox_id=h("a"),
    digest=h("d"),
    commitment=h("c"),
    envelope=b"envelope",
    roster=committee.roster().hash,
    mailbox="age1pq1mailbox",
    case_recipient="age1pq1case",
    case_signature="s" * 88,
    grant=b"grant",
    routing=b"routing",
)
FOLLOW_UP = FollowUp(
    once=h("2"),
    mailbox_id=h("a"),
    digest=h("e"),
    commitment=h("c"),
    envelope=b"more",
    n=2,
    previous=h("d"),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.writing(engine) as connection:
        drop.publish_roster(connection, committee.roster(), TODAY)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with drop.writing(engine) as connection:
        yield connection


def test_the_highest_epoch_is_current(connection: Connection) -> None:
    second = committee.next_roster(committee.roster())
    drop.publish_roster(connection, second, TODAY)
    drop.publish_roster(connection, committee.roster(), TODAY)
    assert drop.current_roster(connection) == second.document


def test_a_mailbox_goes_with_the_rosters_that_its_letters_can_name(connection: Connection) -> None:
    made = [committee.roster()]
    for days in (1, 2, 9):
        made.append(committee.next_roster(made[-1]))
        drop.publish_roster(connection, made[-1], TODAY + days * DAY)
    drop.deposit_submission(connection, replace(SUBMISSION, roster=made[-1].hash), TODAY + 2 * DAY)
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert drop.rosters_for(connection, mailbox) == {}
    drop.post_letter(connection, h("a"), 1, b"letter", TODAY + 5 * DAY)
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    # The second was still current when the day of the mailbox began.
    assert set(drop.rosters_for(connection, mailbox)) == {made[1].hash, made[2].hash}


def test_a_lower_or_equal_epoch_is_not_published(connection: Connection) -> None:
    drop.publish_roster(connection, committee.next_roster(committee.roster()), TODAY)
    for roster in (
        committee.roster(issued_on="2026-01-02"),
        committee.next_roster(committee.roster(), issued_on="2026-01-02"),
    ):
        with pytest.raises(RosterRolledBack):
            drop.publish_roster(connection, roster, TODAY)


@pytest.mark.parametrize("change", [{"installation": "ab" * 16}, {"previous": "cd" * 32}])
def test_a_roster_that_does_not_follow_the_current_one_is_not_published(
    connection: Connection, change: dict[str, str]
) -> None:
    """Attack: another installation's roster, under which no receipt code would find anything."""
    other = committee.next_roster(committee.roster(), **change)
    with pytest.raises(RosterRejected):
        drop.publish_roster(connection, other, TODAY)
    assert drop.current_roster(connection) == committee.roster().document


def test_before_the_first_roster_there_is_none(tmp_path: Path) -> None:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.reading(engine) as connection:
        assert drop.current_roster(connection) is None
        assert drop.roster_by_hash(connection, h("0")) is None
    engine.dispose()


def test_a_submission_makes_its_mailbox(connection: Connection) -> None:
    assert drop.deposit_submission(connection, SUBMISSION, TODAY).outcome is Outcome.DEPOSITED
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert (mailbox.head_n, mailbox.head_digest, mailbox.generation) == (1, h("d"), 1)
    assert (mailbox.recipient, mailbox.case_recipient) == ("age1pq1mailbox", "age1pq1case")
    (deposit,) = drop.waiting(connection, 10)
    assert (deposit.kind, deposit.n, deposit.on, deposit.slices) == ("submission", 1, TODAY, 0)
    assert (deposit.grant, deposit.routing) == (b"grant", b"routing")


def test_the_same_form_again_stores_nothing(engine: Engine) -> None:
    with drop.writing(engine) as connection:
        drop.deposit_submission(connection, SUBMISSION, TODAY)
    before = rows(engine)
    with drop.writing(engine) as connection:
        changed = replace(SUBMISSION, envelope=b"other", mailbox_id=h("b"))
        assert drop.deposit_submission(connection, changed, TODAY).outcome is Outcome.ALREADY
    assert rows(engine) == before


def test_the_same_form_again_is_welcome_after_the_roster_changed(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    drop.publish_roster(connection, committee.next_roster(committee.roster()), TODAY)
    assert drop.deposit_submission(connection, SUBMISSION, TODAY).outcome is Outcome.ALREADY


def test_a_submission_under_an_older_roster_is_refused(connection: Connection) -> None:
    drop.publish_roster(connection, committee.next_roster(committee.roster()), TODAY)
    with pytest.raises(drop.RosterMoved):
        drop.deposit_submission(connection, SUBMISSION, TODAY)


@pytest.mark.parametrize(
    "other",
    [
        replace(SUBMISSION, once=h("2"), case_recipient="age1pq1other"),
        replace(SUBMISSION, once=h("2"), mailbox_id=h("b")),
    ],
    ids=["same mailbox", "same case"],
)
def test_a_mailbox_or_a_case_cannot_be_taken_over(
    connection: Connection, other: Submission
) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    with pytest.raises(drop.MailboxTaken):
        drop.deposit_submission(connection, other, TODAY)


def test_a_follow_up_moves_the_head(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    assert drop.deposit_follow_up(connection, FOLLOW_UP, TODAY).outcome is Outcome.DEPOSITED
    assert drop.deposit_follow_up(connection, FOLLOW_UP, TODAY).outcome is Outcome.ALREADY
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert (mailbox.head_n, mailbox.head_digest) == (2, h("e"))
    deposit = drop.waiting(connection, 10)[1]
    assert (deposit.kind, deposit.n, deposit.grant, deposit.roster) == ("follow-up", 2, None, None)


@pytest.mark.parametrize(
    "other",
    [replace(FOLLOW_UP, n=3), replace(FOLLOW_UP, n=1), replace(FOLLOW_UP, previous=h("f"))],
    ids=["later", "earlier", "after another"],
)
def test_a_follow_up_stands_directly_after_the_newest(engine: Engine, other: FollowUp) -> None:
    with drop.writing(engine) as connection:
        drop.deposit_submission(connection, SUBMISSION, TODAY)
    before = rows(engine)
    with pytest.raises(drop.HeadMoved), drop.writing(engine) as connection:
        drop.deposit_follow_up(connection, other, TODAY)
    assert rows(engine) == before


def test_a_follow_up_without_a_mailbox_is_refused(connection: Connection) -> None:
    with pytest.raises(drop.UnknownMailbox):
        drop.deposit_follow_up(connection, FOLLOW_UP, TODAY)


def test_letters_are_read_in_order(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    drop.post_letter(connection, h("a"), 2, b"second", TODAY)
    drop.post_letter(connection, h("a"), 1, b"first", TODAY)
    drop.post_letter(connection, h("a"), 1, b"first", TODAY + DAY)
    mailbox = drop.read_mailbox(connection, h("a"))
    assert mailbox is not None
    assert [(each.n, each.envelope, each.on) for each in mailbox.letters] == [
        (1, b"first", TODAY),
        (2, b"second", TODAY),
    ]


def test_a_letter_is_not_replaced(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    drop.post_letter(connection, h("a"), 1, b"first", TODAY)
    with pytest.raises(drop.LetterDiffers):
        drop.post_letter(connection, h("a"), 1, b"other", TODAY)


def test_a_letter_needs_a_mailbox(connection: Connection) -> None:
    with pytest.raises(drop.UnknownMailbox):
        drop.post_letter(connection, h("9"), 1, b"first", TODAY)


def test_an_unknown_mailbox_is_none(connection: Connection) -> None:
    assert drop.read_mailbox(connection, h("9")) is None


def test_what_was_collected_no_longer_waits_and_still_counts_once(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    ids = [deposit.id for deposit in drop.waiting(connection, 10)]
    drop.mark_collected(connection, ids)
    drop.mark_collected(connection, ids)
    assert drop.waiting(connection, 10) == []
    assert drop.deposit_submission(connection, SUBMISSION, TODAY).outcome is Outcome.ALREADY


def test_deposits_wait_in_the_order_of_each_submitter(connection: Connection) -> None:
    for letter in "cab":
        made = replace(
            SUBMISSION, once=h(letter), mailbox_id=h(letter), case_recipient=f"age1pq1{letter}"
        )
        drop.deposit_submission(connection, made, TODAY)
    later = replace(FOLLOW_UP, once=h("0"), mailbox_id=h("b"))
    drop.deposit_follow_up(connection, later, TODAY)
    order = [(each.mailbox_id, each.n) for each in drop.waiting(connection, 10)]
    assert order == [(h("a"), 1), (h("b"), 1), (h("b"), 2), (h("c"), 1)]
    assert len(drop.waiting(connection, 2)) == 2
    behind = [(each.mailbox_id, each.n) for each in drop.waiting(connection, 2, after=(h("b"), 1))]
    assert behind == [(h("b"), 2), (h("c"), 1)]


def test_a_deposit_does_not_say_which_form_it_came_from(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY)
    assert SUBMISSION.once not in repr(drop.waiting(connection, 10))


def test_ids_are_random_and_not_in_order_of_arrival(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, TODAY, entropy=lambda size: b"\xff" * size)
    drop.deposit_follow_up(connection, FOLLOW_UP, TODAY, entropy=lambda size: b"\x00" * size)
    assert [each.id for each in drop.waiting(connection, 10)] == ["ff" * 16, "00" * 16]


def test_an_old_day_is_kept_as_the_day_it_was(connection: Connection) -> None:
    drop.deposit_submission(connection, SUBMISSION, datetime.date(2026, 1, 2))
    assert drop.waiting(connection, 1)[0].on == datetime.date(2026, 1, 2)
