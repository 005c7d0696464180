"""What is run for the shared vectors of acts, keys that acts give to cases, drills, manifests."""

from collections.abc import Callable
from datetime import date
from typing import Any

from crypto import act, disposing, drill, keying, roster, signing, strict

Vector = dict[str, Any]
Runs = dict[str, Callable[[Vector], None]]
HEX = bytes.fromhex


def parse_act(v: Vector) -> None:
    found = act.parse(v["text"].encode())
    assert found.hash == v["hash"]
    value = strict.parse_canonical(found.document)
    assert isinstance(value, dict)
    fields = {name: each for name, each in value.items() if name not in ("v", "kind")}
    assert act.build(**{**fields, "on": found.on}) == found


def sign_act(v: Vector) -> None:
    seed = signing.member_seed(HEX(v["identity_seed"]))
    made = act.sign(act.parse(v["text"].encode()), v["by"], seed)
    assert (made.by, strict.to_b64(made.signature)) == (v["by"], v["signature"])


def check_act(v: Vector) -> None:
    made = [act.Signature(each["by"], strict.b64(each["signature"])) for each in v["signatures"]]
    listed = roster.parse(v["roster"].encode())
    signers = act.check_all(act.parse(v["text"].encode()), made, listed)
    assert signers == {each["by"] for each in v["signatures"]}


def act_signatures(v: Vector) -> None:
    found = act.parse_signatures(v["text"].encode())
    assert act.signatures_document(reversed(found)) == v["text"].encode()


def parse_keying(v: Vector) -> None:
    assert keying.parse(v["text"].encode()).to_bytes() == v["text"].encode()


def follow(v: Vector) -> None:
    rosters = [roster.parse(each.encode()) for each in v["rosters"]]
    found = {each.hash: each for each in rosters}
    keyings = [keying.parse(each.encode()) for each in v["keyings"]]
    newest = keying.follow(v["installation"], v["first"], keyings, found.get)
    assert newest == v["recipient"]


def make_mark(v: Vector) -> None:
    day = date.fromisoformat(v["on"])
    made = drill.make(v["installation"], v["case"], day, HEX(v["seed"]))
    assert made.line == v["text"]


def parse_mark(v: Vector) -> None:
    found = drill.parse(v["text"])
    assert list(found.words) == v["words"]
    assert drill.read_words(v["words"]) == found


def check_mark(v: Vector) -> None:
    drill.check(drill.parse(v["text"]), v["installation"], v["case"])


def find_mark(v: Vector) -> None:
    found = drill.found_in(v["text"])
    assert (None if found is None else found.line) == v["line"]


def parse_manifest(v: Vector) -> None:
    found = disposing.parse(v["text"].encode())
    assert (found.hash, found.cooling) == (v["hash"], v["cooling"])
    assert [each.case for each in found.records] == v["cases"]
    assert disposing.subject(found.id) == v["subject"]


ACT: Runs = {
    "parse": parse_act,
    "sign": sign_act,
    "check": check_act,
    "signatures": act_signatures,
}
KEYING: Runs = {"parse": parse_keying, "follow": follow}
DISPOSITION: Runs = {"parse": parse_manifest}
DRILL: Runs = {"make": make_mark, "parse": parse_mark, "check": check_mark, "find": find_mark}
