"""What an investigator signs counts while two readers share the case with them, and no longer."""

import pytest

from crypto import sharing, signing
from review.casework.course import Step
from tests import committee
from tests.review.audit.company import InBook
from tests.review.audit.looking import look
from tests.review.audit.signing import triage
from tests.review.audit.test_attacks_on_case_keys import HASH, key, signed
from tests.review.audit.test_attacks_on_signatures import CHOSEN, found
from tests.review.audit.world import World

DANA = "finance"


@pytest.fixture
def case(world: World) -> InBook:
    """A case that is being investigated, in a company with an investigator."""
    world.record("person.enrolled", by=DANA, data={"role": "investigator"})
    made = world.submit()
    world.morning()
    triage(world, made)
    world.step(made, Step.INVESTIGATE, "chair", **CHOSEN)
    world.morning()
    return made


def share(
    world: World, case: InBook, *by: str, generation: int = 1, of: str = DANA, person: str = DANA
) -> None:
    """Share the case, by these and under the key of this name."""
    verify_key = signing.verify_key(committee.signing_seed(of))
    data = sharing.data_of(person, committee.recipient(of).text, verify_key, generation, b"grant")
    act = signed(world, case, "share", *(by or ("chair", "member-1")), **data)
    told = {"person": person, "generation": generation, "act": act}
    world.record("case.shared", case, by=by[0] if by else "chair", digest=HASH, data=told)


def report(world: World, case: InBook) -> None:
    """The investigator adds a note, and reports the facts."""
    world.note(case, DANA)
    world.step(case, Step.REPORT_FACTS, DANA, sealed=["cd" * 32])


def test_an_investigator_reports_the_facts_of_the_case_shared_with_them(
    world: World, case: InBook
) -> None:
    share(world, case)
    world.read(case, DANA)
    report(world, case)
    world.morning()
    done = look(world)
    assert (done.status, done.found) == (0, {})


def test_an_investigator_in_a_case_that_was_not_shared_is_found(world: World, case: InBook) -> None:
    report(world, case)
    assert "was not signed as it says" in found(world)
    assert f"is a note.left by {DANA}, with whom case" in look(world).said("keys")


def test_an_investigator_after_the_end_of_their_share_is_found(world: World, case: InBook) -> None:
    share(world, case)
    key(world, case, 2)
    report(world, case)
    assert "was not signed as it says" in found(world)
    assert f"is a note.left by {DANA}, with whom case" in look(world).said("keys")


def test_another_key_than_two_readers_signed_for_an_investigator_is_found(
    world: World, case: InBook
) -> None:
    share(world, case, of="somebody else")
    report(world, case)
    assert "was not signed as it says" in found(world)


def test_a_share_that_one_reader_signed_alone_is_found_and_lets_nobody_sign(
    world: World, case: InBook
) -> None:
    share(world, case, "chair")
    report(world, case)
    assert "was not signed as it says" in found(world)
    assert "was not signed by two readers" in look(world).said("keys")


def test_an_investigator_shares_the_case_with_nobody(world: World, case: InBook) -> None:
    share(world, case)
    share(world, case, "chair", DANA, person="secretary")
    assert "was not signed by two readers" in "\n".join((found(world), look(world).said("keys")))


def test_a_share_with_a_reader_is_found(world: World, case: InBook) -> None:
    share(world, case, person="member-2", of="somebody else")
    world.morning()
    assert "who is a reader of the roster" in look(world).said("keys")


def test_a_step_of_the_committee_signed_by_an_investigator_is_found(
    world: World, case: InBook
) -> None:
    share(world, case)
    world.step(case, Step.ASSIGN, DANA, investigator=["OUTSIDE"])
    assert "An investigator cannot do this" in found(world)
