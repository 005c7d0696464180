"""Turns at sealing and storing, so that whoever only wants a page is not behind all who send.

The threads of a worker share one interpreter. With every thread sealing at once, each page would
wait for each of them in turn, many times over, and none of them would be done any sooner.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import TimeoutError as WaitedTooLong

# One seals while another waits for the disk.
TURNS = 2
# Seconds; as long as writers wait for each other.
PATIENCE = 10.0


class Turns:
    """A number of turns, each for one request at a time, which waits for nothing that is sent."""

    def __init__(self, count: int = TURNS, patience: float = PATIENCE) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._patience = patience

    @contextmanager
    def one(self) -> Iterator[None]:
        """A turn for the block. Raises SQLAlchemy's TimeoutError when others are too slow."""
        if not self._free.acquire(timeout=self._patience):
            raise WaitedTooLong("others have been sealing for too long")
        try:
            yield
        finally:
            self._free.release()
