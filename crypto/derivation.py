"""One secret into several that say nothing about each other.

Every derivation of Underrose is HKDF-SHA256 with a use in its info, so that a value derived for
one use can never equal one derived for another.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX = b"underrose/v1/"


def derive(secret: bytes, salt: bytes, use: str, size: int) -> bytes:
    """The size bytes that this secret gives for this use.

    The secret must already be hard to guess: this is fast, and slows no guesser down.
    """
    return HKDF(SHA256(), size, salt, PREFIX + use.encode("ascii")).derive(secret)
