import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import shredding
from crypto.errors import PayloadTampered
from crypto.shredding import RowPlace

KEY = bytes(range(32))
PLACE = RowPlace("00" * 16, "book", "envelopes", "sealed", "row-1")


def test_the_row_of_the_specification_opens() -> None:
    key = bytes.fromhex("50df55234740b77e3063972d14407a494a83760f88595b7bb86cb75859e2b8a3")
    place = RowPlace("5cb9335845d2978edb29aa9aea3cf15c", "book", "envelopes", "sealed", "0f3c")
    row = bytes.fromhex(
        "000102030405060708090a0b0c0d0e0f101112131415161736bf5db7deebe1537672f4e7bc9ab84c8beeddfdc0"
    )
    assert shredding.open_row(key, row, place) == b"words"


@given(st.binary(max_size=5000))
def test_a_row_opens_at_its_place(plaintext: bytes) -> None:
    sealed = shredding.seal_row(KEY, plaintext, PLACE)
    assert shredding.open_row(KEY, sealed, PLACE) == plaintext
    assert len(sealed) == 24 + len(plaintext) + 16


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(RowPlace)])
def test_a_moved_row_does_not_open(name: str) -> None:
    sealed = shredding.seal_row(KEY, b"words", PLACE)
    moved = dataclasses.replace(PLACE, **{name: getattr(PLACE, name) + "x"})
    with pytest.raises(PayloadTampered):
        shredding.open_row(KEY, sealed, moved)


@given(st.lists(st.text(max_size=4), min_size=5, max_size=5), st.data())
def test_two_places_never_look_the_same(names: list[str], data: st.DataObject) -> None:
    other = data.draw(st.permutations(names))
    assert (RowPlace(*names).to_bytes() == RowPlace(*other).to_bytes()) == (names == other)


def test_names_cannot_be_shifted_between_the_parts_of_a_place() -> None:
    left = RowPlace("i", "s", 'table","x', "column", "row")
    right = RowPlace("i", "s", "table", 'x","column', "row")
    assert left.to_bytes() != right.to_bytes()


def test_every_flipped_bit_of_a_row_is_noticed() -> None:
    sealed = shredding.seal_row(KEY, b"words", PLACE)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PayloadTampered):
            shredding.open_row(KEY, bytes(changed), PLACE)


def test_every_truncation_of_a_row_is_noticed() -> None:
    sealed = shredding.seal_row(KEY, b"words", PLACE)
    for size in range(len(sealed)):
        with pytest.raises(PayloadTampered):
            shredding.open_row(KEY, sealed[:size], PLACE)
    with pytest.raises(PayloadTampered):
        shredding.open_row(KEY, sealed + b"\0", PLACE)


def test_without_its_key_a_row_is_noise() -> None:
    sealed = shredding.seal_row(KEY, b"words", PLACE)
    with pytest.raises(PayloadTampered):
        shredding.open_row(shredding.new_key(), sealed, PLACE)


def test_the_same_row_is_sealed_differently_each_time() -> None:
    sealed = {shredding.seal_row(KEY, b"words", PLACE)[:24] for _ in range(200)}
    assert len(sealed) == 200


def test_a_shred_key_comes_back_under_its_store_key_only() -> None:
    store_key, key = shredding.new_key(), shredding.new_key()
    wrapped = shredding.wrap(store_key, key)
    assert shredding.unwrap(store_key, wrapped) == key
    with pytest.raises(PayloadTampered):
        shredding.unwrap(shredding.new_key(), wrapped)


def test_a_wrapped_key_is_no_row_and_a_row_no_wrapped_key() -> None:
    with pytest.raises(PayloadTampered):
        shredding.open_row(KEY, shredding.wrap(KEY, bytes(32)), PLACE)
    with pytest.raises(PayloadTampered):
        shredding.unwrap(KEY, shredding.seal_row(KEY, bytes(32), PLACE))
