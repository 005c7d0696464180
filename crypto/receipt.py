"""The receipt code: the one thing a submitter keeps, and what is derived from it.

Fifteen random bytes are written as 24 Crockford base32 symbols and a check symbol. Nothing here
may print, log or cache a code: it leaves this module as the text shown once to the submitter, or
as derived keys.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from crypto import strict
from crypto.derivation import PREFIX, derive
from crypto.errors import MalformedCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_SIZE = 15
TOKEN_SIZE = 15
LOOKUP_SIZE = 16
_SYMBOLS = 25
_GROUP = 5

# White space, zero-width characters and every dash that a keyboard or a word processor may put
# between the groups. The list is spelled out because the libraries of Python and of browsers
# differ in what they call a space.
_BETWEEN = re.compile(
    "[\u0009-\u000d\u0020\u0085\u00a0\u00ad\u1680\u2000-\u2015\u2028\u2029\u202f\u205f\u2060"
    "\u2212\u3000\ufe58\ufe63\ufeff\uff0d-]"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}
_LOWER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_LOOK_ALIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class ReceiptKeys:
    """What a receipt code gives: where the mailbox is, what opens it, what signs for it."""

    lookup: bytes = field(repr=False)
    mailbox_seed: bytes = field(repr=False)
    signing_seed: bytes = field(repr=False)


@dataclass(frozen=True)
class ReceiptCode:
    """A receipt code as its fifteen bytes."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.raw) != CODE_SIZE:
            raise ValueError("a receipt code is 15 bytes")

    @classmethod
    def draw(cls, entropy: Callable[[int], bytes] = os.urandom) -> Self:
        """A new code that nobody else has."""
        return cls(entropy(CODE_SIZE))

    @classmethod
    def from_form_token(cls, token: bytes, installation: str) -> Self:
        """The code of a form that was sent without scripts.

        The same form sent again after a lost answer has the same code.
        """
        if len(token) != TOKEN_SIZE:
            raise ValueError("a form token is 15 bytes")
        return cls(derive(token, _salt(installation), "code", CODE_SIZE))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code that a person typed, forgiving what does not matter.

        Case, spaces, dashes, full-width characters and the look-alikes O, I and L are read as
        meant. Raises MalformedCode, whose looks_like says which help to show.
        """
        narrow = text.translate(_FULL_WIDTH)
        symbols = _BETWEEN.sub("", narrow).translate(_LOWER).translate(_LOOK_ALIKE)
        if len(symbols) != _SYMBOLS:
            raise MalformedCode("a receipt code has 25 symbols", "length")
        values = [ALPHABET.find(symbol) for symbol in symbols]
        if -1 in values or values[-1] != _check_value(values[:-1]):
            raise MalformedCode("one character looks wrong", "character")
        number = 0
        for value in values[:-1]:
            number = number * 32 + value
        return cls(number.to_bytes(CODE_SIZE, "big"))

    @property
    def text(self) -> str:
        """The code as it is shown, in five groups of five."""
        number = int.from_bytes(self.raw, "big")
        values = [number >> shift & 31 for shift in range(8 * CODE_SIZE - 5, -1, -5)]
        values.append(_check_value(values))
        symbols = "".join(ALPHABET[value] for value in values)
        return "-".join(symbols[at : at + _GROUP] for at in range(0, _SYMBOLS, _GROUP))

    def keys(self, installation: str) -> ReceiptKeys:
        """What this code gives at this installation, and at no other."""
        salt = _salt(installation)
        return ReceiptKeys(
            lookup=derive(self.raw, salt, "lookup", LOOKUP_SIZE),
            mailbox_seed=derive(self.raw, salt, "mailbox", 32),
            signing_seed=derive(self.raw, salt, "signing", 32),
        )


def mailbox_id(lookup: bytes) -> str:
    """The public name of a mailbox, which is all that the drop keeps of a code."""
    if len(lookup) != LOOKUP_SIZE:
        raise ValueError("a lookup is 16 bytes")
    return hashlib.sha256(lookup).hexdigest()


def once(token: bytes, lookup: bytes) -> str:
    """The value that is the same when the same form is sent twice for the same mailbox."""
    if len(token) != TOKEN_SIZE or len(lookup) != LOOKUP_SIZE:
        raise ValueError("a form token is 15 bytes and a lookup 16")
    return hashlib.sha256(PREFIX + b"once\n" + token + lookup).hexdigest()


def _salt(installation: str) -> bytes:
    return strict.hex_bytes(installation, 16)


def _check_value(values: list[int]) -> int:
    """The Luhn check value modulo 32, doubling from the right.

    Doubling and adding the two base-32 digits permutes the 32 values, so that every single wrong
    symbol is found; of two neighbours exchanged, only 0Z for Z0 goes unnoticed.
    """
    total = 0
    for place, value in enumerate(reversed(values)):
        doubled = value if place % 2 else 2 * value
        total += doubled // 32 + doubled % 32
    return -total % 32
