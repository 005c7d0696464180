"""Sign-in passwords, kept only as Argon2id hashes.

A password opens nothing that is sealed: it lets somebody sign in, and their identity has a
passphrase of its own.
"""

import unicodedata
from typing import Literal

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from crypto.errors import Malformed, TooLong, WrongPassphrase

Strength = Literal["moderate", "interactive"]
MAX_SIZE = 1024
_PREFIX = "$argon2id$"
_LIMITS: dict[Strength, tuple[int, int]] = {
    "moderate": (argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE),
    "interactive": (argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE),
}


def hash_password(text: str, strength: Strength = "moderate") -> str:
    """The hash to keep of a password. Raises TooLong above MAX_SIZE bytes.

    moderate takes over half a second and 256 MiB; interactive a tenth, with 64 MiB.
    """
    password = _bytes(text)
    over = len(password) - MAX_SIZE
    if over > 0:
        raise TooLong("the password is too long", over)
    operations, memory = _LIMITS[strength]
    return argon2id.str(password, operations, memory).decode("ascii")


def check_password(kept: str, text: str) -> None:
    """Return if the kept hash is of this password. Raises WrongPassphrase if not.

    Raises Malformed when what was kept is no hash.
    """
    if not kept.startswith(_PREFIX) or not kept.isascii():
        raise Malformed("not an argon2id hash")
    try:
        argon2id.verify(kept.encode("ascii"), _bytes(text)[: MAX_SIZE + 1])
    except ValueError:
        raise Malformed("not an argon2id hash") from None
    except InvalidkeyError:
        raise WrongPassphrase("the password is another") from None


def _bytes(text: str) -> bytes:
    # The same password typed on two systems can arrive as two sequences of code points.
    return unicodedata.normalize("NFKC", text).encode("utf-8")
