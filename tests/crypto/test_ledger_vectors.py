"""The vectors of the ledger's formats: made again, and read by the Python formats."""

import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from crypto import (
    checkpoint,
    cosignature,
    entry,
    errors,
    kept,
    merkle,
    note,
    policy,
    proof,
    statement,
    strict,
)
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.kept import Kept
from crypto.note import NoteKey
from crypto.policy import Policy, Witnessed
from tests.vectors import generate, generate_ledger
from tests.vectors.cases.merkle import Stored, numbered

Vector = dict[str, Any]
HEX = bytes.fromhex


def load(name: str) -> list[Vector]:
    """The cases of a file, each with the text and the policy that it is about put together."""
    document = json.loads(generate_ledger.path(name).read_text(encoding="ascii"))
    bases = document["bases"]
    for each in document["cases"]:
        each["file"] = name
        if "base" in each:
            each["text"] = bases[each["base"]]
        if "policy" in each:
            each["policy"] = bases[each["policy"]]
        if each.get("replace"):
            assert each["replace"][0] in each["text"], each["name"]
            each["text"] = each["text"].replace(*each["replace"], 1)
    cases: list[Vector] = document["cases"]
    return cases


def data(v: Vector) -> bytes:
    return str(v["text"]).encode("utf-8", "surrogatepass")


def root(v: Vector) -> None:
    assert Stored([HEX(each) for each in v["leaves"]]).tree.root().hex() == v["root"]


def numbered_roots(v: Vector) -> None:
    stored = Stored(numbered(len(v["roots"]) - 1))
    assert [stored.at(n).root().hex() for n in range(len(v["roots"]))] == v["roots"]


def inclusion(v: Vector) -> None:
    path = [HEX(each) for each in v["proof"]]
    merkle.verify_inclusion(HEX(v["leaf"]), v["index"], v["size"], path, HEX(v["root"]))


def consistency(v: Vector) -> None:
    path = [HEX(each) for each in v["proof"]]
    old, new = (v["old_size"], HEX(v["old_root"])), (v["size"], HEX(v["root"]))
    merkle.verify_consistency(*old, *new, path)


def parse_note(v: Vector) -> None:
    assert note.parse(data(v)).to_bytes() == data(v)


def parse_bytes(v: Vector) -> None:
    note.parse(strict.b64(v["bytes"]) + b"x" * v["repeat"])


def verify_text(v: Vector) -> None:
    note.verify(note.parse(data(v)), NoteKey.parse(v["key"]))


def key(v: Vector) -> None:
    assert NoteKey.parse(v["text"]).text == v["text"]


def parse_checkpoint(v: Vector) -> None:
    parsed = checkpoint.parse(v["text"])
    assert parsed.text == v["text"]
    if "origin" in v:
        assert parsed == Checkpoint(v["origin"], v["size"], HEX(v["root"]))


def message(v: Vector) -> None:
    head = Checkpoint(v["origin"], v["size"], HEX(v["root"]))
    assert cosignature.signed_message(v["signer"], int(v["timestamp"]), head).hex() == v["message"]


def key_of_seed(v: Vector) -> None:
    assert Signer(v["signer"], HEX(v["seed"])).key.text == v["key"]


def signer(v: Vector) -> None:
    made = Signer(v["signer"], HEX(v["seed"]))
    assert made.private_text == v["private"]
    assert Signer.parse(v["private"]) == made


def private(v: Vector) -> None:
    Signer.parse(v["text"])


def verify(v: Vector) -> None:
    at = cosignature.verify(note.parse(data(v)), NoteKey.parse(v["key"]))
    assert at == v["timestamp"]


def parse_proof(v: Vector) -> None:
    assert proof.parse(data(v)).to_bytes() == data(v)


def parse_consistency(v: Vector) -> None:
    assert proof.parse_consistency(data(v)).to_bytes() == data(v)


def check_proof(v: Vector) -> None:
    keys = tuple(map(NoteKey.parse, v["keys"]))
    checked(v, Policy(keys, (), None))


def check_policy(v: Vector) -> None:
    witnessed = checked(v, policy.parse(v["policy"].encode()))
    assert [each.name for each in witnessed.cosigned] == v["cosigned"]


def checked(v: Vector, rules: Policy) -> Witnessed:
    kept = proof.parse(data(v))
    assert kept.extra is not None
    return kept.check(kept.extra, rules)


def parse_entry(v: Vector) -> None:
    parsed = entry.parse(data(v))
    assert parsed.to_bytes() == data(v)
    assert parsed.leaf_hash == v["leaf_hash"]


def subject(v: Vector) -> None:
    assert entry.subject(v["case"], HEX(v["nonce"])) == v["hash"]


def commitment(v: Vector) -> None:
    assert entry.commitment(HEX(v["nonce"]), v["text"].encode()) == v["hash"]


def tally(v: Vector) -> None:
    assert entry.tally_value(v["digest"], HEX(v["nonce"])) == v["hash"]


def check_text(v: Vector) -> None:
    entry.parse(data(v)).check_text(HEX(v["nonce"]), v["kept"].encode())


def verify_statement(v: Vector) -> None:
    keys = [strict.b64(each) for each in v["keys"]]
    assert statement.verify(data(v), keys).document == data(v)


def parse_kept(v: Vector) -> None:
    parsed = kept.parse(data(v))
    assert parsed == Kept(HEX(v["nonce"]), strict.b64(v["kept"]))
    assert parsed.to_bytes() == data(v)


def kept_of_size(v: Vector) -> None:
    Kept(HEX(v["nonce"]), b"x" * v["size"]).to_bytes()


RUN: dict[str, dict[str, Callable[[Vector], None]]] = {
    "merkle": {
        "root": root,
        "numbered": numbered_roots,
        "inclusion": inclusion,
        "consistency": consistency,
    },
    "note": {"parse": parse_note, "parse_bytes": parse_bytes, "verify": verify_text, "key": key},
    "checkpoint": {"parse": parse_checkpoint},
    "cosignature": {"message": message, "key": key_of_seed, "verify": verify},
    "proof": {"parse": parse_proof, "parse_consistency": parse_consistency, "check": check_proof},
    "entry": {
        "parse": parse_entry,
        "subject": subject,
        "commitment": commitment,
        "tally": tally,
        "check_text": check_text,
        "statement": verify_statement,
    },
    "kept": {"parse": parse_kept, "of_size": kept_of_size},
    "private": {"signer": signer, "private": private},
    "policy": {"check": check_policy},
}
CASES = [each for name in generate_ledger.NAMES for each in load(name)]


@pytest.mark.parametrize("vector", CASES, ids=lambda v: f"{v['file']}: {v['name']}")
def test_a_vector_ends_as_it_says(vector: Vector) -> None:
    run = RUN[vector["file"]][vector["op"]]
    if vector["expect"] == "ok":
        run(vector)
        return
    with pytest.raises(errors.CryptoError) as refused:
        run(vector)
    assert type(refused.value).__name__ == vector["expect"]


@pytest.mark.parametrize("name", generate_ledger.NAMES)
def test_the_vectors_are_what_the_generator_makes_today(name: str) -> None:
    committed = generate_ledger.path(name).read_text(encoding="ascii")
    assert committed == generate_ledger.rendered(name)


@pytest.mark.parametrize("name", generate_ledger.NAMES)
def test_every_case_of_a_file_has_its_own_name_and_every_operation_is_used(name: str) -> None:
    cases = load(name)
    assert len({each["name"] for each in cases}) == len(cases)
    assert {each["op"] for each in cases} == set(RUN[name])


def test_every_file_of_vectors_is_read() -> None:
    found = {path.stem for path in (generate_ledger.HERE / "ledger").glob("*.json")}
    assert found == set(generate_ledger.PYTHON)
    shared = {path.stem for path in generate_ledger.HERE.glob("*.json")}
    assert shared == {*generate_ledger.SHARED, *generate.MAKERS, generate.SEALED}


REFUSED = [each for each in CASES if each["expect"] != "ok"]


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: f"{v['file']}: {v['name']}")
def test_a_refusal_does_not_repeat_what_it_refused(vector: Vector) -> None:
    """A message may name a key or a type that the reader knows, and nothing else of the input."""
    with pytest.raises(errors.CryptoError) as refused:
        RUN[vector["file"]][vector["op"]](vector)
    told = "".join(traceback.format_exception_only(refused.value))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    for line in str(vector.get("text", "")).split("\n"):
        for word in line.replace('"', " ").replace("+", " ").split():
            assert len(word) < 20 or word in KNOWN or word not in told


KNOWN = {NoteKey.parse(each["key"]).name for each in CASES if each["op"] == "verify"}
