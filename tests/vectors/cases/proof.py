"""Proof files of entries and of consistency, under the keys of ledgers and under policies.

Policies, which only Python reads, are a file of their own.
"""

from crypto import strict
from crypto.checkpoint import Checkpoint
from crypto.merkle import leaf_hash
from crypto.proof import ConsistencyProof, Proof
from tests.vectors.cases import entry
from tests.vectors.cases.cosigned import (
    AUDITOR,
    FIRM,
    LEDGER,
    OTHER_LEDGER,
    SECOND_LEDGER,
    signed_note,
)
from tests.vectors.cases.fixed import Case
from tests.vectors.cases.merkle import Stored, numbered

INDEX = 6
LEAF = entry.RECEIVED.to_bytes()
_LEAVES = [*numbered(INDEX), LEAF, *numbered(9)]
STORED = Stored(_LEAVES)
HEAD = Checkpoint.of(LEDGER.name, STORED.tree)
OLD_SIZE = 11
_HASHES = STORED.tree.prove_inclusion(INDEX)
_CONTINUES = STORED.tree.prove_consistency(OLD_SIZE)
_ALONE = Stored([LEAF])
_SIGNED = signed_note(HEAD, LEDGER)
_COSIGNED = signed_note(HEAD, LEDGER, AUDITOR)
PROOF = Proof(INDEX, _HASHES, _COSIGNED, LEAF)
BASES = {
    "signed": Proof(INDEX, _HASHES, _SIGNED, LEAF).to_bytes().decode(),
    "cosigned": PROOF.to_bytes().decode(),
    "twice cosigned": Proof(INDEX, _HASHES, signed_note(HEAD, LEDGER, AUDITOR, FIRM), LEAF)
    .to_bytes()
    .decode(),
    "without the entry": Proof(INDEX, _HASHES, _SIGNED).to_bytes().decode(),
    "alone": Proof(0, (), signed_note(Checkpoint.of(LEDGER.name, _ALONE.tree), LEDGER), LEAF)
    .to_bytes()
    .decode(),
    "forged": Proof(INDEX, _HASHES, signed_note(HEAD, OTHER_LEDGER), LEAF).to_bytes().decode(),
    "self-cosigned": Proof(INDEX, _HASHES, signed_note(HEAD, LEDGER, SECOND_LEDGER), LEAF)
    .to_bytes()
    .decode(),
    "consistency": ConsistencyProof(OLD_SIZE, _CONTINUES, _SIGNED).to_bytes().decode(),
    "first": ConsistencyProof(0, (), _SIGNED).to_bytes().decode(),
}
_LOG = f"log {LEDGER.key.text}\n"
_AUDITOR = f"witness auditor {AUDITOR.key.text}\n"
_FIRM = f"witness firm {FIRM.key.text}\n"
POLICIES = {
    "nobody": f"{_LOG}quorum none\n",
    "known": f"{_LOG}{_AUDITOR}quorum none\n",
    "auditor": f"# our policy\n\n{_LOG}{_AUDITOR}\tquorum   auditor \n",
    "any": f"{_LOG}{_AUDITOR}{_FIRM}group two any auditor firm\nquorum two\n",
    "both": f"{_LOG}{_AUDITOR}{_FIRM}group two all auditor firm\nquorum two\n",
    "other ledger": f"log {SECOND_LEDGER.key.text}\nquorum none\n",
    "two ledgers": f"log {SECOND_LEDGER.key.text}\n{_LOG}quorum none\n",
}
_EXTRA = f"extra {strict.to_b64(LEAF)}\n"
_FIRST, _SECOND = (strict.to_b64(each) for each in _HASHES[:2])

MALFORMED: dict[str, tuple[str, str, str]] = {
    "another version": ("@v1", "@v2", "MalformedProof"),
    "no header": ("c2sp.org/tlog-proof@v1\n", "", "MalformedProof"),
    "a space after the header": ("@v1\n", "@v1 \n", "MalformedProof"),
    "carriage returns": ("@v1\n", "@v1\r\n", "MalformedProof"),
    "an empty line after the header": ("@v1\n", "@v1\n\n", "MalformedProof"),
    "empty extra data": (_EXTRA, "extra \n", "MalformedProof"),
    "extra without a space": (_EXTRA, "extra\n", "MalformedProof"),
    "extra twice": (_EXTRA, _EXTRA * 2, "MalformedProof"),
    "extra after the index": (f"{_EXTRA}index 6\n", f"index 6\n{_EXTRA}", "MalformedProof"),
    "extra data cut short": (_EXTRA, _EXTRA[:-2] + "\n", "MalformedProof"),
    "extra data with junk": (_EXTRA, _EXTRA[:-2] + "!\n", "MalformedProof"),
    "no index": ("index 6\n", "", "MalformedProof"),
    "an index with a plus sign": ("index 6", "index +6", "MalformedProof"),
    "an index with a leading zero": ("index 6", "index 06", "MalformedProof"),
    "an index with an underscore": ("index 6", "index 0_6", "MalformedProof"),
    "a negative index": ("index 6", "index -6", "MalformedProof"),
    "two spaces before the index": ("index 6", "index  6", "MalformedProof"),
    "a space after the index": ("index 6", "index 6 ", "MalformedProof"),
    "full-width digits": ("index 6", "index \uff16", "MalformedProof"),
    "an index of nineteen digits": ("index 6", f"index {10**18}", "MalformedProof"),
    "a hash without padding": (_FIRST, _FIRST.rstrip("="), "MalformedProof"),
    "a hash with stray bits": (
        _FIRST, _FIRST[:-2] + chr(ord(_FIRST[-2]) + 1) + "=", "MalformedProof",
    ),
    "a hash of 31 bytes": (_FIRST, strict.to_b64(bytes(31)), "MalformedProof"),
    "a hash of 64 bytes": (
        f"{_FIRST}\n{_SECOND}", strict.to_b64(_HASHES[0] + _HASHES[1]), "MalformedProof",
    ),
    "a space after a hash": (_FIRST, f"{_FIRST} ", "MalformedProof"),
    "an empty line between hashes": (f"{_FIRST}\n", f"{_FIRST}\n\n", "MalformedCheckpoint"),
    "too many hashes": (f"{_FIRST}\n", f"{_FIRST}\n" * 61, "MalformedProof"),
    "no empty line before the checkpoint": ("=\n\nledger", "=\nledger", "MalformedNote"),
    "two empty lines before the checkpoint": (
        "=\n\nledger", "=\n\n\nledger", "MalformedCheckpoint",
    ),
    "a size with a leading zero": ("\n16\n", "\n016\n", "MalformedCheckpoint"),
    "an extension line": ("=\n\n\u2014", "=\nextension\n\n\u2014", "MalformedCheckpoint"),
}  # fmt: skip
REFUSED: dict[str, tuple[str, str, str]] = {
    "another index": ("index 6", "index 7", "InvalidProof"),
    "an index beyond the tree": ("index 6", "index 16", "InvalidProof"),
    "a hash dropped": (f"{_FIRST}\n", "", "InvalidProof"),
    "a hash twice": (f"{_FIRST}\n", f"{_FIRST}\n" * 2, "InvalidProof"),
    "two hashes exchanged": (f"{_FIRST}\n{_SECOND}", f"{_SECOND}\n{_FIRST}", "InvalidProof"),
    "another size": ("\n16\n", "\n15\n", "InvalidSignature"),
    "another entry": (
        strict.to_b64(LEAF), strict.to_b64(LEAF.replace(b'"slices":3', b'"slices":4')),
        "InvalidProof",
    ),
    "a node for an entry": (
        strict.to_b64(LEAF), strict.to_b64(b"\x01" + _HASHES[0] + leaf_hash(LEAF)), "InvalidProof",
    ),
}  # fmt: skip
UNDER: dict[str, tuple[str, str, str, list[str]]] = {
    "nobody cosigned and nobody need": ("signed", "nobody", "ok", []),
    "the auditor cosigned and need not": ("cosigned", "known", "ok", ["auditor"]),
    "a cosigner whom the policy does not know": ("cosigned", "nobody", "ok", []),
    "the auditor cosigned as is wanted": ("cosigned", "auditor", "ok", ["auditor"]),
    "one of two cosigned and one is wanted": ("cosigned", "any", "ok", ["auditor"]),
    "both cosigned as is wanted": ("twice cosigned", "both", "ok", ["auditor", "firm"]),
    "one of two cosigned and both are wanted": ("cosigned", "both", "NotCosigned", []),
    "nobody cosigned and the auditor must": ("signed", "auditor", "NotCosigned", []),
    "a ledger of one entry": ("alone", "nobody", "ok", []),
    "a ledger that the policy does not list": ("signed", "other ledger", "UnknownLedger", []),
    "one of the ledgers that the policy lists": ("signed", "two ledgers", "ok", []),
    "a key of the keeper's name": ("forged", "nobody", "NotSigned", []),
    "another ledger's key for a cosigner": ("self-cosigned", "auditor", "NotCosigned", []),
}


POLICY_BASES = {name: BASES[name] for name, *_ in UNDER.values()} | {
    f"policy {name}": text for name, text in POLICIES.items()
}
_KEYS = {
    "the keeper's": ("signed", [LEDGER], "ok"),
    "the keeper's, where others have signed too": ("twice cosigned", [LEDGER], "ok"),
    "the keepers' of two ledgers": ("signed", [SECOND_LEDGER, LEDGER], "ok"),
    "the keeper's and an older one of theirs": ("signed", [OTHER_LEDGER, LEDGER], "ok"),
    "the keeper's, in a ledger of one entry": ("alone", [LEDGER], "ok"),
    "another ledger's": ("signed", [SECOND_LEDGER], "UnknownLedger"),
    "a cosigner's": ("cosigned", [AUDITOR], "UnknownLedger"),
    "none": ("signed", [], "UnknownLedger"),
    "one of the keeper's name": ("forged", [LEDGER], "NotSigned"),
}


def _parsed() -> list[Case]:
    made: list[Case] = [
        {"name": f"a proof file: {name}", "op": "parse", "base": name, "expect": "ok"}
        for name in BASES
        if name not in ("consistency", "first")
    ]
    return made + [
        {"name": f"a consistency proof: {name}", "op": "parse_consistency", "base": name,
         "expect": "ok"}
        for name in ("consistency", "first")
    ]  # fmt: skip


def _checked() -> list[Case]:
    made: list[Case] = [
        {"name": f"a proof under a key: {name}", "op": "check", "base": base,
         "keys": [signer.key.text for signer in signers], "expect": expect}
        for name, (base, signers, expect) in _KEYS.items()
    ]  # fmt: skip
    for kind, table in (("malformed", MALFORMED), ("refused", REFUSED)):
        made += [
            {"name": f"{kind}: {name}", "op": "check", "base": "cosigned",
             "replace": [old, new], "keys": [LEDGER.key.text], "expect": expect}
            for name, (old, new, expect) in table.items()
        ]  # fmt: skip
    return made


def _consistency() -> list[Case]:
    table = {
        "no old size": (f"old {OLD_SIZE}\n", "", "MalformedProof"),
        "an old size with a leading zero": ("old 11", "old 011", "MalformedProof"),
        "a negative old size": ("old 11", "old -11", "MalformedProof"),
        "another word": ("old 11", "index 11", "MalformedProof"),
        "no checkpoint": ("=\n\nledger", "=\nledger", "MalformedNote"),
    }
    return [
        {"name": f"consistency, malformed: {name}", "op": "parse_consistency",
         "base": "consistency", "replace": [old, new], "expect": expect}
        for name, (old, new, expect) in table.items()
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_parsed(), *_checked(), *_consistency()]


def policy_cases() -> list[Case]:
    return [
        {"name": name, "op": "check", "base": base, "policy": f"policy {policy}",
         **({"cosigned": found} if expect == "ok" else {}), "expect": expect}
        for name, (base, policy, expect, found) in UNDER.items()
    ]  # fmt: skip
