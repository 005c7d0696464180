"""What a look at one thing has found."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deploy.doctor.here import Here


class Found(enum.StrEnum):
    """Whether a thing is as it should be; left out is what this installation has not."""

    GOOD = "good"
    BAD = "bad"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Finding:
    """A sentence about one thing, and of what is bad what to do about it."""

    found: Found
    said: str
    do: str = ""


Look = Callable[[Here], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """A thing that is looked at: its name, what is asked, and how it is found out."""

    name: str
    asks: str
    look: Look


def good(said: str) -> Finding:
    """All is well."""
    return Finding(Found.GOOD, said)


def bad(said: str, do: str) -> Finding:
    """Something is not; do is never empty."""
    if not do:
        raise ValueError("what is bad says what to do")
    return Finding(Found.BAD, said, do)


def left_out(said: str) -> Finding:
    """There is nothing to look at here."""
    return Finding(Found.LEFT_OUT, said)
