"""A secret in several hands: the vectors that SLIP-39's authors publish, and all sets of shares."""

import json
import math
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import recovery
from crypto.errors import SharesRefused

VECTORS = Path(__file__).resolve().parent.parent / "fixtures" / "slip39.json"
SECRET = bytes(range(32))


@pytest.mark.parametrize(("shares", "secret"), json.loads(VECTORS.read_text("ascii")))
def test_the_published_shares_are_joined_or_refused(shares: list[str], secret: str) -> None:
    if secret:
        assert recovery.join(shares, b"TREZOR").hex() == secret
    else:
        with pytest.raises(SharesRefused):
            recovery.join(shares, b"TREZOR")


@pytest.fixture(scope="module")
def shares() -> tuple[str, ...]:
    return recovery.split(SECRET, 3, 5)


def test_every_three_of_five_shares_in_any_order_give_the_secret(shares: tuple[str, ...]) -> None:
    for chosen in combinations(shares, 3):
        assert recovery.join(reversed(chosen)) == SECRET
    assert math.comb(5, 3) == 10


def test_fewer_shares_than_agreed_and_more_are_refused(shares: tuple[str, ...]) -> None:
    for count in (0, 1, 2, 4, 5):
        with pytest.raises(SharesRefused, match="fewer shares than are needed"):
            recovery.join(shares[:count])


def test_shares_are_33_words_and_typed_as_people_type(shares: tuple[str, ...]) -> None:
    assert {len(share.split(" ")) for share in shares} == {33}
    typed = ["\n  ".join(share.upper().split()) + "\n" for share in shares[:3]]
    assert recovery.join(typed) == SECRET


@settings(max_examples=30)
@given(at=st.integers(0, 32), share=st.integers(0, 2))
def test_a_wrong_word_is_found_and_its_share_is_named(at: int, share: int) -> None:
    given = list(_SHARES)
    words = given[share].split(" ")
    words[at] = "academic" if words[at] != "academic" else "acid"
    given[share] = " ".join(words)
    with pytest.raises(SharesRefused, match=f"share {share + 1} has a wrong word") as refused:
        recovery.join(given)
    assert not set(words) & set(str(refused.value).split())


_SHARES = recovery.split(SECRET, 3, 5)[:3]


def test_shares_of_two_secrets_and_one_share_twice_are_refused(shares: tuple[str, ...]) -> None:
    other = recovery.split(bytes(32), 3, 5)
    with pytest.raises(SharesRefused, match="not of one secret"):
        recovery.join([shares[0], shares[1], other[2]])
    with pytest.raises(SharesRefused, match="given twice"):
        recovery.join([shares[0], shares[1], shares[1]])


@pytest.mark.parametrize("numbers", [(1, 1), (1, 3), (3, 2), (2, 17)])
def test_no_share_alone_is_ever_enough(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least two"):
        recovery.split(SECRET, *numbers)
    with pytest.raises(ValueError, match="32 bytes"):
        recovery.split(bytes(16), 2, 3)


def test_two_splits_of_one_secret_share_no_share() -> None:
    assert not set(recovery.split(SECRET, 2, 3)) & set(recovery.split(SECRET, 2, 3))
