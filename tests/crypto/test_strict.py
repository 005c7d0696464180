import json
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Malformed
from crypto.strict import (
    b64,
    b64raw,
    canonical,
    decimal,
    hex_bytes,
    parse_canonical,
    to_b64,
    to_b64raw,
)


@given(st.binary(max_size=100))
def test_what_is_rendered_is_read_back(data: bytes) -> None:
    assert b64(to_b64(data)) == data
    assert b64raw(to_b64raw(data)) == data
    assert hex_bytes(data.hex(), len(data)) == data
    assert "=" not in to_b64raw(data)


@given(st.integers(0, 10**18 - 1))
def test_a_number_is_read_back(number: int) -> None:
    assert decimal(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "+1", "-1", " 1", "1 ", "1_0", "01", "00", "", "１２", "0x1", "1.0", "1e3", "1\n", "٣",
        "1" * 19, "1" * 5000,
    ],
)  # fmt: skip
def test_only_one_spelling_of_a_number_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        decimal(text)


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "YQ==\n", "Y Q==", "YQ==YQ==", "Y-==", "YQ===", "=", "é", "YWI=a"]
)
def test_only_one_spelling_of_base64_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        b64(text)


@pytest.mark.parametrize("text", ["YQ==", "YR", "YQ=", "Y", "YQ\n", "YWJj=", "Y\nQ", "*"])
def test_only_one_spelling_of_raw_base64_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        b64raw(text)


@pytest.mark.parametrize("text", ["AB", "a", "abcd", "a b", "ab ", " ab", "", "0xab", "ａｂ", "é"])
def test_only_one_spelling_of_hexadecimal_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        hex_bytes(text, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_is_read_back_and_only_so_spelled(value: object) -> None:
    rendered = canonical(value)
    assert parse_canonical(rendered) == value
    for other in (json.dumps(value, indent=1), json.dumps(value) + " ", " " + json.dumps(value)):
        if other.encode() != rendered:
            with pytest.raises(Malformed):
                parse_canonical(other.encode())


@given(JSON)
def test_both_renderers_of_canonical_json_agree(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [{"\ue000": 1, "\U0001d11e": 2}, {"z": '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t'}, 1.5, (1, [2])],
)
def test_they_agree_where_the_standard_librarys_would_not(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0061"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b"1.0",
        b"1e2",
        b"-0",
        b"+1",
        b"01",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"9007199254740993",
        b"9" * 5000,
        b"",
        b"null\n",
        b"nul",
        b"{",
        b"1 2",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_json_in_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_canonical(data)


@pytest.mark.parametrize("value", [2**53, float("nan"), {1: 2}, "\ud800", object()])
def test_what_json_cannot_say_is_a_mistake_of_the_caller(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


SECRET = "marked-secret-7KQ2M"


READERS: list[Callable[[str], object]] = [
    b64,
    b64raw,
    decimal,
    lambda text: hex_bytes(text, 4),
    lambda text: parse_canonical(text.encode()),
]


@pytest.mark.parametrize("read", READERS)
def test_an_error_does_not_repeat_what_it_refused(read: Callable[[str], object]) -> None:
    with pytest.raises(Malformed) as caught:
        read(SECRET)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
