import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import receipt
from crypto.errors import Malformed, MalformedCode
from crypto.receipt import ALPHABET, ReceiptCode

INSTALLATION = "00112233445566778899aabbccddeeff"
RAW = st.binary(min_size=15, max_size=15)


def refuses(text: str) -> bool:
    try:
        ReceiptCode.parse(text)
    except MalformedCode as refused:
        return refused.looks_like == "character"
    return False


@given(RAW)
def test_a_code_reads_as_it_was_written(raw: bytes) -> None:
    text = ReceiptCode(raw).text
    assert ReceiptCode.parse(text).raw == raw
    assert [len(group) for group in text.split("-")] == [5] * 5
    assert set(text) <= {*ALPHABET, "-"}


@given(RAW)
def test_every_single_wrong_symbol_is_noticed(raw: bytes) -> None:
    plain = ReceiptCode(raw).text.replace("-", "")
    for at, right in enumerate(plain):
        for wrong in ALPHABET.replace(right, ""):
            assert refuses(plain[:at] + wrong + plain[at + 1 :])


def test_of_all_neighbours_exchanged_only_the_first_and_last_symbol_go_unnoticed() -> None:
    """All pairs of symbols, at two neighbouring places: the check sees no more of a code."""
    unnoticed = set()
    for (first, second), at in itertools.product(itertools.permutations(range(32), 2), (4, 5)):
        values = [7] * 24
        values[at], values[at + 1] = first, second
        number = int("".join(f"{value:05b}" for value in values), 2)
        plain = ReceiptCode(number.to_bytes(15, "big")).text.replace("-", "")
        swapped = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        if not refuses(swapped):
            unnoticed.add(frozenset(plain[at : at + 2]))
    assert unnoticed == {frozenset("0Z")}


@given(RAW, st.integers(0, 23))
def test_exchanged_neighbours_are_noticed_at_every_place(raw: bytes, at: int) -> None:
    plain = ReceiptCode(raw).text.replace("-", "")
    pair = plain[at : at + 2]
    swapped = plain[:at] + pair[::-1] + plain[at + 2 :]
    assert refuses(swapped) == (pair[0] != pair[1] and set(pair) != {"0", "Z"})


DECORATIONS = st.lists(st.sampled_from(list(" -\t\n\u00a0\u2013\u2014\u3000\u200b\u00ad")))


@given(RAW, st.data())
def test_what_does_not_matter_is_forgiven(raw: bytes, data: st.DataObject) -> None:
    typed = []
    for symbol in ReceiptCode(raw).text.replace("-", ""):
        forms = [symbol, symbol.lower(), chr(ord(symbol) + 0xFEE0)]
        forms += {"0": ["O", "o"], "1": ["I", "i", "L", "l"]}.get(symbol, [])
        typed += [data.draw(st.sampled_from(forms)), *data.draw(DECORATIONS)]
    assert ReceiptCode.parse("".join(typed)).raw == raw


@given(st.text())
def test_any_text_is_a_code_or_is_refused_as_none(text: str) -> None:
    with contextlib.suppress(MalformedCode):
        assert len(ReceiptCode.parse(text).raw) == 15


@pytest.mark.parametrize("size", [0, 24, 26, 1000, 1_000_000])
def test_a_code_of_another_length_says_so(size: int) -> None:
    with pytest.raises(MalformedCode) as refused:
        ReceiptCode.parse("7" * size)
    assert refused.value.looks_like == "length"


def test_a_drawn_code_takes_120_bits_and_uses_every_symbol_at_every_place() -> None:
    asked = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    assert ReceiptCode.draw(entropy).raw == bytes(range(15))
    assert asked == [15]
    texts = [ReceiptCode.draw().text.replace("-", "") for _ in range(3000)]
    assert len(set(texts)) == len(texts)
    assert all(len(set(column)) == 32 for column in zip(*texts, strict=True))


@given(RAW)
def test_the_keys_of_a_code_have_nothing_in_common(raw: bytes) -> None:
    here = ReceiptCode(raw).keys(INSTALLATION)
    elsewhere = ReceiptCode(raw).keys("ff" * 16)
    values = [
        each
        for keys in (here, elsewhere)
        for each in (keys.lookup, keys.mailbox_seed[:16], keys.signing_seed[:16])
    ]
    assert len({raw[:15], *values}) == 7
    assert [len(v) for v in (here.lookup, here.mailbox_seed, here.signing_seed)] == [16, 32, 32]


@given(RAW)
def test_the_same_form_has_the_same_code_and_no_other_form_has_it(token: bytes) -> None:
    code = ReceiptCode.from_form_token(token, INSTALLATION)
    assert code == ReceiptCode.from_form_token(token, INSTALLATION)
    assert code.raw != token
    assert code != ReceiptCode.from_form_token(bytes([token[0] ^ 1]) + token[1:], INSTALLATION)


def test_once_tells_two_forms_and_two_mailboxes_apart() -> None:
    values = {
        receipt.once(token * 15, lookup * 16)
        for token, lookup in itertools.product((b"a", b"b"), repeat=2)
    }
    assert len(values) == 4


def test_sizes_that_cannot_be_are_a_mistake_of_the_caller() -> None:
    for mistake in (
        lambda: ReceiptCode(bytes(14)),
        lambda: ReceiptCode.from_form_token(bytes(16), INSTALLATION),
        lambda: receipt.mailbox_id(bytes(15)),
        lambda: receipt.once(bytes(15), bytes(15)),
        lambda: receipt.once(bytes(14), bytes(16)),
    ):
        with pytest.raises(ValueError, match="bytes|lookup"):
            mistake()


@pytest.mark.parametrize("installation", ["", "00" * 15, "FF" * 16, "zz" * 16])
def test_an_installation_has_one_spelling(installation: str) -> None:
    with pytest.raises(Malformed):
        ReceiptCode(bytes(15)).keys(installation)
