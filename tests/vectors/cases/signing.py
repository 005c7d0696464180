"""Signatures over documents, and the seeds that make them."""

import hashlib
import itertools

from nacl.bindings import crypto_core_ed25519_add as add
from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp as base

from crypto import signing, strict
from tests.vectors.cases.fixed import Case, Json, root_key, seed

KEY = root_key("signer")
DOCUMENTS: dict[str, Json] = {
    "an empty document": {},
    "a small document": {"v": 1, "text": "hé 🌹", "list": [1, None, True]},
}
# The order of the group of Ed25519: adding it to a signature's second half gives a second spelling.
_ORDER = 2**252 + 27742317777372353535851937790883648493
# Points of small order, under which one signature fits many documents.
_SMALL = {
    "the neutral point": "01" + "00" * 31,
    "a point of order two": "ec" + "ff" * 30 + "7f",
    "a point of order four": "00" * 32,
    "a point of order eight": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "the neutral point in a second spelling": "ee" + "ff" * 30 + "7f",
}


_OF_ORDER_EIGHT = bytes.fromhex(_SMALL["a point of order eight"])


def _little(number: int) -> bytes:
    return (number % _ORDER).to_bytes(32, "little")


def _by_hand(
    scalar: int, key: bytes, document: Json, *, plus: bytes | None = None, whole: bool = False
) -> Json:
    """The document signed as a note by the equations of RFC 8032, for points that no tool makes.

    plus is added to the point of the signature. whole asks for a signature whose challenge is a
    multiple of eight: under a key of mixed order it fits with and without the cofactor.
    """
    text = b"underrose/v1/note\n" + strict.canonical(document)
    for nonce in itertools.count(1):
        point = base(_little(nonce)) if plus is None else add(base(_little(nonce)), plus)
        digest = hashlib.sha512(point + key + text).digest()
        challenge = int.from_bytes(digest, "little") % _ORDER
        if not whole or challenge % 8 == 0:
            signature = point + _little(nonce + challenge * scalar)
            return {**document, "signature": strict.to_b64(signature)}
    raise AssertionError


def _impure() -> dict[str, tuple[Json, bytes]]:
    """Signatures by the equations, with points that are not of the large prime order."""
    document, scalar = DOCUMENTS["a small document"], 7
    key = base(_little(scalar))
    mixed = add(key, _OF_ORDER_EIGHT)
    neutral = bytes.fromhex(_SMALL["the neutral point"])
    digest = hashlib.sha512(
        neutral + key + b"underrose/v1/note\n" + strict.canonical(document)
    ).digest()
    flat = neutral + _little(int.from_bytes(digest, "little") * scalar)
    return {
        "a key of mixed order": (_by_hand(scalar, mixed, document), mixed),
        "a key of mixed order that fits without the cofactor": (
            _by_hand(scalar, mixed, document, whole=True),
            mixed,
        ),
        "a point of mixed order in the signature": (
            _by_hand(scalar, key, document, plus=_OF_ORDER_EIGHT),
            key,
        ),
        "the neutral point in the signature": (
            {**document, "signature": strict.to_b64(flat)},
            key,
        ),
    }


def _good() -> list[Case]:
    made: list[Case] = []
    for kind in ("submission", "follow-up", "reply", "state", "note", "roster", "mailbox"):
        for name, document in DOCUMENTS.items():
            signed = signing.sign(kind, document, seed("signer"))
            made.append(
                {
                    "name": f"{name} signed as a {kind}",
                    "op": "sign",
                    "kind": kind,
                    "document": document,
                    "seed": seed("signer").hex(),
                    "key": KEY,
                    "signature": signed["signature"],
                    "expect": "ok",
                }
            )
    return made


_SIGNED = signing.sign("note", DOCUMENTS["a small document"], seed("signer"))
_SIGNATURE = strict.b64(str(_SIGNED["signature"]))
_SECOND = int.from_bytes(_SIGNATURE[32:], "little") + _ORDER


def _without(field: str) -> Json:
    return {name: value for name, value in _SIGNED.items() if name != field}


# Other signatures on the document that is signed as a note.
_SIGNATURES: dict[str, object] = {
    "null for a signature": None,
    "a number for a signature": 1,
    "an empty signature": "",
    "a signature that is no base64": "!",
    "a signature without padding": str(_SIGNED["signature"]).rstrip("="),
    "a signature of zeros": strict.to_b64(bytes(64)),
    "a signature cut short": strict.to_b64(_SIGNATURE[:63]),
    "a signature made longer": strict.to_b64(_SIGNATURE + b"\0"),
    "the first bit flipped": strict.to_b64(bytes([_SIGNATURE[0] ^ 1]) + _SIGNATURE[1:]),
    "the last bit flipped": strict.to_b64(_SIGNATURE[:-1] + bytes([_SIGNATURE[-1] ^ 128])),
    "the halves exchanged": strict.to_b64(_SIGNATURE[32:] + _SIGNATURE[:32]),
    "the second half plus the order": strict.to_b64(
        _SIGNATURE[:32] + _SECOND.to_bytes(32, "little")
    ),
}
_OTHERS: dict[str, tuple[str, Json, str]] = {
    "another kind": ("reply", _SIGNED, KEY),
    "another key": ("note", _SIGNED, root_key("somebody else")),
    "a changed value": ("note", {**_SIGNED, "v": 2}, KEY),
    "a field more": ("note", {**_SIGNED, "more": None}, KEY),
    "a field less": ("note", _without("list"), KEY),
    "no signature": ("note", _without("signature"), KEY),
    "a key cut short": ("note", _SIGNED, strict.to_b64(strict.b64(KEY)[:31])),
    "no key": ("note", _SIGNED, ""),
}


def _wrong() -> list[Case]:
    table = dict(_OTHERS)
    for name, signature in _SIGNATURES.items():
        table[name] = ("note", {**_SIGNED, "signature": signature}, KEY)
    forged = {**_SIGNED, "signature": strict.to_b64(bytes([1]) + bytes(63))}
    for name, point in _SMALL.items():
        key = strict.to_b64(bytes.fromhex(point))
        table[f"a signature that {name} makes for everything"] = ("note", forged, key)
    for name, (document, impure) in _impure().items():
        table[name] = ("note", document, strict.to_b64(impure))
    return [
        {
            "name": name,
            "op": "check",
            "kind": kind,
            "document": document,
            "key": key,
            "expect": "InvalidSignature",
        }
        for name, (kind, document, key) in table.items()
    ]


def _members() -> list[Case]:
    made: list[Case] = []
    for identity in (bytes(32), b"\xff" * 32, seed("ada")):
        own = signing.member_seed(identity)
        made.append(
            {
                "name": f"the signing seed of the identity {identity.hex()[:8]}…",
                "op": "member_seed",
                "identity_seed": identity.hex(),
                "seed": own.hex(),
                "key": strict.to_b64(signing.verify_key(own)),
                "expect": "ok",
            }
        )
    return made


def _of_cases() -> list[Case]:
    made: list[Case] = []
    for case in (bytes(32), seed("case")):
        own = signing.case_signing_seed(case)
        made.append(
            {
                "name": f"the signing seed of the case {case.hex()[:8]}…",
                "op": "case_signing_seed",
                "case_seed": case.hex(),
                "seed": own.hex(),
                "key": strict.to_b64(signing.verify_key(own)),
                "expect": "ok",
            }
        )
    return made


def cases() -> list[Case]:
    return [*_good(), *_wrong(), *_members(), *_of_cases()]
