"""Secrets that are easy to find again, in whatever spelling somebody wrote them down.

A search that finds nothing proves something only if it would have found it: test_canary plants each
spelling in a file first.
"""

import base64
import gzip
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

# Long enough that half of one is nothing that chance writes.
_HALF = 8
_PRINTED = re.compile(rb"[\x20-\x7e]+")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00)+")
# What each byte is: printed, zero, or anything else.
_KINDS = bytes(
    b"p"[0] if 0x20 <= byte <= 0x7E else b"x"[0] if byte else b"z"[0] for byte in range(256)
)
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_UNPACKED = 1 << 16
_LINE = b"\n"


def spellings(secret: bytes) -> Iterator[bytes]:
    """The ways in which a program could have printed these bytes, whole or a half of them."""
    middle = len(secret) // 2
    for each in (secret, secret[:middle], secret[middle:]):
        if len(each) >= _HALF:
            yield each
            yield each.hex().encode()
            yield each.hex().upper().encode()
            yield "".join(f"%{byte:02X}" for byte in each).encode()
            yield quote(each).encode()
            for spelt in (base64.b64encode, base64.urlsafe_b64encode):
                yield from (_inner(spelt, each, offset) for offset in range(3))


def _inner(spelt: Callable[[bytes], bytes], data: bytes, offset: int) -> bytes:
    """What base64 writes of data wherever it begins, without the characters next to it."""
    whole = spelt(bytes(offset) + data)
    return whole[-(-offset * 4 // 3) : (offset + len(data)) * 4 // 3]


def found_in(data: bytes, secrets: Mapping[str, bytes]) -> set[str]:
    """The names of the secrets that these bytes hold, in any spelling, packed ones unpacked."""
    text = _LINE.join([_printed(data), *(_printed(piece) for piece in _unpacked(data))])
    return {
        name
        for name, secret in secrets.items()
        if secret in data or any(spelt in text for spelt in set(spellings(secret)))
    }


def _printed(data: bytes) -> bytes:
    """Everything in these bytes that could be a text, of one byte or two for a character."""
    # What is sealed looks like chance, so this is little, and it is searched for very much.
    kinds = data.translate(_KINDS)
    wide = (each.replace(b"\0", b"") for each in _runs(data, kinds, b"pz", _WIDE))
    return _LINE.join([*_runs(data, kinds, b"p", _PRINTED), *wide])


def _runs(data: bytes, kinds: bytes, kind: bytes, run: re.Pattern[bytes]) -> Iterator[bytes]:
    """The places where a kind comes eight times or more, one behind the other."""
    # Looking for eight of a letter is twenty times as fast as a pattern on the bytes themselves.
    at = kinds.find(kind * _HALF)
    while at >= 0:
        found = run.match(data, at)
        assert found is not None
        yield found[0]
        at = kinds.find(kind * _HALF, found.end())


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is behind every place at which something packed seems to begin."""
    view = memoryview(data)
    for match in _PACKED.finditer(data):
        try:
            # 32 more than the largest window: the head says whether it is zlib's or gzip's.
            start = match.start()
            piece = zlib.decompressobj(47).decompress(view[start : start + _UNPACKED], _UNPACKED)
        except zlib.error:
            continue
        if len(piece) >= _HALF:
            yield piece


def planted(secret: bytes) -> Iterator[bytes]:
    """Files in each of which a secret stands in another way."""
    for each in spellings(secret):
        yield b"before " + each + b" behind"
    for wide in ("utf-16-le", "utf-16-be"):
        yield b"before " + secret.decode("ascii").encode(wide) + b" behind"
    yield b"before " + zlib.compress(b"x" + secret) + b" behind"
    yield b"before " + gzip.compress(secret * 2, 0) + b" behind"


def open_files(pids: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """What processes have open in files that have no name, as far as we may look."""
    for pid in pids:
        folder = Path(f"/proc/{pid}/fd")
        try:
            names = list(folder.iterdir())
        except (PermissionError, FileNotFoundError):
            continue
        for name in names:
            try:
                target = os.readlink(name)
                if "(deleted)" in target and stat.S_ISREG(name.stat().st_mode):
                    yield f"{pid}: {target}", name.read_bytes()
            except OSError:
                continue
