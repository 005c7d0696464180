"""A store of counts in this process, for the limits' library.

The library's own starts a thread at nearly every count, to forget what has expired, and goes
through everything that it holds each time: under a flood that is most of what counting costs. Here
whoever counts forgets now and then, in the same thread.
"""

import threading
import time
from collections.abc import Callable

from limits.storage import Storage

# Seconds from one forgetting to the next.
SWEEP = 10.0


class LocalCounts(Storage):
    """Counts by key, each gone when its window is over. Safe for threads."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept = clock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What of this store can fail: nothing that a caller would go on after."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count so many for a key, whose window of so many seconds begins with its first."""
        with self._lock:
            now = self._clock()
            self._sweep(now)
            count, end = self._there(key, now)
            counted = (count + amount, end if count else now + expiry)
            self._counts[key] = counted
            return counted[0]

    def get(self, key: str) -> int:
        """What was counted for a key in its window."""
        with self._lock:
            return self._there(key, self._clock())[0]

    def get_expiry(self, key: str) -> float:
        """When the window of a key ends; now, for a key without one."""
        with self._lock:
            now = self._clock()
            return self._there(key, now)[1]

    def check(self) -> bool:
        """Whether the store is there, which it is."""
        return True

    def reset(self) -> int:
        """Forget everything, and say how many keys there were."""
        with self._lock:
            found = len(self._counts)
            self._counts.clear()
            return found

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)

    def _there(self, key: str, now: float) -> tuple[int, float]:
        count, end = self._counts.get(key, (0, now))
        return (count, end) if end > now else (0, now)

    def _sweep(self, now: float) -> None:
        # A clock that was set back must not put it off for as long as that.
        if 0 <= now - self._swept < SWEEP:
            return
        self._swept = now
        for key in [key for key, (_count, end) in self._counts.items() if end <= now]:
            del self._counts[key]
