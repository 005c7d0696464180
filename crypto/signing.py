"""Ed25519 signatures over canonical documents, each bound to what it is a signature of.

The signed bytes begin with the kind of the document, so that a signature under one kind is worth
nothing under another.
"""

from collections.abc import Mapping

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto import strict
from crypto.derivation import PREFIX, derive
from crypto.errors import InvalidSignature, Malformed

SEED_SIZE = 32
SIGNATURE_SIZE = 64


def verify_key(seed: bytes) -> bytes:
    """The 32 bytes by which anyone checks what this seed signs."""
    return bytes(SigningKey(seed).verify_key)


def member_seed(identity_seed: bytes) -> bytes:
    """The signing seed that belongs to a member's identity."""
    if len(identity_seed) != SEED_SIZE:
        raise ValueError("an identity seed is 32 bytes")
    return derive(identity_seed, b"", "member-signing", SEED_SIZE)


def sign(kind: str, document: Mapping[str, object], seed: bytes) -> dict[str, object]:
    """A copy of the document with its signature under this kind."""
    signature = SigningKey(seed).sign(_signed_bytes(kind, document)).signature
    return {**document, "signature": strict.to_b64(signature)}


def check(kind: str, document: Mapping[str, object], key: bytes) -> None:
    """Return if the document carries this key's signature under this kind.

    Raises InvalidSignature otherwise, also when there is none. libsodium does the check because
    it refuses the keys of small order, under which one signature fits many documents.
    """
    text = document.get("signature")
    try:
        signature = strict.b64(text) if isinstance(text, str) else b""
    except Malformed:
        signature = b""
    if len(signature) != SIGNATURE_SIZE or len(key) != SEED_SIZE:
        raise InvalidSignature("there is no signature to check")
    try:
        VerifyKey(key).verify(_signed_bytes(kind, document), signature)
    except BadSignatureError:
        raise InvalidSignature(f"this is not the expected signature of a {kind}") from None


def _signed_bytes(kind: str, document: Mapping[str, object]) -> bytes:
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return PREFIX + kind.encode("ascii") + b"\n" + strict.canonical(unsigned)
