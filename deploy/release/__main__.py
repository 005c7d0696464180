"""Run as `python -m deploy.release VERB`, from a checkout with the development packages."""

import sys
from collections.abc import Callable, Mapping

from deploy.release import locks


def lock() -> None:
    """Write the lock for hosts anew."""
    locks.HOST_LOCK.write_text(locks.host_lock(), "utf-8")


VERBS: Mapping[str, Callable[[], None]] = {"lock": lock}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in VERBS:
        sys.exit(f"say which: {', '.join(VERBS)}")
    VERBS[sys.argv[1]]()
