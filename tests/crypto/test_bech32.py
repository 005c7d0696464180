import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.bindings import crypto_scalarmult_base

from crypto import bech32
from crypto.errors import MalformedKey

PREFIXES = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_categories=["Lu"]), min_size=1
)

SYMBOLS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@given(PREFIXES, st.binary(max_size=1300))
def test_what_is_encoded_decodes_whatever_its_length(prefix: str, data: bytes) -> None:
    assert bech32.decode(bech32.encode(prefix, data)) == (prefix, data)


@given(st.binary(max_size=40))
def test_an_upper_case_prefix_makes_an_upper_case_text(data: bytes) -> None:
    text = bech32.encode("AGE-SECRET-KEY-PQ-", data)
    assert text == text.upper()
    assert bech32.decode(text) == ("AGE-SECRET-KEY-PQ-", data)


# The valid strings of BIP 173, as far as their data is whole bytes, and the examples of the age
# specification.
VALID = {
    "A12UEL5L": ("A", b""),
    "a12uel5l": ("a", b""),
    "?1ezyfcl": ("?", b""),
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj": (
        "age",
        crypto_scalarmult_base(b"B" * 32),
    ),
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX": (
        "AGE-SECRET-KEY-",
        b"B" * 32,
    ),
}


@pytest.mark.parametrize("text", VALID)
def test_published_examples_decode(text: str) -> None:
    assert bech32.decode(text) == VALID[text]
    assert bech32.encode(*VALID[text]) == text


# The first nine are the strings that BIP 173 lists as wrong, apart from its limit of 90.
WRONG = [
    "\x201nwldj5",
    "\x7f1axkwrx",
    "\x801eym55h",
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "de1lg7wt\xff",
    "A1G7SGD8",
    "10a06t8",
    "1qzzfhee",
    "",
    "1",
    "a1",
    "a1uel5l",
    "A12uEL5L",
    "a12UEL5L",
    "a12uel5l ",
    "a12uel5l\n",
    "ａ12uel5l",
]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_strings_are_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        bech32.decode(text)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_symbol_is_always_noticed(data: bytes, draw: st.DataObject) -> None:
    text = bech32.encode("age1pq", data)
    place = draw.draw(st.integers(len("age1pq1"), len(text) - 1))
    symbol = draw.draw(st.sampled_from(SYMBOLS))
    if text[place] != symbol:
        with pytest.raises(MalformedKey):
            bech32.decode(text[:place] + symbol + text[place + 1 :])


def defined(values: bytes) -> int:
    """The remainder as BIP 173 defines it, one value after the other."""
    register = 1
    for value in values:
        top = register >> 25
        register = (register & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            register ^= term if top >> bit & 1 else 0
    return register


@given(st.lists(st.integers(0, 31), max_size=2100).map(bytes))
@example(b"")
@example(bytes(31))
@example(bytes(32))
@example(bytes([31]) * 1959)
def test_all_rows_at_once_give_what_the_definition_gives(values: bytes) -> None:
    assert bech32._remainder(values) == defined(values)


@given(st.binary(max_size=30), st.sampled_from(SYMBOLS))
def test_stray_bits_after_the_last_byte_are_refused(data: bytes, extra: str) -> None:
    """Another last symbol with a matching checksum must not be a second spelling."""
    symbols = bech32.encode("a", data)[2:-6] + extra
    values = bytes(SYMBOLS.index(symbol) for symbol in symbols)
    checksum = "".join(SYMBOLS[value] for value in bech32._checksum("a", values))
    text = f"a1{symbols}{checksum}"
    try:
        prefix, decoded = bech32.decode(text)
    except MalformedKey:
        return
    assert bech32.encode(prefix, decoded) == text
    assert decoded != data


@given(st.text(max_size=100))
def test_any_text_decodes_to_what_encodes_to_it_or_is_refused(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except MalformedKey:
        return
    assert bech32.encode(prefix, data) == text


def test_an_error_does_not_repeat_what_it_refused() -> None:
    text = bech32.encode("AGE-SECRET-KEY-PQ-", bytes(32))
    with pytest.raises(MalformedKey) as caught:
        bech32.decode(text[:-1] + "X")
    assert text[:-1] not in str(caught.value)
