"""ML-DSA-44 signatures over checkpoints: the keeper's and cosigners', genuine and not."""

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
            "timestamp": at,
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "message": signed_message("s" * len(head.origin), at, head).hex(),
            "expect": "ok",
        }
        for name, head in heads.items()
        for at in (0, SIGNED_AT, (1 << 63) - 1)
    ]


def _signers() -> list[Case]:
    return [
        {
            "name": f"the keys of {signer.name}",
            "op": "signer",
            "signer": signer.name,
            "seed": signer.seed.hex(),
            "key": signer.key.text,
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


def _bad() -> list[Case]:
    size = f"\n{HEAD.size}\n"
    at = len(LEDGER.key.id)
    data = strict.b64(_KEEPERS)
    table: dict[str, tuple[str, str, str, str]] = {
        "another size": (LEDGER.key.text, size, "\n15\n", "InvalidSignature"),
        "another root": (
            LEDGER.key.text,
            strict.to_b64(HEAD.root),
            strict.to_b64(NUMBERED.at(15).root()),
            "InvalidSignature",
        ),
        "another origin": (LEDGER.key.text, f"{LEDGER.name}\n", "x\n", "InvalidSignature"),
        "an extension line": (LEDGER.key.text, "=\n\n", "=\nx\n\n", "MalformedCheckpoint"),
        "another time": (
            LEDGER.key.text,
            _KEEPERS,
            strict.to_b64(data[:at] + bytes(8) + data[at + 8 :]),
            "InvalidSignature",
        ),
        "a time beyond all": (
            LEDGER.key.text,
            _KEEPERS,
            strict.to_b64(data[:at] + b"\xff" * 8 + data[at + 8 :]),
            "InvalidSignature",
        ),
        "a cosigner's under the keeper's name": (
            LEDGER.key.text,
            _KEEPERS,
            strict.to_b64(LEDGER.key.id + strict.b64(_AUDITORS)[at:]),
            "InvalidSignature",
        ),
        "the last bit flipped": (
            LEDGER.key.text,
            _KEEPERS,
            strict.to_b64(data[:-1] + bytes([data[-1] ^ 1])),
            "InvalidSignature",
        ),
        "a byte less": (LEDGER.key.text, _KEEPERS, strict.to_b64(data[:-1]), "InvalidSignature"),
        "a byte more": (
            LEDGER.key.text, _KEEPERS, strict.to_b64(data + b"\0"), "InvalidSignature",
        ),
        "nothing but an id and a time": (
            LEDGER.key.text, _KEEPERS, strict.to_b64(data[: at + 8]), "InvalidSignature",
        ),
        "a key that has not signed": (SECOND_LEDGER.key.text, "", "", "NotSigned"),
        "another key of the same name": (OTHER_LEDGER.key.text, "", "", "NotSigned"),
    }  # fmt: skip
    return [
        {"name": f"signature: {name}", "op": "verify", "base": "cosigned",
         "replace": [old, new], "key": key, "expect": expect}
        for name, (key, old, new, expect) in table.items()
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_messages(), *_signers(), *_malformed_private(), *_good(), *_bad()]
