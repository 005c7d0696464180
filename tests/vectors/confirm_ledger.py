"""Puts the ledger's vectors to other people's libraries, which the project does not depend on.

    python -m venv elsewhere
    elsewhere/bin/pip install pymerkle==7.0.0 proofbundle==6.3.1
    elsewhere/bin/python tests/vectors/confirm_ledger.py

pymerkle makes the same trees and proofs again; proofbundle reads the same notes, cosignatures and
proof files. Nothing of ours is imported, so this runs from the committed files alone. The README
beside it says what it found.
"""

import base64
import json
from importlib import import_module
from pathlib import Path
from typing import Any

bundle_checkpoint = import_module("proofbundle.checkpoint")
bundle_merkle = import_module("proofbundle.merkle")
bundle_proof = import_module("proofbundle.tlogproof")
pymerkle = import_module("pymerkle")

FOLDER = Path(__file__).resolve().parent
Vector = dict[str, Any]
HEX = bytes.fromhex


def load(name: str) -> tuple[dict[str, str], list[Vector]]:
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))
    for each in document["cases"]:
        if "base" in each:
            each["text"] = document["bases"][each["base"]]
        if each.get("replace"):
            each["text"] = each["text"].replace(*each["replace"], 1)
    return document["bases"], document["cases"]


def tree(leaves: list[bytes]) -> Any:
    made = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        made.append_entry(leaf)
    return made


def confirm_roots(cases: list[Vector]) -> int:
    count = 0
    for each in cases:
        if each["op"] == "root" and each["leaves"]:
            leaves = [HEX(leaf) for leaf in each["leaves"]]
            assert tree(leaves).get_root().hex() == each["root"]
            assert bundle_merkle.merkle_tree_hash(leaves).hex() == each["root"]
            count += 1
        if each["op"] == "numbered":
            made = tree([str(n).encode() for n in range(64)])
            for size in range(1, 65):
                assert made.get_root(size).hex() == each["roots"][size]
                count += 1
    return count


def confirm_proofs(cases: list[Vector]) -> int:
    """Both libraries make and take the hashes of every proof that is right."""
    all_eight = next(each for each in cases if len(each.get("leaves", ())) == 8)
    published = [HEX(leaf) for leaf in all_eight["leaves"]]
    numbered = [str(n).encode() for n in range(1000)]
    trees = {"published": (published, tree(published)), "numbered": (numbered, tree(numbered))}
    count = 0
    for each in cases:
        if each["expect"] != "ok" or "same shape" in each["name"]:
            continue
        leaves, made = trees["numbered" if "numbered" in each["name"] else "published"]
        if each["op"] == "inclusion":
            path = made.prove_inclusion(each["index"] + 1, each["size"]).path
            assert [part.hex() for part in path[1:]] == each["proof"]
            again = bundle_merkle.inclusion_proof(leaves[: each["size"]], each["index"])
            assert [part.hex() for part in again] == each["proof"]
            count += 1
        if each["op"] == "consistency" and each["old_size"] > 0:
            if each["old_size"] < each["size"]:
                made.prove_consistency(each["old_size"], each["size"]).verify(
                    HEX(each["old_root"]), HEX(each["root"])
                )
            again = bundle_merkle.consistency_proof(leaves[: each["size"]], each["old_size"])
            assert [part.hex() for part in again] == each["proof"]
            count += 1
    return count


def confirm_refusals(cases: list[Vector]) -> int:
    """What our reader refuses for its hashes, the other library does not take either."""
    count = 0
    for each in cases:
        if each["expect"] == "ok" or each["op"] != "consistency":
            continue
        path = [HEX(part) for part in each["proof"]]
        old, new = HEX(each["old_root"]), HEX(each["root"])
        assert not bundle_merkle.verify_consistency(each["old_size"], each["size"], old, new, path)
        count += 1
    return count


def confirm_cosignatures(cases: list[Vector]) -> int:
    count = 0
    for each in cases:
        if each["op"] == "message":
            made = bundle_checkpoint._mldsa_cosigned_message(
                each["signer"],
                int(each["timestamp"]),
                each["origin"],
                each["size"],
                HEX(each["root"]),
            )
            assert made.hex() == each["message"], each["name"]
            count += 1
        if each["op"] == "key":
            public = base64.b64decode(each["key"].split("+", 2)[2])[1:]
            assert bundle_checkpoint.cosign_vkey_mldsa(each["signer"], public) == each["key"]
            count += 1
        if each["op"] == "verify" and each["expect"] in ("ok", "InvalidSignature", "NotSigned"):
            found = bundle_checkpoint.verify_cosignature(each["text"], each["key"])
            assert found["ok"] is (each["expect"] == "ok"), each["name"]
            if found["ok"]:
                assert found["timestamp"] == each["timestamp"]
            count += 1
    return count


def confirm_proof_files(cases: list[Vector]) -> int:
    count = 0
    for each in cases:
        if each["op"] == "parse" and each["expect"] == "ok":
            read = bundle_proof.parse_tlog_proof(each["text"])
            again = bundle_proof.format_tlog_proof(
                read["index"], read["proof"], read["checkpoint"], read["extra"]
            )
            assert again == each["text"], each["name"]
            size, root = read["checkpoint"].split("\n")[1:3]
            leaf = read["extra"]
            if leaf is not None:
                assert bundle_merkle.verify_inclusion(
                    leaf, read["index"], int(size), read["proof"], base64.b64decode(root)
                )
            count += 1
    return count


def main() -> None:
    _, trees = load("merkle")
    _, signed = load("cosignature")
    _, files = load("proof")
    print(f"{confirm_roots(trees)} roots")
    print(f"{confirm_proofs(trees)} proofs, {confirm_refusals(trees)} refusals")
    print(f"{confirm_cosignatures(signed)} cosignatures, messages and keys")
    print(f"{confirm_proof_files(files)} proof files")


if __name__ == "__main__":
    main()
