"""Ed25519 signatures over canonical documents, each bound to what it is a signature of.

The signed bytes begin with the kind of the document, so that a signature under one kind is worth
nothing under another.
"""

from collections.abc import Mapping

from nacl.bindings import crypto_core_ed25519_is_valid_point as is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto import strict
from crypto.derivation import PREFIX, derive
from crypto.errors import InvalidSignature, Malformed

SEED_SIZE = 32
SIGNATURE_SIZE = 64
_POINT_SIZE = 32
_CASE = "case"
_CASE_FIELD = "case_signature"


def verify_key(seed: bytes) -> bytes:
    """The 32 bytes by which anyone checks what this seed signs."""
    return bytes(SigningKey(seed).verify_key)


def member_seed(identity_seed: bytes) -> bytes:
    """The signing seed that belongs to a member's identity."""
    if len(identity_seed) != SEED_SIZE:
        raise ValueError("an identity seed is 32 bytes")
    return derive(identity_seed, b"", "member-signing", SEED_SIZE)


def case_signing_seed(case_seed: bytes) -> bytes:
    """The signing seed that belongs to a case: its sender and its readers have it, nobody else."""
    if len(case_seed) != SEED_SIZE:
        raise ValueError("a case seed is 32 bytes")
    return derive(case_seed, b"", "case-signing", SEED_SIZE)


def sign(kind: str, document: Mapping[str, object], seed: bytes) -> dict[str, object]:
    """A copy of the document with its signature under this kind."""
    signature = SigningKey(seed).sign(_signed_bytes(kind, document)).signature
    return {**document, "signature": strict.to_b64(signature)}


def check(kind: str, document: Mapping[str, object], key: bytes) -> None:
    """Return if the document carries this key's signature under this kind.

    Raises InvalidSignature otherwise, also when there is none. Points that are not of the large
    prime order are refused, in the key and in the signature: under a key of small order one
    signature fits many documents, and under one of mixed order libraries take different ones.
    """
    text = document.get("signature")
    try:
        signature = strict.b64(text) if isinstance(text, str) else b""
    except Malformed:
        signature = b""
    if len(signature) != SIGNATURE_SIZE or len(key) != SEED_SIZE:
        raise InvalidSignature("there is no signature to check")
    if not (is_valid_point(key) and is_valid_point(signature[:_POINT_SIZE])):
        raise InvalidSignature("a point of this signature is not of the large order")
    try:
        VerifyKey(key).verify(_signed_bytes(kind, document), signature)
    except BadSignatureError:
        raise InvalidSignature(f"this is not the expected signature of a {kind}") from None


def sign_case(document: Mapping[str, object], case_seed: bytes) -> dict[str, object]:
    """A copy of the document, not signed yet, with the case's own signature in it."""
    signed = sign(_CASE, _without(document, _CASE_FIELD), case_signing_seed(case_seed))
    return {**document, _CASE_FIELD: signed["signature"]}


def check_case(document: Mapping[str, object], case_seed: bytes) -> None:
    """Return if who made the document knew the seed of the case. Raises InvalidSignature."""
    signed = {**_without(document, _CASE_FIELD), "signature": document.get(_CASE_FIELD)}
    check(_CASE, signed, verify_key(case_signing_seed(case_seed)))


def _signed_bytes(kind: str, document: Mapping[str, object]) -> bytes:
    unsigned = _without(document, "signature")
    return PREFIX + kind.encode("ascii") + b"\n" + strict.canonical(unsigned)


def _without(document: Mapping[str, object], field: str) -> dict[str, object]:
    return {name: value for name, value in document.items() if name != field}
