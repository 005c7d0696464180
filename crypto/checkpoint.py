"""What a ledger's keeper signs: origin, size and root of its tree, as C2SP tlog-checkpoint.

One tree has one text here: three lines, a decimal without sign or leading zeroes, canonical base64,
and no extension lines, which an ML-DSA-44 signature would not cover.
"""

import re
from dataclasses import dataclass
from typing import Self

from crypto import strict
from crypto.errors import Malformed, MalformedCheckpoint
from crypto.merkle import EMPTY_ROOT, HASH_SIZE, Tree

# What is signed holds the origin with one byte for its length.
MAX_ORIGIN_SIZE = 255
_UNFIT = re.compile("[\x00-\x1f\ud800-\udfff]")
_LINES = 3


def is_origin(origin: str) -> bool:
    """Whether origin can name a ledger."""
    return not _UNFIT.search(origin) and 1 <= len(origin.encode()) <= MAX_ORIGIN_SIZE


@dataclass(frozen=True)
class Checkpoint:
    """The head of a ledger's tree."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_origin(self.origin) or self.size < 0 or len(self.root) != HASH_SIZE:
            raise ValueError("not the origin, size and root of a tree")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ValueError("the empty tree has one root")

    @classmethod
    def of(cls, origin: str, tree: Tree) -> Self:
        """The checkpoint of a tree."""
        return cls(origin, tree.size, tree.root())

    @property
    def text(self) -> str:
        """The text to be signed as a note."""
        return f"{self.origin}\n{self.size}\n{strict.to_b64(self.root)}\n"


def parse(text: str) -> Checkpoint:
    """The checkpoint that a note's text is, in its one spelling. Raises MalformedCheckpoint."""
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise MalformedCheckpoint("not the three lines of a checkpoint")
    try:
        checkpoint = Checkpoint(lines[0], strict.decimal(lines[1]), strict.b64(lines[2]))
    except (Malformed, ValueError):
        raise MalformedCheckpoint("not the origin, size and root of a tree") from None
    if checkpoint.text != text:
        raise MalformedCheckpoint("not the one spelling of a checkpoint")
    return checkpoint
