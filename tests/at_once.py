"""Several acts at the same moment, each in a thread of its own."""

import threading
from collections.abc import Callable


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do these at the same moment, and return what went wrong."""
    barrier = threading.Barrier(len(acts))
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as failure:  # noqa: BLE001 - shown by the test
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
