"""Connections on which nobody can keep a thread of the server waiting.

A request is gathered without a thread until everything that is read of it before its first file is
there. Only then a thread takes it, and from there on whoever sends files must keep a least rate.
What is gathered of one request is bounded, and so is the number of connections.
"""

import errno
import math
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from intake.upload import TEXT_LIMIT

# The texts of the longest form, with room for the heads of its parts.
GATHERED = TEXT_LIMIT + (16 << 10)
_HEAD_LIMIT = 64 << 10
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)


@dataclass(frozen=True)
class Pace:
    """How long a connection may take, in seconds, and how slowly it may send, in bytes a second.

    A line of 20 KB a second is five times as fast as it must be, and the text of the longest form
    may come as slowly as a bad line over Tor brings it.
    """

    head: float = 15.0
    text: float = 90.0
    silence: float = 30.0
    rate: float = 4096.0
    linger: float = 1.0


class TooSlow(ConnectionResetError):  # noqa: N818 - names end in the fact
    """The other end sends or takes too slowly; for the server this is a connection that broke."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the other end is too slow")


class PacedSocket(socket.socket):
    """A connected socket that gives up on whoever is slower than its pace."""

    def __init__(
        self, pace: Pace, fileno: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(fileno=fileno)
        self._pace = pace
        self._clock = clock
        self.next_request()

    def next_request(self) -> None:
        """Begin to gather a request; it has until deadline."""
        self._early = bytearray()
        self._wanted: int | None = None
        self._received = 0
        self._waited = 0.0
        self._end = math.inf
        self.deadline = self._clock() + self._pace.head

    def gather(self) -> bool:
        """Take what has arrived, without waiting; whether a thread can go on from here."""
        try:
            piece = super().recv(64 << 10)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self._early += piece
        if self._wanted is None:
            self._wanted = self._look()
        return not piece or (self._wanted is not None and len(self._early) >= self._wanted)

    @property
    def ahead(self) -> bool:
        """Whether something was gathered that nobody has read."""
        return bool(self._early)

    def _look(self) -> int | None:
        """How much to gather, once the head of the request is there."""
        end = self._early.find(_HEAD_END)
        if end < 0:
            return 0 if len(self._early) > _HEAD_LIMIT else None
        head = bytes(self._early[: end + len(_HEAD_END)])
        length = _LENGTH.search(head)
        # Whoever waits to be asked for the body would wait in vain while it is gathered.
        if length is None or _EXPECTS.search(head):
            return 0
        self.deadline = self._clock() + self._pace.text
        return len(head) + min(int(length[1]), GATHERED)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What was gathered, and then what still arrives. Raises TooSlow."""
        if self._early:
            piece = bytes(self._early[:size])
            del self._early[:size]
            return piece
        given = self.gettimeout()
        left = self._left()
        begun = self._clock()
        self.settimeout(left if given is None else min(left, given))
        try:
            piece = super().recv(size, flags)
        except TimeoutError:
            if given is not None and given < left:
                raise
            raise TooSlow from None
        finally:
            # Only waiting counts: while something is being sealed the sender is not to blame.
            self._waited += self._clock() - begun
            self.settimeout(given)
        self._received += len(piece)
        return piece

    def give(self, seconds: float) -> None:
        """Wait only so long for all that is still to come of this request."""
        self._end = self._clock() + seconds

    def _left(self) -> float:
        may_wait = self._pace.silence + self._received / self._pace.rate
        left = min(self._pace.silence, may_wait - self._waited, self._end - self._clock())
        if left <= 0:
            raise TooSlow
        return left

    def sendall(self, data: bytes, flags: int = 0) -> None:  # type: ignore[override]
        """Send all of it. Raises TooSlow."""
        given = self.gettimeout()
        if given is None:
            self.settimeout(self._pace.silence + len(data) / self._pace.rate)
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self.settimeout(given)
