import json

import pytest

from crypto import attestation, strict
from crypto.cosignature import Signer
from crypto.errors import InvalidSignature, MalformedAttestation
from crypto.note import ed25519_key
from tests.vectors.cases.fixed import seed

AUDITOR = Signer("auditor.example/grace", seed("auditor"))
KEEPER = Signer("ledger.example/one", seed("keeper"))
FIELDS = {"v": 1, "exceptions": [], "checked": {"entries": 16}, "text": "ö"}
SIGNED = attestation.sign(attestation.AUDIT_REPORT, FIELDS, AUDITOR)
KEYS = [KEEPER.key, AUDITOR.key]


def test_a_signed_report_gives_its_fields_and_who_signed_it() -> None:
    report = attestation.verify(attestation.AUDIT_REPORT, SIGNED, KEYS)
    assert {name: report[name] for name in FIELDS} == FIELDS
    assert report["signed_by"] == "auditor.example/grace"
    assert attestation.parse(SIGNED) == report


def test_a_report_by_a_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.AUDIT_REPORT, SIGNED, [KEEPER.key])
    same_name = Signer(AUDITOR.name, seed("somebody else"))
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.AUDIT_REPORT, SIGNED, [same_name.key])
    attestation.verify(attestation.AUDIT_REPORT, SIGNED, [same_name.key, AUDITOR.key])


def test_a_key_of_another_kind_is_ignored() -> None:
    other = ed25519_key(AUDITOR.name, seed("auditor"))
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.AUDIT_REPORT, SIGNED, [other])


def test_a_report_of_one_kind_does_not_pass_for_another() -> None:
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.STORE_CHECK, SIGNED, KEYS)


def test_a_report_cannot_be_put_under_another_name() -> None:
    moved = {**json.loads(SIGNED), "signed_by": KEEPER.name}
    with pytest.raises(InvalidSignature):
        attestation.verify(attestation.AUDIT_REPORT, strict.canonical(moved), KEYS)


def test_any_bit_flipped_in_a_report_is_a_named_error() -> None:
    for at in range(len(SIGNED)):
        changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1 << at % 8]) + SIGNED[at + 1 :]
        with pytest.raises((MalformedAttestation, InvalidSignature)):
            attestation.verify(attestation.AUDIT_REPORT, changed, KEYS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"signed_by":1}',
        b'{"signed_by":"x"}',
        b'{"signature":"AAAA","signed_by":"x"}',
        b'{"signature": "AAAA","signed_by":"x"}',
        b"{" * 100_000,
    ],
    ids=["nothing", "a list", "empty", "a number", "unsigned", "short", "spaced", "deep"],
)
def test_what_is_no_signed_report_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedAttestation):
        attestation.parse(data)


def test_a_report_too_long_to_read_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(MalformedAttestation, match="too long"):
        attestation.parse(b" " * (attestation.SIZE_LIMIT + 1))


def test_a_signed_report_is_not_signed_once_more() -> None:
    with pytest.raises(MalformedAttestation, match="signed already"):
        attestation.sign(attestation.AUDIT_REPORT, json.loads(SIGNED), KEEPER)


def test_a_kind_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="kind"):
        attestation.sign("roster", FIELDS, AUDITOR)
