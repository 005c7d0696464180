"""The key under which limits know a form, a mailbox or an address prefix, and for a day only.

The limiter's store sees HMACs under this key and nothing else of a request. The key is in memory
that every process forked after it shares, so that all workers of a machine count together; it is
in no file, no setting and not in the store. After a day it is written over, and what the store
still holds under the old one says nothing to anybody.
"""

import fcntl
import hashlib
import hmac
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LIFE = 24 * 60 * 60.0
_KEY = 32
_DRAWN = struct.Struct(">d")


class DayKey:
    """A key of the processes on this machine, drawn anew when it is a day old."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._clock = clock
        self._entropy = entropy
        self._memory = mmap.mmap(-1, _DRAWN.size + _KEY)
        # A lock of the system's, because one in memory would stay locked when its holder is killed.
        self._file = _nothing_on_disk()
        self._threads = threading.Lock()
        with self._alone():
            self._draw()

    def mac(self, kind: str, *values: bytes) -> str:
        """What stands for these values while the key lives, 64 hexadecimal digits."""
        with self._alone():
            self._turn()
            key = self._memory[_DRAWN.size :]
        parts = [kind.encode(), *values]
        said = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(key, said, hashlib.sha256).hexdigest()

    def turn(self) -> None:
        """Draw a new key if this one has lived for a day, whether or not anybody comes."""
        with self._alone():
            self._turn()

    def _turn(self) -> None:
        (drawn,) = _DRAWN.unpack(self._memory[: _DRAWN.size])
        if self._clock() - drawn >= LIFE:
            self._draw()

    def _draw(self) -> None:
        self._memory[:] = _DRAWN.pack(self._clock()) + self._entropy(_KEY)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Run the block while no other thread and no other process does."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _nothing_on_disk() -> int:
    memory = getattr(os, "memfd_create", None)
    if memory is not None:
        return int(memory("limits"))
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
