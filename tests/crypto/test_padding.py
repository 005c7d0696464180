import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import padding
from crypto.errors import MalformedPadding, TooLong
from crypto.padding import MESSAGE_LIMIT, MESSAGE_STEPS, SLICE, SlicePadder


def slices_of(content: bytes, chunk: int = SLICE) -> tuple[list[bytes], SlicePadder]:
    padder = SlicePadder()
    slices: list[bytes] = []
    for at in range(0, len(content), chunk):
        slices += padder.feed(content[at : at + chunk])
    return [*slices, *padder.finish()], padder


@given(st.binary(max_size=20_000))
def test_a_padded_message_gives_its_content_again(content: bytes) -> None:
    assert padding.unpad_message(padding.pad_message(content)) == content


@given(st.integers(0, MESSAGE_LIMIT))
def test_a_padded_message_is_as_long_as_the_first_step_it_fits(size: int) -> None:
    expected = next(step for step in MESSAGE_STEPS if size + 4 <= step)
    assert len(padding.pad_message(bytes(size))) == expected


@given(st.integers(1, 100_000))
def test_a_message_too_long_says_by_how_much(over: int) -> None:
    with pytest.raises(TooLong) as refused:
        padding.pad_message(bytes(MESSAGE_LIMIT + over))
    assert refused.value.over == over


def test_no_byte_of_the_filling_can_carry_anything() -> None:
    padded = padding.pad_message(b"a few words")
    for at in range(4 + len(b"a few words"), len(padded)):
        changed = bytearray(padded)
        changed[at] = 1
        with pytest.raises(MalformedPadding):
            padding.unpad_message(bytes(changed))


@given(st.binary(max_size=600))
def test_what_is_not_padded_as_ours_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedPadding):
        padding.unpad_message(data)


@given(st.binary(max_size=508))
def test_routing_has_one_size(content: bytes) -> None:
    padded = padding.pad_routing(content)
    assert len(padded) == 512
    assert padding.unpad_routing(padded) == content


EDGES = [
    edge + step
    for edge in (0, 1 << 16, 1 << 18, SLICE, 2 * SLICE, 3 * SLICE)
    for step in (-1, 0, 1)
    if edge + step >= 0
]


@pytest.mark.parametrize("length", EDGES)
def test_a_file_comes_back_from_its_slices(length: int) -> None:
    content = (b"0123456789abcdef" * (length // 16 + 1))[:length]
    slices, padder = slices_of(content, 65_537)
    assert [len(each) for each in slices] == padding.padded_slices(length)
    assert (padder.length, padder.count) == (length, len(slices))
    assert b"".join(padding.unpad_slices(slices, length)) == content


@given(st.lists(st.binary(max_size=200_000), max_size=8))
def test_the_slices_do_not_depend_on_how_the_chunks_arrive(chunks: list[bytes]) -> None:
    padder = SlicePadder()
    slices = [one for chunk in chunks for one in padder.feed(chunk)]
    slices += padder.finish()
    assert slices == slices_of(b"".join(chunks))[0]


def test_the_digest_of_a_file_is_over_its_slices_digests() -> None:
    slices, padder = slices_of(bytes(SLICE + 5))
    digests = b"".join(hashlib.sha256(each).digest() for each in slices)
    assert padder.sha256 == hashlib.sha256(digests).hexdigest()


def test_slice_counts_are_few_and_never_too_small() -> None:
    counts = set()
    for slices in range(1, 5000):
        # The end mark needs a byte too, so that this is the longest file that could fit.
        count = padding.slice_count(slices * SLICE - 1)
        assert slices <= count < 2 * slices
        assert slices <= 64 or count <= slices * 9 / 8
        counts.add(count)
    assert {1, 2, 4, 8, 16, 32, 64} == {count for count in counts if count <= 64}
    assert len(counts) < 100


def test_slice_counts_never_fall_when_a_file_grows() -> None:
    counts = [padding.slice_count(length) for length in range(0, 700 * SLICE, SLICE // 2)]
    assert counts == sorted(counts)


@given(st.integers(0, 300_000), st.integers(0, 300_000))
def test_slices_say_which_length_they_are_of(length: int, other: int) -> None:
    slices, _ = slices_of(b"x" * length)
    if other != length:
        with pytest.raises(MalformedPadding):
            list(padding.unpad_slices(slices, other))


@given(st.integers(0, SLICE * 2), st.integers(0, SLICE * 2 - 1), st.integers(1, 255))
def test_no_byte_of_a_files_filling_can_carry_anything(length: int, at: int, change: int) -> None:
    slices, _ = slices_of(b"x" * length)
    whole = bytearray(b"".join(slices))
    at = min(length + at % (len(whole) - length), len(whole) - 1)
    whole[at] ^= change
    sizes = padding.padded_slices(length)
    changed = [bytes(whole[n * SLICE : n * SLICE + size]) for n, size in enumerate(sizes)]
    with pytest.raises(MalformedPadding):
        list(padding.unpad_slices(changed, length))
