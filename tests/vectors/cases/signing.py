"""Signatures over documents, and the seeds that make them."""

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


def cases() -> list[Case]:
    return [*_good(), *_wrong(), *_members()]
