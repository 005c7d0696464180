"""Signing in, one at a time: what keeps guessing slow and everybody else's pages quick.

A password check takes a good part of a second and 256 MiB, by design. One runs at a time and one
more try may wait for it; any further is refused at once, so that a flood of tries holds two threads
and never the console. Nothing is counted, by address or by name: a count by name would let a
stranger who knows a name keep its owner out (docs/decisions/0011).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from review.errors import TooManyTries

PLACES = 2


class Turns:
    """Lets one try after the other through."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(PLACES)
        self._turn = threading.Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Run the block alone, after at most one other. Raises TooManyTries at once otherwise."""
        with self.place(), self._turn:
            yield

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be one of those who check or wait. Raises TooManyTries when there are enough."""
        if not self._places.acquire(blocking=False):
            raise TooManyTries("two others are signing in")
        try:
            yield
        finally:
            self._places.release()
