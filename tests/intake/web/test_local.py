"""The store of counts in one process: its windows, what it forgets, and what it does not start."""

import threading

from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from intake.web.local import SWEEP, LocalCounts


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_begins_with_its_first_and_ends_for_good() -> None:
    clock = Clock()
    counts = LocalCounts(clock)
    assert counts.incr("a", 60) == 1
    clock.now += 59
    assert counts.incr("a", 60) == 2
    assert counts.get_expiry("a") == 1_000_060.0
    clock.now += 1
    assert counts.get("a") == 0
    assert counts.incr("a", 60) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=60))
def test_no_window_allows_more_than_its_limit(asked: list[tuple[str, float]]) -> None:
    clock, item = Clock(), parse("3/minute")
    limiter = FixedWindowRateLimiter(LocalCounts(clock))
    allowed: dict[str, list[float]] = {}
    for key, later in asked:
        clock.now += later
        here = allowed.setdefault(key, [])
        if limiter.hit(item, key):
            here.append(clock.now)
        # Two windows meet in any one minute at most.
        assert len([each for each in here if each > clock.now - 60]) <= 2 * 3


def test_what_has_expired_is_forgotten_without_being_asked_for() -> None:
    clock = Clock()
    counts = LocalCounts(clock)
    for number in range(1000):
        counts.incr(f"form-{number}", 5)
    assert len(counts) == 1000
    clock.now += SWEEP
    counts.incr("another", 5)
    assert len(counts) == 1


def test_a_clock_that_is_set_back_does_not_end_the_forgetting() -> None:
    clock = Clock()
    counts = LocalCounts(clock)
    clock.now -= 500_000
    counts.incr("a", 5)
    clock.now += SWEEP
    counts.incr("b", 5)
    assert len(counts) == 1


def test_counting_starts_no_thread() -> None:
    before = threading.active_count()
    counts = LocalCounts()
    for number in range(100):
        counts.incr(str(number), 60)
    assert threading.active_count() == before


def test_counts_are_reset_and_cleared() -> None:
    counts = LocalCounts()
    for key in "ab":
        counts.incr(key, 60)
    counts.clear("a")
    assert (counts.get("a"), counts.get("b"), counts.check()) == (0, 1, True)
    assert counts.reset() == 1
    assert counts.get("b") == 0
