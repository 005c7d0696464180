"""Keys for single purposes, made from the store key, which lies outside any database.

Whoever reads the book alone can neither answer for the console nor make anybody's one-time codes.
"""

import hashlib
import hmac


def key_for(store_key: bytes, purpose: str) -> bytes:
    """32 bytes that say nothing of the store key and nothing of those of another purpose."""
    return hmac.digest(store_key, b"underrose/v1/" + purpose.encode(), hashlib.sha256)
