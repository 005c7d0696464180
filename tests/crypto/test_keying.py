"""Later keys are read and followed by the shared vectors; here is what is sealed anew each time."""

import pytest

from crypto import age, case, keying, opening
from crypto.errors import Malformed, WrongIdentity, WrongPlace
from crypto.identity import Identity
from crypto.recipient import from_seed
from tests.vectors.cases import fixed
from tests.vectors.cases.keying import SECOND

SEEDS = {1: fixed.CASE_SEED, 2: fixed.seed("case, key 2"), 3: fixed.seed("case, key 3")}
HASHES = {n: case.case_id(from_seed(seed).text) for n, seed in SEEDS.items()}


def test_a_link_leads_back_and_never_forward() -> None:
    link = keying.seal_link(SEEDS[1], from_seed(SEEDS[2]))
    assert len(link) == keying.link_size()
    assert keying.open_link(link, Identity.from_seed(SEEDS[2])) == SEEDS[1]
    with pytest.raises(WrongIdentity):
        keying.open_link(link, Identity.from_seed(SEEDS[1]))


def test_whoever_has_the_newest_key_finds_all_before_it() -> None:
    links = {n: keying.seal_link(SEEDS[n - 1], from_seed(SEEDS[n])) for n in (2, 3)}
    found = opening.seeds_back(SEEDS[3], 3, links.__getitem__)
    assert found == SEEDS
    keying.check_seeds(fixed.CASE_ID, found, HASHES)


@pytest.mark.parametrize("generation", SEEDS)
def test_a_seed_that_was_not_signed_is_refused(generation: int) -> None:
    swapped = SEEDS | {generation: fixed.seed("somebody else's")}
    with pytest.raises(WrongPlace):
        keying.check_seeds(fixed.CASE_ID, swapped, HASHES)


def test_a_link_that_holds_something_else_is_none() -> None:
    with pytest.raises(Malformed):
        keying.open_link(age.seal(b"short", [from_seed(SEEDS[2])]), Identity.from_seed(SEEDS[2]))


def test_a_keying_for_the_mailbox_looks_like_a_short_letter() -> None:
    mailbox = Identity.from_seed(fixed.CODE_KEYS.mailbox_seed)
    made = keying.parse(SECOND.encode())
    sealed = keying.seal(made, mailbox.recipient)
    assert len(sealed) == 5755
    assert keying.open_keying(sealed, mailbox) == made
