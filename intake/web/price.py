"""What sending costs while too much arrives: some patience, or some work of the sender's device.

Every page with a form carries a stamp: when the page was made, and a MAC that binds that to the
form's token. Under load a form is taken when its page is old enough, or when the browser has solved
a small puzzle over the stamp. The service keeps nothing for it, and the stamp says nothing of the
sender that the token does not say already.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from intake.web.daykey import DayKey

# By how much is arriving from those who wait or work: the seconds to wait and the bits of a puzzle.
WAITS = (15, 30, 60, 120)
BITS = (12, 13, 14, 15)
# Many small puzzles instead of one: chance then makes little difference to how long it takes.
PUZZLES = 16

_NONCE = 8
_FORM = re.compile(
    rf"([1-9a-f][0-9a-f]{{0,11}})-([0-9a-f]{{64}})(?:-([0-9a-f]{{{PUZZLES * _NONCE}}}))?"
)


@dataclass(frozen=True)
class Price:
    """What came with a form: its token, and a stamp with or without a solution, or anything."""

    token: bytes = field(repr=False)
    text: str = field(repr=False, default="")


class Prices:
    """Makes stamps, and says what a price that comes back is worth."""

    def __init__(self, key: DayKey, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def stamp(self, token: bytes, after: Price | None = None) -> str:
        """A stamp for a form, made now or, when it follows a good one, when that was made."""
        age = None if after is None else self.age(after)
        made = int(self._clock() - (age or 0))
        return f"{made:x}-{self._mac(token, made)}"

    def age(self, price: Price) -> int | None:
        """How many seconds ago its stamp was made, or None if it is none of ours for this form."""
        found = _FORM.fullmatch(price.text)
        if found is None or not price.token:
            return None
        made = int(found[1], 16)
        if not hmac.compare_digest(self._mac(price.token, made), found[2]):
            return None
        return max(0, int(self._clock()) - made)

    def is_solved(self, price: Price, bits: int) -> bool:
        """Whether all its puzzles are solved, for a price whose stamp is known to be ours."""
        found = _FORM.fullmatch(price.text)
        if found is None or found[3] is None:
            return False
        seed = hashlib.sha256(f"{found[1]}-{found[2]}".encode("ascii")).digest()
        nonces = bytes.fromhex(found[3])
        return all(
            _zeros(seed + bytes([at]) + nonces[4 * at : 4 * at + 4]) >= bits
            for at in range(PUZZLES)
        )

    def _mac(self, token: bytes, made: int) -> str:
        return self._key.mac("stamp", token, made.to_bytes(6, "big"))


def _zeros(said: bytes) -> int:
    """How many zero bits the SHA-256 of this begins with."""
    return 256 - int.from_bytes(hashlib.sha256(said).digest(), "big").bit_length()
