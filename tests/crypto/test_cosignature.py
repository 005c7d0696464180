import pytest

from crypto import cosignature, note
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.errors import InvalidSignature, MalformedNote
from crypto.note import Note
from tests.vectors.cases.cosignature import HEAD, NOTE
from tests.vectors.cases.cosigned import AUDITOR, COSIGNED_AT, LEDGER, SIGNED_AT
from tests.vectors.cases.fixed import seed
from tests.vectors.cases.note import KEY


def test_what_is_signed_now_verifies_with_its_time() -> None:
    made = AUDITOR.sign(HEAD, COSIGNED_AT)
    assert cosignature.verify(NOTE.signed(made), AUDITOR.key) == COSIGNED_AT


def test_signing_twice_draws_randomness_and_both_verify() -> None:
    first, second = (LEDGER.sign(HEAD, SIGNED_AT) for _ in range(2))
    assert first != second
    for made in (first, second):
        assert cosignature.verify(Note(HEAD.text, (made,)), LEDGER.key) == SIGNED_AT


def test_one_key_under_two_names_cannot_lend_its_signature() -> None:
    """The name is signed: a signature made as one cosigner is worth nothing as another."""
    twin = Signer("twin.example", AUDITOR.seed)
    made = AUDITOR.sign(HEAD, COSIGNED_AT)
    lent = note.Signature(twin.name, twin.key.id, made.signature)
    with pytest.raises(InvalidSignature):
        cosignature.verify(Note(HEAD.text, (lent,)), twin.key)


def test_a_signature_is_of_one_ledger() -> None:
    elsewhere = Checkpoint("ledger.example/two", HEAD.size, HEAD.root)
    made = AUDITOR.sign(elsewhere, COSIGNED_AT)
    with pytest.raises(InvalidSignature):
        cosignature.verify(Note(HEAD.text, (made,)), AUDITOR.key)


@pytest.mark.parametrize("time", [-1, 1 << 63])
def test_a_time_that_has_no_place_is_a_mistake_of_the_caller(time: int) -> None:
    with pytest.raises(ValueError, match="not a time"):
        LEDGER.sign(HEAD, time)


def test_the_largest_time_can_be_signed() -> None:
    made = LEDGER.sign(HEAD, cosignature.MAX_TIMESTAMP)
    assert cosignature.verify(Note(HEAD.text, (made,)), LEDGER.key) == cosignature.MAX_TIMESTAMP


def test_a_key_that_signs_texts_does_not_sign_checkpoints() -> None:
    with pytest.raises(ValueError, match="does not sign checkpoints"):
        cosignature.verify(NOTE, KEY)


def test_a_private_text_is_read_as_it_was_written_and_stays_out_of_sight() -> None:
    signer = Signer("auditor.example/\u00e9", seed("any"))
    assert Signer.parse(signer.private_text) == signer
    assert signer.seed.hex() not in repr(signer)
    assert "seed" not in repr(signer)


def test_no_bit_of_a_signature_line_can_be_changed() -> None:
    good = Note(HEAD.text, NOTE.signatures[:1])
    line = good.signatures[0]
    raw = line.signature
    for at in [*range(12), *range(12, len(raw), 97), len(raw) - 1]:
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(InvalidSignature):
            cosignature.verify(
                Note(HEAD.text, (note.Signature(line.name, line.id, changed),)), LEDGER.key
            )


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+", "PRIVATE+KEY+a", "private+key+a+b+c"])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        Signer.parse(text)
