"""What a passkey is asked to sign: made without a row, good once, for one purpose and one browser.

A challenge carries its end and a tag under a key of the console, so that a stranger who asks for
thousands fills nothing and pushes nobody's out. Only one that was answered rightly is written down,
until its end, so that it is not answered twice (review/store/spent.py).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from review.derived import key_for
from review.errors import WrongSignIn

LIFE_SECONDS = 5 * 60
SIGN_IN, ADD, CONFIRM = "sign-in", "add", "confirm"
_NONCE, _END, _TAG = 16, 8, 32

Entropy = Callable[[int], bytes]


def make(
    store_key: bytes,
    purpose: str,
    browser: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> bytes:
    """A new challenge for what this browser holds: the token of its cookie, or its login."""
    end = int(now.timestamp()) + LIFE_SECONDS
    head = entropy(_NONCE) + end.to_bytes(_END, "big")
    return head + _tag(store_key, purpose, browser, head)


def check(store_key: bytes, purpose: str, browser: str, challenge: bytes, now: datetime) -> int:
    """When this challenge ends, in seconds since 1970. Raises WrongSignIn for any but ours."""
    head, tag = challenge[: _NONCE + _END], challenge[_NONCE + _END :]
    if len(head) != _NONCE + _END or not hmac.compare_digest(
        tag, _tag(store_key, purpose, browser, head)
    ):
        raise WrongSignIn("the challenge was not made for this browser and purpose")
    end = int.from_bytes(head[_NONCE:], "big")
    left = end - int(now.timestamp())
    if not 0 < left <= LIFE_SECONDS:
        raise WrongSignIn("the challenge has ended")
    return end


def _tag(store_key: bytes, purpose: str, browser: str, head: bytes) -> bytes:
    key = key_for(store_key, "challenge")
    said = f"{purpose}\n{browser}\n".encode() + head
    return hmac.digest(key, said, hashlib.sha256)
