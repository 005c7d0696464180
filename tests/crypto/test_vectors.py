"""The shared vectors: made again from fixed keys, and read by the Python formats."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crypto import case, errors, message, padding, receipt, roster, signing, strict
from crypto.document import parse_value
from crypto.identity import Identity
from crypto.message import Attachment, Message, Place
from crypto.receipt import ReceiptCode
from crypto.recipient import from_seed
from tests.crypto import signed_acts
from tests.vectors import generate

VECTORS = Path(generate.__file__).resolve().parent
Vector = dict[str, Any]
FILES = [*generate.MAKERS, generate.SEALED]
HEX = bytes.fromhex


def load(name: str) -> list[Vector]:
    """The cases of a file, each with the text that it is about put together."""
    document = json.loads((VECTORS / f"{name}.json").read_text(encoding="ascii"))
    for each in document["cases"]:
        each["file"] = name
        if "base" in each:
            each["text"] = document["bases"][each["base"]]
        if each.get("replace"):
            each["text"] = each["text"].replace(*each["replace"], 1)
    cases: list[Vector] = document["cases"]
    return cases


def pieces(spelled: list[list[Any]]) -> bytes:
    return b"".join(HEX(data) * times for data, times in spelled)


def pad(name: str) -> Callable[[Vector], None]:
    def run(v: Vector) -> None:
        content = pieces(v["content"])
        padded = getattr(padding, f"pad_{name}")(content)
        assert padded == pieces(v["padded"])
        assert getattr(padding, f"unpad_{name}")(padded) == content

    return run


def unpad(name: str) -> Callable[[Vector], None]:
    def run(v: Vector) -> None:
        getattr(padding, f"unpad_{name}")(pieces(v["padded"]))

    return run


def plan(v: Vector) -> None:
    assert padding.padded_slices(v["length"]) == [v["size"]] * v["count"]
    assert padding.slice_count(v["length"]) == v["count"]


def pad_file(v: Vector) -> None:
    content = pieces(v["content"])
    padder = padding.SlicePadder()
    slices = [*padder.feed(content), *padder.finish()]
    assert slices == [pieces(each) for each in v["slices"]]
    assert (padder.length, padder.sha256) == (len(content), v["sha256"])
    assert b"".join(padding.unpad_slices(slices, len(content))) == content


def unpad_file(v: Vector) -> None:
    list(padding.unpad_slices([pieces(each) for each in v["slices"]], v["length"]))


def code(v: Vector) -> None:
    assert ReceiptCode(HEX(v["raw"])).text == v["text"]
    assert ReceiptCode.parse(v["text"]) == ReceiptCode(HEX(v["raw"]))


def parse_code(v: Vector) -> None:
    assert ReceiptCode.parse(v["text"]) == ReceiptCode(HEX(v["raw"]))


def code_keys(v: Vector) -> None:
    keys = ReceiptCode(HEX(v["raw"])).keys(v["installation"])
    assert keys.lookup.hex() == v["lookup"]
    assert keys.mailbox_seed.hex() == v["mailbox_seed"]
    assert keys.signing_seed.hex() == v["signing_seed"]
    assert receipt.mailbox_id(keys.lookup) == v["mailbox_id"]
    assert from_seed(keys.mailbox_seed).text == v["mailbox"]
    assert strict.to_b64(signing.verify_key(keys.signing_seed)) == v["submitter_key"]


def form_token(v: Vector) -> None:
    made = ReceiptCode.from_form_token(HEX(v["token"]), v["installation"])
    lookup = made.keys(v["installation"]).lookup
    assert (made.text, lookup.hex()) == (v["text"], v["lookup"])
    assert receipt.once(HEX(v["token"]), lookup) == v["once"]


def canonical_json(v: Vector) -> None:
    data = strict.b64(v["bytes"])
    assert strict.canonical(strict.parse_canonical(data)) == data


def base64(v: Vector) -> None:
    data = getattr(strict, v["op"])(v["text"])
    assert data == HEX(v["hex"])
    assert getattr(strict, f"to_{v['op']}")(data) == v["text"]


def hexadecimal(v: Vector) -> None:
    assert strict.hex_bytes(v["text"], v["size"]).hex() == v["text"]


def decimal(v: Vector) -> None:
    assert str(strict.decimal(v["text"])) == v["text"]


def sign(v: Vector) -> None:
    seed = HEX(v["seed"])
    assert strict.to_b64(signing.verify_key(seed)) == v["key"]
    signed = signing.sign(v["kind"], v["document"], seed)
    assert signed == {**v["document"], "signature": v["signature"]}
    signing.check(v["kind"], signed, strict.b64(v["key"]))


def check(v: Vector) -> None:
    signing.check(v["kind"], v["document"], strict.b64(v["key"]))


def member_seed(v: Vector) -> None:
    seed = signing.member_seed(HEX(v["identity_seed"]))
    assert (seed.hex(), strict.to_b64(signing.verify_key(seed))) == (v["seed"], v["key"])


def parse_message(v: Vector) -> None:
    parsed = message.parse(v["text"].encode())
    assert parsed.to_bytes() == v["text"].encode()
    assert parsed.digest == v["digest"]
    assert parsed.kind == v.get("kind", parsed.kind)
    assert message.thread(parsed.kind) == v.get("thread", message.thread(parsed.kind))


def build_message(v: Vector) -> None:
    fields = v["document"]
    built = Message(
        kind=fields["kind"],
        place=Place(**fields["for"]),
        roster=fields["roster"],
        on=date.fromisoformat(fields["on"]),
        lang=fields["lang"],
        body=fields["body"],
        excluded=tuple(reversed(fields.get("excluded", ()))),
        attachments=tuple(Attachment(**each) for each in fields.get("attachments", ())),
        sealed_in=fields["sealed_in"],
        mailbox=fields.get("mailbox"),
        submitter_key=strict.b64(fields["submitter_key"]) if "submitter_key" in fields else None,
    )
    case_seed = HEX(v["case_seed"]) if "case_seed" in v else None
    signed = built.sign(HEX(v["seed"]), case_seed=case_seed)
    assert signed.to_bytes() == v["text"].encode()


def check_message(v: Vector) -> None:
    message.parse(v["text"].encode()).check(strict.b64(v["key"]))


def check_case(v: Vector) -> None:
    message.parse(v["text"].encode()).check_case(HEX(v["case_seed"]))


def case_signing_seed(v: Vector) -> None:
    seed = signing.case_signing_seed(HEX(v["case_seed"]))
    assert (seed.hex(), strict.to_b64(signing.verify_key(seed))) == (v["seed"], v["key"])


def signer(v: Vector) -> None:
    keys = {name: strict.b64(key) for name, key in v["keys"].items()}
    assert message.parse(v["text"].encode()).signer(keys) == v["signer"]


def place(v: Vector) -> None:
    message.parse(v["text"].encode()).check_place(Place(**v["place"]), v["thread"])


def verify_roster(v: Vector) -> None:
    verified = roster.verify(v["text"].encode(), strict.b64(v["root_key"]))
    assert verified.document == v["text"].encode()
    assert (verified.hash, verified.fingerprint) == (v["hash"], v["fingerprint"])
    assert verified.slots == v["slots"]
    key = verified.ledger_key
    assert (None if key is None else key.text) == v["ledger_key"]


def sign_roster(v: Vector) -> None:
    assert roster.sign_roster(v["document"], HEX(v["root_seed"])) == v["text"].encode()


def current(v: Vector) -> None:
    today = date.fromisoformat(v["today"])
    parsed = roster.parse(v["text"].encode())
    roster.check_current(parsed, today, v["highest_epoch"], v["demo_allowed"])


def choose(v: Vector) -> None:
    readers = case.choose_readers(roster.parse(v["text"].encode()), v["excluded"])
    assert [each.id for each in readers] == v["readers"]


def case_id(v: Vector) -> None:
    assert case.case_id(v["recipient"]) == v["id"]


def grant_size(v: Vector) -> None:
    assert case.grant_size(v["slots"]) == v["size"]


def routing_size(v: Vector) -> None:
    assert case.routing_size() == v["size"]


def envelope_sizes(v: Vector) -> None:
    assert sorted(message.envelope_sizes()) == v["sizes"]


def routing(v: Vector) -> None:
    parsed = case.parse_routing(v["text"].encode())
    assert parsed.to_bytes() == v["text"].encode()
    assert (parsed.roster, list(parsed.excluded)) == (
        v["document"]["roster"],
        v["document"]["excluded"],
    )


def mailbox(v: Vector) -> None:
    record = case.parse_mailbox(v["text"].encode())
    assert strict.canonical(record.document()) == v["text"].encode()
    case.check_mailbox(record, strict.b64(v["key"]))


def sign_mailbox(v: Vector) -> None:
    fields = {key: value for key, value in v["document"].items() if key != "v"}
    record = case.sign_mailbox(**fields, seed=HEX(v["seed"]))
    assert strict.canonical(record.document()) == v["text"].encode()
    mailbox(v)


def open_envelope(v: Vector) -> None:
    opened = message.open_envelope(strict.b64(v["sealed"]), Identity.parse(v["identity"]))
    assert opened.to_bytes() == v["text"].encode()


def open_grant(v: Vector) -> None:
    seed = case.open_grant(strict.b64(v["sealed"]), Identity.parse(v["identity"]))
    assert seed.hex() == v["seed"]


def open_routing(v: Vector) -> None:
    opened = case.open_routing(strict.b64(v["sealed"]), Identity.parse(v["identity"]))
    assert (opened.roster, list(opened.excluded)) == (v["roster"], v["excluded"])


def open_slice(v: Vector) -> None:
    from crypto import age

    opened = age.open_sealed(strict.b64(v["sealed"]), [Identity.parse(v["identity"])])
    content = b"".join(padding.unpad_slices([opened], v["length"]))
    assert content == strict.b64(v["content"])
    assert hashlib.sha256(hashlib.sha256(opened).digest()).hexdigest() == v["sha256"]


RUN: dict[str, dict[str, Callable[[Vector], None]]] = {
    "padding": {
        "pad_message": pad("message"),
        "pad_routing": pad("routing"),
        "unpad_message": unpad("message"),
        "unpad_routing": unpad("routing"),
        "plan": plan,
        "pad_file": pad_file,
        "unpad_file": unpad_file,
    },
    "receipt": {"code": code, "parse": parse_code, "keys": code_keys, "form_token": form_token},
    "canonical": {
        "json": canonical_json,
        "b64": base64,
        "b64raw": base64,
        "hex": hexadecimal,
        "decimal": decimal,
    },
    "signing": {
        "sign": sign,
        "check": check,
        "member_seed": member_seed,
        "case_signing_seed": case_signing_seed,
    },
    "message": {
        "parse": parse_message,
        "build": build_message,
        "check": check_message,
        "case": check_case,
        "signer": signer,
        "place": place,
    },
    "roster": {
        "verify": verify_roster,
        "sign": sign_roster,
        "current": current,
        "choose": choose,
    },
    "case": {
        "case_id": case_id,
        "grant_size": grant_size,
        "routing_size": routing_size,
        "envelope_sizes": envelope_sizes,
        "routing": routing,
        "mailbox": mailbox,
        "sign_mailbox": sign_mailbox,
    },
    "act": signed_acts.ACT,
    "keying": signed_acts.KEYING,
    "disposition": signed_acts.DISPOSITION,
    "drill": signed_acts.DRILL,
    "envelope": {
        "envelope": open_envelope,
        "grant": open_grant,
        "routing": open_routing,
        "slice": open_slice,
    },
}
CASES = [each for name in FILES for each in load(name)]


@pytest.mark.parametrize("vector", CASES, ids=lambda v: f"{v['file']}: {v['name']}")
def test_a_vector_ends_as_it_says(vector: Vector) -> None:
    run = RUN[vector["file"]][vector["op"]]
    if vector["expect"] == "ok":
        run(vector)
        return
    with pytest.raises(errors.CryptoError) as refused:
        run(vector)
    # The very class: a browser and a server that refuse for different reasons do not agree.
    assert type(refused.value).__name__ == vector["expect"]
    for name in ("looks_like", "over"):
        if name in vector:
            assert getattr(refused.value, name) == vector[name]


@pytest.mark.parametrize("name", generate.MAKERS)
def test_the_vectors_are_what_the_generator_makes_today(name: str) -> None:
    assert (VECTORS / f"{name}.json").read_text(encoding="ascii") == generate.rendered(name)


@pytest.mark.parametrize("name", FILES)
def test_every_case_of_a_file_has_its_own_name(name: str) -> None:
    names = [each["name"] for each in load(name)]
    assert len(set(names)) == len(names)


def test_canonical_documents_are_read_the_same_under_any_error_class() -> None:
    for vector in load("canonical"):
        if vector["op"] == "json" and vector["expect"] != "ok":
            with pytest.raises(errors.MalformedRoster):
                parse_value(strict.b64(vector["bytes"]), errors.MalformedRoster)
