"""One-time codes of RFC 6238: six digits of SHA-1 over the half minutes since 1970.

These numbers are what every authenticator program knows. A code counts for its own half minute, the
one before and the one after, and none is taken twice.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

SECRET_SIZE = 20
STEP_SECONDS = 30
DIGITS = 6
_AROUND = (-1, 0, 1)

Entropy = Callable[[int], bytes]


def new_secret(entropy: Entropy = secrets.token_bytes) -> bytes:
    """What a person's codes are made from."""
    return entropy(SECRET_SIZE)


def code_at(secret: bytes, counter: int) -> str:
    """The code of one half minute."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching(secret: bytes, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, or None; every one is compared, whichever it is."""
    given = code.replace(" ", "").encode()
    middle = int(now.timestamp()) // STEP_SECONDS
    found = None
    for counter in (middle + each for each in _AROUND):
        if hmac.compare_digest(code_at(secret, counter).encode(), given):
            found = counter
    return found


def spelled(secret: bytes) -> str:
    """The secret as a person types it into their authenticator, in groups of four."""
    text = base64.b32encode(secret).decode("ascii")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, username: str, committee: str) -> str:
    """The same for an authenticator on this very device to take over."""
    label = f"{quote(committee, safe='')}:{quote(username, safe='')}"
    text = base64.b32encode(secret).decode("ascii")
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(committee, safe='')}"
