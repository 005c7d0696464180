"""ML-DSA-44 signatures over checkpoints: the keeper's and cosigners', genuine and not.

Private keys as text, which only Python reads, are a file of their own.
"""

import json
from pathlib import Path

from crypto import strict
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer, signed_message
from crypto.note import Note
from tests.vectors.cases.cosigned import (
    AUDITOR,
    COSIGNED_AT,
    KEPT,
    LEDGER,
    OTHER_LEDGER,
    SECOND_LEDGER,
    SIGNED_AT,
    signed_note,
)
from tests.vectors.cases.fixed import Case
from tests.vectors.cases.merkle import NUMBERED

HEAD = Checkpoint.of(LEDGER.name, NUMBERED.at(16))
NOTE = signed_note(HEAD, LEDGER, AUDITOR)
# What another implementation has signed and published; the README says which.
PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text())
BASES = {
    "cosigned": NOTE.to_bytes().decode(),
    "timeless": Note(HEAD.text, (KEPT.sign(LEDGER, HEAD, 0),)).to_bytes().decode(),
    "published": PUBLISHED["note"],
}
_KEEPERS, _AUDITORS = (strict.to_b64(each.id + each.signature) for each in NOTE.signatures)


def _messages() -> list[Case]:
    heads = {
        "a small tree": HEAD,
        "the empty tree": Checkpoint.of("o", NUMBERED.at(0)),
        "long names": Checkpoint.of("o" * 255, NUMBERED.at(1000)),
    }
    return [
        {
            "name": f"what is signed: {name}, {at}",
            "op": "message",
            "signer": "s" * len(head.origin),
            # JavaScript reads larger numbers as other ones.
            "timestamp": str(at),
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "message": signed_message("s" * len(head.origin), at, head).hex(),
            "expect": "ok",
        }
        for name, head in heads.items()
        for at in (0, SIGNED_AT, (1 << 63) - 1)
    ]


def _keys() -> list[Case]:
    return [
        {
            "name": f"the key of {signer.name}",
            "op": "key",
            "signer": signer.name,
            "seed": signer.seed.hex(),
            "key": signer.key.text,
            "expect": "ok",
        }
        for signer in (LEDGER, AUDITOR)
    ]


def _private_texts() -> list[Case]:
    return [
        {
            "name": f"the private key of {signer.name}",
            "op": "signer",
            "signer": signer.name,
            "seed": signer.seed.hex(),
            "private": signer.private_text,
            "expect": "ok",
        }
        for signer in (LEDGER, AUDITOR)
    ]


def _malformed_private() -> list[Case]:
    text = LEDGER.private_text
    longest = Signer("n" * 256, LEDGER.seed)
    spelled = text.rpartition("+")[2]
    table = {
        "nothing": "",
        "the public key": LEDGER.key.text,
        "the prefix alone": "PRIVATE+KEY+",
        "another name": text.replace("one", "two"),
        "another id": text.replace(LEDGER.key.id.hex(), "00000000"),
        "a key of another kind": text.replace(spelled, _private(0x01, LEDGER.seed)),
        "a seed cut short": text.replace(spelled, _private(0x06, LEDGER.seed[:-1])),
        "a seed made longer": text.replace(spelled, _private(0x06, LEDGER.seed + b"\0")),
        "another seed": text.replace(spelled, _private(0x06, AUDITOR.seed)),
        "a line feed after": f"{text}\n",
        "a name too long": f"PRIVATE+KEY+{longest.name}+00000000+{spelled}",
    }
    return [
        {"name": f"private key: {name}", "op": "private", "text": each, "expect": "MalformedNote"}
        for name, each in table.items()
    ]


def _private(kind: int, seed: bytes) -> str:
    return strict.to_b64(bytes([kind]) + seed)


def _good() -> list[Case]:
    table = {
        "the keeper's": ("cosigned", LEDGER.key.text, SIGNED_AT),
        "a cosigner's": ("cosigned", AUDITOR.key.text, COSIGNED_AT),
        "one without a time": ("timeless", LEDGER.key.text, 0),
        "one made by another implementation": ("published", PUBLISHED["key"], 0),
    }
    return [
        {"name": f"signature: {name}", "op": "verify", "base": base, "key": key,
         "timestamp": at, "expect": "ok"}
        for name, (base, key, at) in table.items()
    ]  # fmt: skip


def _with(data: bytes) -> tuple[str, str, str]:
    return _KEEPERS, strict.to_b64(data), "InvalidSignature"


_DATA = strict.b64(_KEEPERS)
_AT = len(LEDGER.key.id)
# In the cosigned checkpoint, each replaces the first text by the second.
FAULTS: dict[str, tuple[str, str, str]] = {
    "another size": (f"\n{HEAD.size}\n", "\n15\n", "InvalidSignature"),
    "another root": (
        strict.to_b64(HEAD.root), strict.to_b64(NUMBERED.at(15).root()), "InvalidSignature",
    ),
    "another origin": (f"{LEDGER.name}\n", "x\n", "InvalidSignature"),
    "an extension line": ("=\n\n", "=\nx\n\n", "MalformedCheckpoint"),
    "another time": _with(_DATA[:_AT] + bytes(8) + _DATA[_AT + 8 :]),
    "a time beyond all": _with(_DATA[:_AT] + b"\xff" * 8 + _DATA[_AT + 8 :]),
    "a cosigner's under the keeper's name": _with(LEDGER.key.id + strict.b64(_AUDITORS)[_AT:]),
    "the last bit flipped": _with(_DATA[:-1] + bytes([_DATA[-1] ^ 1])),
    "a byte less": _with(_DATA[:-1]),
    "a byte more": _with(_DATA + b"\0"),
    "nothing but an id and a time": _with(_DATA[: _AT + 8]),
}  # fmt: skip


def _bad() -> list[Case]:
    made: list[Case] = [
        {"name": f"signature: {name}", "op": "verify", "base": "cosigned",
         "replace": [old, new], "key": LEDGER.key.text, "expect": expect}
        for name, (old, new, expect) in FAULTS.items()
    ]  # fmt: skip
    others = {
        "a key that has not signed": SECOND_LEDGER,
        "another key of the same name": OTHER_LEDGER,
    }
    return made + [
        {"name": f"signature: {name}", "op": "verify", "base": "cosigned",
         "key": signer.key.text, "expect": "NotSigned"}
        for name, signer in others.items()
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_messages(), *_keys(), *_good(), *_bad()]


def private_cases() -> list[Case]:
    return [*_private_texts(), *_malformed_private()]
