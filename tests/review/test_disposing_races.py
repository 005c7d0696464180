"""Dispositions and what people do at the same moment: one of the two comes first, and both hold.

Each pair starts at a barrier, a few times, so that now the one and now the other is first. What is
asked afterwards is true in either order.
"""

from collections.abc import Callable
from functools import partial

import pytest

from crypto.disposing import Manifest
from intake import drop as door
from review.casework.course import Stage
from review.errors import ReviewError
from review.store import dispositions
from review.store.database import reading
from tests import committee
from tests.at_once import at_once
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.collecting import collector_of, run
from tests.review.ending import COOLED, retain
from tests.review.killed import close
from tests.review.retaining import Committee
from tests.review.tables import entries
from tests.stores import here

pytestmark = pytest.mark.stores


def rounds() -> int:
    """How often each pair starts; on a server, where a case takes long to come, once."""
    return 1 if here().on_postgresql else 3


class Race:
    """Cases that have come to the end of their time, and who do something about them at once."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.people = Committee(installation, committee.TODAY)

    def due(self, number: int) -> Submitter:
        """Another case whose time is over."""
        somebody = self.installation.submitter(f"number {number}")
        somebody.submit()
        self.installation.collect()
        retain(self.installation, somebody.case_id)
        return somebody

    def approved(self, somebody: Submitter) -> Manifest:
        """A disposition of a case that two have approved."""
        manifest = self.people.propose("chair", somebody.case_id)
        for person in ending.APPROVERS:
            self.people.approve(manifest, person)
        return manifest

    def execute(self) -> None:
        """What the job does when the days of cooling are over."""
        assert ending.execute(self.installation, COOLED).problems == []

    def is_gone(self, somebody: Submitter) -> bool:
        return ending.stage_of(self.installation, somebody.case_id) is None

    def left_out(self, manifest: Manifest) -> list[str]:
        with reading(self.installation.book) as connection:
            return [each.reason for each in dispositions.left_out(connection, manifest.id).values()]

    def signers(self, manifest: Manifest) -> tuple[str, ...] | None:
        """Who approved a manifest, if enough have."""
        with reading(self.installation.book) as connection:
            found = dispositions.approval(connection, manifest.id)
        return None if found is None else found[1]


@pytest.fixture
def race(installation: Installation) -> Race:
    return Race(installation)


def run_at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Do these at once, and say who was refused; nothing else may go wrong."""
    failures = at_once(*works)
    assert all(isinstance(each, ReviewError) for each in failures), failures
    return failures


def told(race: Race, kind: str, somebody: Submitter) -> int:
    return sum(each.case_id == somebody.case_id for each in entries(race.installation.book, kind))


def test_three_who_approve_at_once_are_two_and_one_is_refused(race: Race) -> None:
    for number in range(rounds()):
        manifest = race.people.propose("chair", race.due(number).case_id)
        people = ("member-1", "member-2", "alternate")
        works = [partial(race.people.approve, manifest, each) for each in people]
        assert len(run_at_once(*works)) == 1
        assert len(race.signers(manifest) or ()) == 2


def test_one_who_approves_twice_at_once_counts_once(race: Race) -> None:
    for number in range(rounds()):
        manifest = race.people.propose("chair", race.due(number).case_id)
        twice = [partial(race.people.approve, manifest, "member-1")] * 2
        assert len(run_at_once(*twice)) == 1
        assert race.signers(manifest) is None


def test_a_hold_and_the_last_approval_at_once_dispose_of_nothing(race: Race) -> None:
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.people.propose("chair", somebody.case_id)
        race.people.approve(manifest, "member-1")
        run_at_once(
            partial(race.people.hold, "member-2", cases=[somebody.case_id]),
            partial(race.people.approve, manifest, "alternate"),
        )
        race.execute()
        assert not race.is_gone(somebody)
        assert race.left_out(manifest) == ([] if race.signers(manifest) is None else ["ON_HOLD"])


def test_a_hold_and_an_execution_at_once_leave_a_case_that_is_held_or_one_that_had_gone(
    race: Race,
) -> None:
    """Attack: a hold that comes at the very moment of execution is told to be in force."""
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.approved(somebody)
        refused = run_at_once(
            partial(race.people.hold, "member-2", cases=[somebody.case_id]), race.execute
        )
        # Who was told that the hold is in force finds the case; else there is no such case.
        assert race.is_gone(somebody) == bool(refused)
        assert race.left_out(manifest) == ([] if refused else ["ON_HOLD"])


def test_a_case_that_opens_again_at_the_moment_of_execution_stays_or_had_gone(race: Race) -> None:
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.approved(somebody)

        def reopen(somebody: Submitter = somebody) -> None:
            try:
                race.people.reopen(somebody)
            except AssertionError:
                # There was no case to be seen any more.
                assert race.is_gone(somebody)

        failures = at_once(reopen, race.execute)
        gone = race.is_gone(somebody)
        assert told(race, "disposition.executed", somebody) == gone
        assert race.left_out(manifest) == ([] if gone else ["REOPENED"])
        if not gone:
            assert failures == []
            assert ending.stage_of(race.installation, somebody.case_id) == Stage.REOPENED


def test_the_release_of_a_hold_at_the_moment_of_execution_lets_nothing_go_that_it_held(
    race: Race,
) -> None:
    """Attack: a hold that was placed after the approval, released just in time."""
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.approved(somebody)
        placed = race.people.hold("member-2", cases=[somebody.case_id])
        race.people.today = COOLED
        assert run_at_once(
            partial(race.people.release, placed, "chair", "member-1"), race.execute
        ) == []  # fmt: skip
        assert race.left_out(manifest) == ["ON_HOLD"]
        assert not race.is_gone(somebody)
        race.people.today = committee.TODAY


def test_two_who_propose_the_same_case_at_once_dispose_of_it_once(race: Race) -> None:
    for number in range(rounds()):
        somebody = race.due(number)
        made: list[Manifest] = []

        def propose(by: str, somebody: Submitter = somebody, made: list[Manifest] = made) -> None:
            made.append(race.people.propose(by, somebody.case_id))

        run_at_once(partial(propose, "chair"), partial(propose, "member-2"))
        for manifest in made:
            for person in ending.APPROVERS:
                race.people.approve(manifest, person)
        race.execute()
        assert told(race, "disposition.executed", somebody) == 1
        reasons = sorted(reason for each in made for reason in race.left_out(each))
        assert reasons == ["CHANGED"] * (len(made) - 1)


def test_a_recusal_and_an_approval_at_once_leave_nothing_that_the_recused_approved(
    race: Race,
) -> None:
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.people.propose("chair", somebody.case_id)
        race.people.approve(manifest, "member-1")
        run_at_once(
            partial(race.people.recuse, somebody.case_id, "alternate"),
            partial(race.people.approve, manifest, "alternate"),
        )
        race.execute()
        signed = race.signers(manifest)
        assert not race.is_gone(somebody)
        assert race.left_out(manifest) == ([] if signed is None else ["RECUSED"])


def test_two_executions_at_once_dispose_of_every_case_once(race: Race) -> None:
    cases = [race.due(number) for number in range(rounds())]
    for each in cases:
        race.approved(each)
    # Without the lock by which two jobs keep each other out; files are written anew by one.
    execute = partial(ending.execute, race.installation, COOLED)
    assert at_once(execute, execute, execute) == []
    assert all(race.is_gone(each) for each in cases)
    assert [told(race, "disposition.executed", each) for each in cases] == [1] * len(cases)


def test_a_collection_and_an_execution_at_once_lose_nothing_that_was_sent(race: Race) -> None:
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.approved(somebody)
        somebody.follow_up("There is more.")
        collector = collector_of(race.installation)
        assert at_once(partial(run, collector), race.execute) == []
        close(collector)
        race.installation.collect()
        race.execute()
        assert race.left_out(manifest) == ["CHANGED"]
        assert told(race, "follow-up.received", somebody) == 1
        assert not race.is_gone(somebody)


def test_what_is_sent_at_the_moment_of_execution_is_taken_in_or_its_sender_is_told(
    race: Race,
) -> None:
    """Attack: words that arrived, as their sender was told, for a case that was just going."""
    for number in range(rounds()):
        somebody = race.due(number)
        manifest = race.approved(somebody)
        failures = at_once(partial(somebody.follow_up, "There is more."), race.execute)
        race.installation.collect()
        race.execute()
        if race.is_gone(somebody):
            # As of a code that nobody was given; sealing to its mailbox had failed already.
            assert [type(each) for each in failures] in ([door.UnknownMailbox], [AssertionError])
        else:
            assert failures == []
            assert race.left_out(manifest) == ["CHANGED"]
            assert told(race, "follow-up.received", somebody) == 1
