"""Sizes that say little: every plaintext is brought to one of a few sizes before it is sealed.

A small document is length-prefixed and filled with zeros to a step. A file is marked at its end,
filled with zeros and cut into slices whose number is rounded up. Each content has exactly one
padded form, and every other form is refused, so that nothing can be hidden in the filling and a
longer size cannot mark one sender among others.
"""

import hashlib
from collections.abc import Iterable, Iterator

from crypto.errors import MalformedPadding, TooLong

MESSAGE_STEPS = (4096, 16384, 65536)
ROUTING_SIZE = 512
_LENGTH_SIZE = 4
MESSAGE_LIMIT = MESSAGE_STEPS[-1] - _LENGTH_SIZE

SLICE = 1 << 20
SMALL_SLICES = (1 << 16, 1 << 18)
_END_MARK = b"\x80"
_LAST_POWER_OF_TWO = 64


def pad_message(content: bytes) -> bytes:
    """Content with its length before it and zeros after it, as long as the first step it fits.

    Raises TooLong above MESSAGE_LIMIT bytes.
    """
    return _pad(content, MESSAGE_STEPS)


def unpad_message(padded: bytes) -> bytes:
    """The content that pad_message was given. Raises MalformedPadding for any other form."""
    return _unpad(padded, MESSAGE_STEPS)


def pad_routing(content: bytes) -> bytes:
    """Content in the one size that a routing envelope has. Raises TooLong above 508 bytes."""
    return _pad(content, (ROUTING_SIZE,))


def unpad_routing(padded: bytes) -> bytes:
    """The content that pad_routing was given. Raises MalformedPadding for any other form."""
    return _unpad(padded, (ROUTING_SIZE,))


def _step(size: int, steps: tuple[int, ...]) -> int | None:
    return next((step for step in steps if size <= step), None)


def _pad(content: bytes, steps: tuple[int, ...]) -> bytes:
    size = _LENGTH_SIZE + len(content)
    step = _step(size, steps)
    if step is None:
        over = size - steps[-1]
        raise TooLong(f"{over} bytes more than fit", over)
    return len(content).to_bytes(_LENGTH_SIZE, "big") + content + bytes(step - size)


def _unpad(padded: bytes, steps: tuple[int, ...]) -> bytes:
    end = _LENGTH_SIZE + int.from_bytes(padded[:_LENGTH_SIZE], "big")
    # A larger step than needed would be a second form of the same content.
    if len(padded) != _step(end, steps):
        raise MalformedPadding("the size is not the step of this length")
    if any(padded[end:]):
        raise MalformedPadding("the filling is not all zeros")
    return padded[_LENGTH_SIZE:end]


def padded_slices(length: int) -> list[int]:
    """The sizes of the slices that a file of this length becomes.

    Up to 1 MiB it is one slice of 64 KiB, 256 KiB or 1 MiB. Beyond, the number of 1 MiB slices is
    rounded up to a power of two, and above 64 slices by Padmé, which costs at most an eighth
    there and less and less further up.
    """
    marked = length + len(_END_MARK)
    small = _step(marked, (*SMALL_SLICES, SLICE))
    return [SLICE] * slice_count(length) if small is None else [small]


def slice_count(length: int) -> int:
    """How many slices a file of this length becomes."""
    return _rounded(length // SLICE + 1)


def _rounded(count: int) -> int:
    if count <= _LAST_POWER_OF_TWO:
        return 1 << (count - 1).bit_length()
    # Padmé keeps as many leading bits of a number as the length of its length has.
    exponent = count.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (count + mask) & ~mask


class SlicesDigest:
    """The one digest that stands for all slices of a file, taken slice by slice.

    It is the SHA-256 of the slices' own SHA-256 digests, so that slices may be hashed apart.
    """

    def __init__(self) -> None:
        self._digests = hashlib.sha256()

    def update(self, padded: bytes) -> None:
        """Take the next slice, filling included."""
        self._digests.update(hashlib.sha256(padded).digest())

    @property
    def hex(self) -> str:
        """The digest of the slices taken so far."""
        return self._digests.hexdigest()


class SlicePadder:
    """Turns a file that arrives in chunks into padded slices, holding at most one of them.

    Give every chunk to feed, then call finish, and take all that both yield. `length`, `count`
    and `sha256` are of the bytes taken and the slices given so far; at the end, the file's.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._digest = SlicesDigest()
        self.length = 0
        self.count = 0

    @property
    def sha256(self) -> str:
        """The SlicesDigest of the slices given so far."""
        return self._digest.hex

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The slices that are full with this chunk, mostly none."""
        self.length += len(chunk)
        self._waiting += chunk
        full = []
        while len(self._waiting) >= SLICE:
            full.append(self._give(bytes(self._waiting[:SLICE])))
            del self._waiting[:SLICE]
        return iter(full)

    def finish(self) -> Iterator[bytes]:
        """The last slices: the rest of the file with its end mark, then zeros."""
        last = bytes(self._waiting) + _END_MARK
        self._waiting.clear()
        for size in padded_slices(self.length)[self.count :]:
            yield self._give(last + bytes(size - len(last)))
            last = b""

    def _give(self, padded: bytes) -> bytes:
        self._digest.update(padded)
        self.count += 1
        return padded


def unpad_slices(slices: Iterable[bytes], length: int) -> Iterator[bytes]:
    """The file's bytes, slice by slice, without the filling.

    Slices must be the padded ones of a file of this length, all of them and in order. Raises
    MalformedPadding for anything else, possibly after the first slices have been given.
    """
    arriving = iter(slices)
    position = 0
    for size in padded_slices(length):
        piece = next(arriving, None)
        if piece is None or len(piece) != size:
            raise MalformedPadding("not the slices of a file of this length")
        content = piece[: max(0, length - position)]
        if piece[len(content) :] != _filling(position, size, length):
            raise MalformedPadding("the filling is not an end mark and zeros")
        position += size
        if content:
            yield content
    if next(arriving, None) is not None:
        raise MalformedPadding("more slices than a file of this length has")


def _filling(position: int, size: int, length: int) -> bytes:
    """What follows the content in the slice of this size at this position of the file."""
    if position + size <= length:
        return b""
    if position > length:
        return bytes(size)
    return _END_MARK + bytes(position + size - length - len(_END_MARK))
