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


def _wrong() -> list[Case]:
    document = signing.sign("note", DOCUMENTS["a small document"], seed("signer"))
    signature = strict.b64(str(document["signature"]))
    second = int.from_bytes(signature[32:], "little") + _ORDER

    def signed(changed: bytes) -> Json:
        return {**document, "signature": strict.to_b64(changed)}

    unsigned = {name: value for name, value in document.items() if name != "signature"}
    table: dict[str, tuple[str, Json, str]] = {
        "another kind": ("reply", document, KEY),
        "another key": ("note", document, root_key("somebody else")),
        "a changed value": ("note", {**document, "v": 2}, KEY),
        "a field more": ("note", {**document, "more": None}, KEY),
        "a field less": ("note", {**unsigned, "signature": document["signature"], "list": []}, KEY),
        "no signature": ("note", unsigned, KEY),
        "null for a signature": ("note", {**document, "signature": None}, KEY),
        "a number for a signature": ("note", {**document, "signature": 1}, KEY),
        "an empty signature": ("note", {**document, "signature": ""}, KEY),
        "a signature that is no base64": ("note", {**document, "signature": "!"}, KEY),
        "a signature without padding": (
            "note",
            {**document, "signature": str(document["signature"]).rstrip("=")},
            KEY,
        ),
        "a signature of zeros": ("note", signed(bytes(64)), KEY),
        "a signature cut short": ("note", signed(signature[:63]), KEY),
        "a signature made longer": ("note", signed(signature + b"\0"), KEY),
        "the first bit flipped": ("note", signed(bytes([signature[0] ^ 1]) + signature[1:]), KEY),
        "the last bit flipped": (
            "note",
            signed(signature[:-1] + bytes([signature[-1] ^ 128])),
            KEY,
        ),
        "the halves exchanged": ("note", signed(signature[32:] + signature[:32]), KEY),
        "the second half plus the order": (
            "note",
            signed(signature[:32] + second.to_bytes(32, "little")),
            KEY,
        ),
        "a key cut short": ("note", document, strict.to_b64(strict.b64(KEY)[:31])),
        "no key": ("note", document, ""),
    }
    forged = bytes.fromhex("01" + "00" * 31) + bytes(32)
    for name, point in _SMALL.items():
        key = strict.to_b64(bytes.fromhex(point))
        table[f"a signature that {name} makes for everything"] = ("note", signed(forged), key)
    return [
        {
            "name": name,
            "op": "check",
            "kind": kind,
            "document": changed,
            "key": key,
            "expect": "InvalidSignature",
        }
        for name, (kind, changed, key) in table.items()
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
