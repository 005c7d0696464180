"""Counting in one process by many threads at once."""

import queue
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest

from intake.web.counts import Allowance, Counts
from intake.web.local import LocalCounts

THREADS, EACH = 8, 400
PATIENCE = 60.0


class Told:
    """A lock that says so when somebody finds it taken."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._lock = threading.Lock()
        self._tell = tell

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._tell("waits")
            self._lock.acquire()

    def __exit__(self, *_ended: object) -> None:
        self._lock.release()


class Held:
    """A clock at which whoever looks stays until let go, once it is said to hold them."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.holds = False
        self.let_go = threading.Event()

    def __call__(self) -> float:
        if self.holds:
            self._tell("is inside")
            assert self.let_go.wait(PATIENCE)
        return 1_000_000.0


@pytest.mark.parametrize("both", ["incr", "get", "get_expiry"])
def test_nobody_reads_a_count_while_another_is_changing_it(
    both: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: queue.Queue[str] = queue.Queue()
    clock = Held(told.put)
    counts = LocalCounts(clock)
    monkeypatch.setattr(counts, "_lock", Told(told.put))
    acts = (partial(counts.incr, "a", 60), partial(getattr(counts, both), *_asked(both)))
    threads = [threading.Thread(target=act) for act in acts]
    clock.holds, heard = True, []
    try:
        for each in threads:
            each.start()
            heard.append(told.get(timeout=PATIENCE))
    finally:
        clock.let_go.set()
        for each in threads:
            each.join()
    # Without the lock the second would be inside with the first.
    assert heard == ["is inside", "waits"]
    assert counts.get("a") == (2 if both == "incr" else 1)


def _asked(question: str) -> tuple[object, ...]:
    return ("a", 60) if question == "incr" else ("a",)


def test_threads_that_count_at_once_count_everything_and_none_fails() -> None:
    here, allowance = Counts(None), Allowance.of("submissions", "100000/hour", 1)
    failures: list[RuntimeError] = []

    def ask() -> None:
        try:
            for _ in range(EACH):
                assert here.take(allowance)
        except RuntimeError as error:
            failures.append(error)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(usual)
    assert failures == []
    assert here.used(allowance) == THREADS * EACH / 100_000
