"""Answers about a mailbox at even times, so that what is in it does not show in how long one took.

A code that opens nothing is given the work of one that opens an empty mailbox. But a reply or a
proof that is there has to be opened, and whoever sees the requests of others on the network could
tell from a thousandth of a second that somebody was answered. So an answer that is ready is held
until the end of the step in which it became ready. That takes a thread and no processor.
"""

import math
import time
from collections.abc import Callable

# Many times what the longest usual mailbox takes, and nothing that a person would notice.
STEP = 0.1


class Even:
    """Holds answers until the end of a step, by a clock in seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._wait = wait

    def begin(self) -> float:
        """When a request came, to be given to end."""
        return self._clock()

    def end(self, begun: float) -> None:
        """Return at the end of the step, of all steps since it came, in which this is called."""
        took = self._clock() - begun
        self._wait(max(1, math.ceil(took / STEP)) * STEP - took)
