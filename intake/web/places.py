"""Places for requests that carry files, so that the other threads always serve words and pages."""

import threading
from types import TracebackType
from typing import Self

from intake.errors import NoPlace
from intake.upload import DRAIN_FILES, DRAIN_WORDS, Drain


class Places:
    """A number of places, each for one request at a time."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def one(self) -> "Place":
        """A place that is not taken yet."""
        return Place(self._free)


class Place:
    """The place of one request, which gives it back at the end of a with block."""

    def __init__(self, free: threading.BoundedSemaphore) -> None:
        self._free = free
        self.taken = False

    def take(self) -> None:
        """Take the place. Raises NoPlace while others have all of them."""
        if not self._free.acquire(blocking=False):
            raise NoPlace("as many requests carry files as may at a time")
        self.taken = True

    @property
    def drain(self) -> Drain:
        """How much of what is left of the body is worth reading."""
        return DRAIN_FILES if self.taken else DRAIN_WORDS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.taken:
            self._free.release()
