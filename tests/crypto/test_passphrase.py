from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from crypto import passphrase


@given(st.binary(min_size=12, max_size=12))
def test_a_passphrase_is_nine_words_of_the_list(data: bytes) -> None:
    words = passphrase.make(lambda size: data[:size]).split(" ")
    assert len(words) == 9
    assert set(words) <= set(WORDLIST)


@given(st.integers(0, 2**90 - 1), st.integers(0, 89))
def test_every_one_of_the_ninety_bits_changes_the_passphrase(number: int, bit: int) -> None:
    def of(value: int) -> str:
        return passphrase.make(lambda size: (value << 6).to_bytes(size, "big"))

    assert of(number) != of(number ^ 1 << bit)


def test_the_words_can_be_told_apart_by_their_beginnings() -> None:
    assert len({word[:4] for word in WORDLIST}) == len(WORDLIST) == 1024
    assert {len(word) for word in WORDLIST} <= {4, 5, 6, 7, 8}


def test_no_two_passphrases_are_the_same() -> None:
    assert len({passphrase.make() for _ in range(200)}) == 200
