import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, case, padding, roster, signing, strict
from crypto.case import Routing
from crypto.errors import CryptoError, InvalidSignature, Malformed, TooFewReaders, WrongIdentity
from crypto.identity import Identity
from crypto.roster import ROLES, Reader, Roster
from tests.vectors.cases import fixed

FULL = roster.parse(fixed.signed_roster(fixed.FULL).encode())
SEED = fixed.seed("case")
IDENTITIES = {each.id: Identity.from_seed(fixed.seed(each.id)) for each in FULL.readers}
ROUTING = Identity.from_seed(fixed.seed("routing"))


def subsets(ids: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(ids) + 1):
        yield from itertools.combinations(ids, size)


def committees() -> Iterator[Roster]:
    """Every roster of up to five readers, as far as choosing is concerned."""
    for size in range(1, 6):
        for roles in itertools.product(ROLES, repeat=size):
            readers = tuple(
                Reader(f"r{n}", role, "", "", FULL.routing, b"") for n, role in enumerate(roles)
            )
            yield replace(FULL, readers=readers, listed=())


def test_in_every_small_committee_the_right_people_read() -> None:
    for committee in committees():
        own = {each.id for each in committee.readers if each.role != "counsel"}
        counsel = {each.id for each in committee.readers if each.role == "counsel"}
        for excluded in subsets([each.id for each in committee.readers]):
            own_left, all_left = own - {*excluded}, (own | counsel) - {*excluded}
            expected = own_left if len(own_left) >= 2 else all_left
            if len(expected) < 2:
                with pytest.raises(TooFewReaders):
                    case.choose_readers(committee, excluded)
            else:
                chosen = [each.id for each in case.choose_readers(committee, excluded)]
                assert set(chosen) == expected
                assert len(chosen) == len(expected)


def test_a_listed_person_can_be_excluded_and_a_stranger_cannot() -> None:
    assert len(case.choose_readers(FULL, {"secretary"})) == 4
    with pytest.raises(Malformed):
        case.choose_readers(FULL, {"stranger"})


def test_a_grant_opens_for_those_chosen_and_looks_the_same_whoever_is_excluded() -> None:
    sizes = set()
    for excluded in subsets([each.id for each in FULL.readers]):
        try:
            chosen = case.choose_readers(FULL, excluded)
        except TooFewReaders:
            continue
        grant = case.seal_grant(SEED, [each.recipient for each in chosen], FULL.slots)
        age.check_shape(grant, stanzas=FULL.slots, plaintext_sizes=[32])
        sizes.add(len(grant))
        for name, identity in IDENTITIES.items():
            if name in {each.id for each in chosen}:
                assert case.open_grant(grant, identity) == SEED
            else:
                with pytest.raises(WrongIdentity):
                    case.open_grant(grant, identity)
        assert not {each.id for each in chosen} & {*excluded}
    assert sizes == {case.grant_size(FULL.slots)}


@given(st.integers(1, 20))
def test_the_size_of_a_grant_is_known_from_its_slots(slots: int) -> None:
    grant = case.seal_grant(SEED, [FULL.routing], slots)
    assert len(grant) == case.grant_size(slots)


def test_the_position_of_a_reader_in_a_grant_says_nothing() -> None:
    ada = IDENTITIES["ada"]
    seen = set()
    for _ in range(80):
        lines = case.seal_grant(SEED, [ada.recipient], 3).split(b"-> ")[1:]
        for position, line in enumerate(lines):
            alone = b"age-encryption.org/v1\n-> " + line.split(b"---")[0] + b"--- "
            with pytest.raises(CryptoError) as refused:
                age.open_sealed(alone + b"A" * 43 + b"\n" + bytes(64), [ada])
            if refused.type is not WrongIdentity:
                seen.add(position)
    assert seen == {0, 1, 2}


def test_a_grant_with_too_many_readers_or_none_is_a_mistake_of_the_caller() -> None:
    for seed, readers, slots in [
        (SEED, [FULL.routing, FULL.secretariat], 1),
        (SEED, [], 3),
        (SEED[:31], [FULL.routing], 3),
    ]:
        with pytest.raises(ValueError, match="slot"):
            case.seal_grant(seed, readers, slots)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_grant_holds_a_seed_and_nothing_else(size: int) -> None:
    sealed = age.seal(bytes(size), [IDENTITIES["ada"].recipient])
    with pytest.raises(Malformed):
        case.open_grant(sealed, IDENTITIES["ada"])


@given(st.lists(st.from_regex(r"[a-z0-9-]{1,16}", fullmatch=True), max_size=20))
def test_routing_has_one_size_whoever_is_excluded(excluded: list[str]) -> None:
    written = Routing(FULL.hash, tuple(excluded))
    sealed = case.seal_routing(written, ROUTING.recipient)
    assert len(sealed) == case.routing_size()
    assert case.open_routing(sealed, ROUTING) == written
    assert written.excluded == tuple(sorted(set(excluded)))


def test_the_longest_routing_fits() -> None:
    longest = Routing("f" * 64, tuple(f"{n:016}" for n in range(20)))
    assert len(case.seal_routing(longest, ROUTING.recipient)) == case.routing_size()


def test_routing_that_could_not_be_read_is_not_sealed() -> None:
    for wrong in (Routing("", ()), Routing(FULL.hash, ("Not An Id",))):
        with pytest.raises(Malformed):
            case.seal_routing(wrong, ROUTING.recipient)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_routing_and_as_mailbox_record(data: bytes) -> None:
    with pytest.raises(Malformed):
        case.parse_routing(data)
    with pytest.raises(Malformed):
        case.parse_mailbox(data)


def test_routing_in_the_padding_of_a_message_is_refused() -> None:
    data = Routing(FULL.hash, ()).to_bytes()
    sealed = age.seal(padding.pad_message(data), [ROUTING.recipient])
    with pytest.raises(Malformed):
        case.open_routing(sealed, ROUTING)


def test_a_mailbox_record_holds_for_its_signer_only() -> None:
    record = case.sign_mailbox(fixed.INSTALLATION, "ab" * 32, fixed.CASE_RECIPIENT, SEED)
    case.check_mailbox(record, signing.verify_key(SEED))
    with pytest.raises(InvalidSignature):
        case.check_mailbox(record, signing.verify_key(bytes(32)))


def test_a_mailbox_record_with_another_case_is_refused() -> None:
    """A server that puts its own recipient into a mailbox would read the follow-ups."""
    record = case.sign_mailbox(fixed.INSTALLATION, "ab" * 32, fixed.CASE_RECIPIENT, SEED)
    key = signing.verify_key(SEED)
    for changed in (
        replace(record, case=fixed.recipient("mallory").text),
        replace(record, mailbox="cd" * 32),
        replace(record, installation=fixed.OTHER_INSTALLATION),
        replace(record, generation=2),
        replace(record, signature=strict.to_b64(bytes(64))),
    ):
        with pytest.raises(InvalidSignature):
            case.check_mailbox(changed, key)
    with pytest.raises(Malformed):
        case.check_mailbox(replace(record, signature=""), key)


def test_a_case_is_named_by_its_first_recipient() -> None:
    text = fixed.CASE_RECIPIENT
    assert case.case_id(text) == hashlib.sha256(text.encode()).hexdigest()
