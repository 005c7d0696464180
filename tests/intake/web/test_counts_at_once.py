"""Counting in one process by many threads at once."""

import sys
import threading

from intake.web.counts import Allowance, Counts

THREADS, EACH = 8, 400


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
