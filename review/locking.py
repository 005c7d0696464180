"""Keeps two runs of the same job apart: on one machine, or on all that share a server."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from review.errors import ReviewError
from review.store import postgres


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


@contextmanager
def alone_everywhere(
    book: Engine, job: str, busy: ReviewError, *, wait: bool = False
) -> Iterator[None]:
    """Keep every other run of this job out on every host that works on this book.

    A book of SQLite is one machine's, and alone() is enough. Raises busy as alone() does.
    """
    if book.dialect.name != "postgresql":
        yield
        return
    with postgres.only_job(book, job, busy, wait=wait):
        yield
