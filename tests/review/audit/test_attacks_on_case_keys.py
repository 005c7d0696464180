"""Who is out of a case does something in it all the same; keys that nobody gave, or not so."""

import pytest

from crypto import act as act_format
from crypto.act import Value
from review.audit.acts import SignedAct
from tests import committee
from tests.review.audit.company import InBook
from tests.review.audit.looking import look
from tests.review.audit.world import World

HASH = "ab" * 32


@pytest.fixture
def world() -> World:
    """Some days, and one case, which one reader left and which the others gave a key."""
    made = World(5)
    made.batch()
    made.submit()
    made.live(1, busy=False)
    case = made.cases[0]
    made.read(case)
    recuse(made, case, "member-2", "member-2")
    key(made, case, 2)
    made.note(case, "counsel")
    made.morning()
    assert look(made).status == 0
    return made


@pytest.fixture
def case(world: World) -> InBook:
    return world.cases[0]


def signed(world: World, case: InBook, name: str, *by: str, **data: Value) -> str:
    """An act of a case with its signatures; gives its hash."""
    act = act_format.build(
        installation=committee.INSTALLATION,
        subject=case.id,
        act=name,
        data=data,
        roster=world.rosters[-1].hash,
        on=world.today,
        previous=next((a.act.hash for a in world.acts[::-1] if a.act.subject == case.id), None),
    )
    signatures = (act_format.sign(act, one, committee.signing_seed(one)) for one in sorted(by))
    world.acts.append(SignedAct(act, tuple(signatures)))
    return act.hash


def recuse(world: World, case: InBook, person: str, *by: str) -> None:
    """Take somebody out of a case, in the ledger."""
    act = signed(world, case, "recuse", *by, person=person)
    told = {"person": person, "act": act}
    world.record("case.recused", case, by=by[-1], data=told)


def key(
    world: World, case: InBook, generation: int, *by: str, readers: tuple[str, ...] = ()
) -> None:
    """Give a case a key of this number, in the book and in the ledger."""
    who = by or ("chair", "member-1")
    act = signed(
        world,
        case,
        "rekey",
        *who,
        generation=generation,
        recipient=HASH,
        before=HASH,
        grant=HASH,
        link=HASH,
        readers=list(readers or ("alternate", "chair", "member-1")),
    )
    told = {"generation": generation, "recipient": HASH, "act": act}
    world.record("case.keyed", case, by=who[-1], digest=HASH, data=told)
    case.generation = generation


def test_an_act_by_somebody_who_is_out_of_the_case_is_found(world: World, case: InBook) -> None:
    world.note(case, "member-2")
    world.morning()
    assert "is a note.left by member-2, who is out of case" in look(world).by("keys")


def test_a_second_recusal_of_the_same_person_is_found(world: World, case: InBook) -> None:
    recuse(world, case, "member-2", "alternate", "chair")
    world.morning()
    assert "a second time" in look(world).by("keys")


@pytest.mark.parametrize("generation", [2, 4])
def test_a_key_that_is_not_the_next_is_found(world: World, case: InBook, generation: int) -> None:
    key(world, case, generation)
    world.morning()
    assert f"is key {generation} of" in look(world).by("keys")


def test_a_key_in_the_book_that_no_entry_tells_of_is_found(world: World, case: InBook) -> None:
    case.generation = 3
    assert "has another key, and no entry does" in look(world).by("records")


def test_a_key_that_one_person_signed_alone_is_found(world: World, case: InBook) -> None:
    key(world, case, 3, "chair")
    world.morning()
    assert "was not signed by two who will read" in look(world).by("keys")


def test_a_key_that_is_granted_to_somebody_who_is_out_is_found(world: World, case: InBook) -> None:
    key(world, case, 3, readers=("chair", "member-1", "member-2"))
    world.morning()
    assert "is granted to member-2, who is out of" in look(world).by("keys")


def test_a_recusal_that_one_other_signed_is_found(world: World, case: InBook) -> None:
    recuse(world, case, "alternate", "chair")
    world.morning()
    assert "was not signed by alternate or by two others" in look(world).by("keys")


def test_a_share_with_somebody_who_is_out_or_of_another_key_is_found(
    world: World, case: InBook
) -> None:
    act = signed(world, case, "share", "chair", "member-1", person="member-2", generation=1)
    told = {"person": "member-2", "generation": 1, "act": act}
    world.record("case.shared", case, by="chair", digest=HASH, data=told)
    world.morning()
    found = look(world).by("keys")
    assert "shares key 1 of" in found
    assert "with member-2, who is out of it" in found


def test_a_key_given_by_somebody_whose_role_may_not_is_found(world: World, case: InBook) -> None:
    told = {"generation": 3, "recipient": HASH, "act": HASH}
    world.record("case.keyed", case, by="auditor", digest=HASH, data=told)
    case.generation = 3
    world.morning()
    assert "whose role may not do that (give_case_key)" in "\n".join(look(world).lines)
