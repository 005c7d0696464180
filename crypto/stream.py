"""The age v1 payload: 64 KiB chunks, each sealed with ChaCha20-Poly1305.

A chunk's nonce is its number and whether it is the last, so that chunks cannot be reordered,
dropped, repeated or cut off unnoticed. Every chunk that open_chunks() writes has been
authenticated; that it was the whole payload is known only when the function returns. One chunk and
its successor are held at a time, however long the payload.
"""

from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import PayloadTampered

CHUNK_SIZE = 1 << 16
TAG_SIZE = 16


class Reads(Protocol):
    """A binary file, as far as it is read here."""

    def read(self, size: int, /) -> bytes:
        """Up to size bytes, none only at the end."""


class Writes(Protocol):
    """A binary file, as far as it is written here; one call takes all of the bytes."""

    def write(self, data: bytes, /) -> object:
        """Take all of data."""


def payload_size(plaintext_size: int) -> int:
    """How many bytes seal_chunks() writes for a plaintext of this size."""
    chunks = max(1, -(-plaintext_size // CHUNK_SIZE))
    return plaintext_size + chunks * TAG_SIZE


def seal_chunks(key: bytes, source: Reads, target: Writes) -> None:
    """Write all of source to target, sealed under key, which must seal nothing else."""
    cipher = ChaCha20Poly1305(key)
    number = 0
    chunk = read_full(source, CHUNK_SIZE)
    # Only an empty payload has an empty chunk: a full one is the last if nothing follows it.
    while following := read_full(source, CHUNK_SIZE):
        target.write(cipher.encrypt(_nonce(number, last=False), chunk, None))
        chunk = following
        number += 1
    target.write(cipher.encrypt(_nonce(number, last=True), chunk, None))


def open_chunks(key: bytes, source: Reads, target: Writes) -> None:
    """Write to target what was sealed under key into all of source.

    Raises PayloadTampered, after the chunks before the damage have been written.
    """
    cipher = ChaCha20Poly1305(key)
    number = 0
    sealed = read_full(source, CHUNK_SIZE + TAG_SIZE)
    while following := read_full(source, CHUNK_SIZE + TAG_SIZE):
        target.write(_open_chunk(cipher, _nonce(number, last=False), sealed))
        sealed = following
        number += 1
    chunk = _open_chunk(cipher, _nonce(number, last=True), sealed)
    if not chunk and number > 0:
        raise PayloadTampered("the payload ends in an empty chunk")
    target.write(chunk)


def read_full(source: Reads, size: int) -> bytes:
    """The next size bytes of source, fewer only at its end.

    A pipe or a socket may return less than it was asked for at any time.
    """
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = bytearray(data)
    while len(parts) < size and (data := source.read(size - len(parts))):
        parts += data
    return bytes(parts)


def _open_chunk(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes) -> bytes:
    if len(sealed) < TAG_SIZE:
        raise PayloadTampered("the payload is cut short")
    try:
        return cipher.decrypt(nonce, sealed, None)
    except InvalidTag:
        raise PayloadTampered("the payload was changed, cut short or extended") from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
