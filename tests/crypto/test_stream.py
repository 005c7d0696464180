import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt

from crypto.errors import PayloadTampered
from crypto.stream import CHUNK_SIZE, open_chunks, payload_size, read_full, seal_chunks

KEY = bytes(range(32))
SIZES = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, 3 * CHUNK_SIZE + 7]


def sealed(plaintext: bytes) -> bytes:
    target = io.BytesIO()
    seal_chunks(KEY, io.BytesIO(plaintext), target)
    return target.getvalue()


def opened(payload: bytes) -> bytes:
    target = io.BytesIO()
    open_chunks(KEY, io.BytesIO(payload), target)
    return target.getvalue()


def pattern(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def chunks_of(payload: bytes) -> list[bytes]:
    size = CHUNK_SIZE + 16
    return [payload[start : start + size] for start in range(0, len(payload), size)]


@pytest.mark.parametrize("size", SIZES)
def test_a_payload_of_every_kind_of_size_comes_back(size: int) -> None:
    payload = sealed(pattern(size))
    assert len(payload) == payload_size(size)
    assert opened(payload) == pattern(size)


@pytest.mark.parametrize("size", SIZES)
def test_another_library_seals_to_the_same_bytes(size: int) -> None:
    plaintext = pattern(size)
    parts = [plaintext[at : at + CHUNK_SIZE] for at in range(0, size, CHUNK_SIZE)] or [b""]
    expected = b"".join(
        crypto_aead_chacha20poly1305_ietf_encrypt(
            part, b"", number.to_bytes(11, "big") + bytes([number == len(parts) - 1]), KEY
        )
        for number, part in enumerate(parts)
    )
    assert sealed(plaintext) == expected


class Trickle(io.BytesIO):
    """A source that gives fewer bytes than asked for, as a pipe does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 1, 1000))


def test_a_source_may_give_less_than_it_was_asked_for() -> None:
    plaintext = pattern(2 * CHUNK_SIZE + 5)
    target, back = io.BytesIO(), io.BytesIO()
    seal_chunks(KEY, Trickle(plaintext), target)
    assert target.getvalue() == sealed(plaintext)
    open_chunks(KEY, Trickle(target.getvalue()), back)
    assert back.getvalue() == plaintext
    assert read_full(Trickle(plaintext), 70_000) == plaintext[:70_000]


def test_chunks_in_any_other_order_or_number_are_refused() -> None:
    chunks = chunks_of(sealed(pattern(2 * CHUNK_SIZE + 7)))
    assert len(chunks) == 3
    for count in range(5):
        for choice in itertools.product(chunks, repeat=count):
            if list(choice) != chunks:
                with pytest.raises(PayloadTampered):
                    opened(b"".join(choice))


@pytest.mark.parametrize("size", [0, 5, CHUNK_SIZE, CHUNK_SIZE + 5])
def test_a_payload_cut_anywhere_near_an_edge_is_refused(size: int) -> None:
    payload = sealed(pattern(size))
    near = {*range(40), *range(CHUNK_SIZE - 20, CHUNK_SIZE + 40), *range(len(payload) - 40, 2**20)}
    for length in sorted(near):
        if 0 <= length < len(payload):
            with pytest.raises(PayloadTampered):
                opened(payload[:length])


@pytest.mark.parametrize("size", [0, 5, CHUNK_SIZE, CHUNK_SIZE + 5])
@given(extra=st.binary(min_size=1, max_size=40))
def test_an_extended_payload_is_refused(size: int, extra: bytes) -> None:
    with pytest.raises(PayloadTampered):
        opened(sealed(pattern(size)) + extra)


def test_an_empty_last_chunk_after_others_is_refused() -> None:
    first = crypto_aead_chacha20poly1305_ietf_encrypt(pattern(CHUNK_SIZE), b"", bytes(12), KEY)
    nonce = (1).to_bytes(11, "big") + b"\1"
    last = crypto_aead_chacha20poly1305_ietf_encrypt(b"", b"", nonce, KEY)
    with pytest.raises(PayloadTampered, match="empty chunk"):
        opened(first + last)


def test_only_authenticated_chunks_are_written_before_the_damage() -> None:
    plaintext = pattern(3 * CHUNK_SIZE)
    payload = bytearray(sealed(plaintext))
    payload[2 * (CHUNK_SIZE + 16)] ^= 1
    target = io.BytesIO()
    with pytest.raises(PayloadTampered):
        open_chunks(KEY, io.BytesIO(payload), target)
    assert target.getvalue() == plaintext[: 2 * CHUNK_SIZE]
