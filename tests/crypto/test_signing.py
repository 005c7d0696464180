import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import signing, strict
from crypto.errors import InvalidSignature

SEED = bytes(range(32))
KEY = signing.verify_key(SEED)
KINDS = ("submission", "follow-up", "reply", "state", "note", "roster", "mailbox")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(st.text().filter(lambda name: name != "signature"), JSON)


@given(st.sampled_from(KINDS), DOCUMENTS)
def test_a_signature_holds_for_its_own_kind_and_document(
    kind: str, document: dict[str, object]
) -> None:
    signed = signing.sign(kind, document, SEED)
    signing.check(kind, signed, KEY)
    assert {name: value for name, value in signed.items() if name != "signature"} == document
    for other in KINDS:
        if other != kind:
            with pytest.raises(InvalidSignature):
                signing.check(other, signed, KEY)


def test_a_signature_replaces_an_older_one() -> None:
    once = signing.sign("note", {"a": 1}, SEED)
    assert signing.sign("note", once, SEED) == once


def test_every_flipped_bit_of_a_signature_is_noticed() -> None:
    signed = signing.sign("note", {"a": 1}, SEED)
    signature = strict.b64(str(signed["signature"]))
    for bit in range(8 * len(signature)):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidSignature):
            signing.check("note", {**signed, "signature": strict.to_b64(bytes(changed))}, KEY)


def test_every_flipped_bit_of_a_key_is_noticed() -> None:
    signed = signing.sign("note", {"a": 1}, SEED)
    for bit in range(8 * len(KEY)):
        changed = bytearray(KEY)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidSignature):
            signing.check("note", signed, bytes(changed))


def test_a_members_signing_seed_is_not_the_seed_of_the_identity() -> None:
    assert signing.member_seed(SEED) not in (SEED, signing.member_seed(bytes(32)))
    with pytest.raises(ValueError, match="32 bytes"):
        signing.member_seed(bytes(31))


def test_a_key_of_small_order_signs_nothing() -> None:
    # Under the neutral point this signature fits every document for a careless reader.
    point = bytes([1]) + bytes(31)
    forged = {"a": 1, "signature": strict.to_b64(point + bytes(32))}
    with pytest.raises(InvalidSignature):
        signing.check("note", forged, point)
