"""Keeps two runs of the same job apart, on one machine."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from review.errors import ReviewError


@contextmanager
def alone(file: Path, busy: ReviewError, *, wait: bool = False) -> Iterator[None]:
    """Keep every other run of this machine out while the block runs.

    The lock is an advisory one on a file that only these jobs have, and ends with the process.
    Raises busy, or with wait goes on when the other one is done.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise busy from None
        yield
    finally:
        os.close(descriptor)
