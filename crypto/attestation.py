"""A signed JSON report: who checked what, with an ML-DSA-44 key like those that sign checkpoints.

The report's fields are the business of whoever makes it. Here it gets the name of its signer and a
signature over all of it, bound to its kind, so that one kind of report never passes for another and
none of them for a checkpoint.
"""

from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature as _Refused
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from crypto import strict
from crypto.cosignature import SIGNATURE_SIZE, Signer
from crypto.derivation import PREFIX
from crypto.errors import InvalidSignature, Malformed, MalformedAttestation
from crypto.note import ML_DSA_44, NoteKey

STORE_CHECK = "store-check"
AUDIT_REPORT = "audit-report"
KINDS = (STORE_CHECK, AUDIT_REPORT)
SIZE_LIMIT = 1 << 24
_ADDED = ("signed_by", "signature")


def sign(kind: str, fields: Mapping[str, object], signer: Signer) -> bytes:
    """The canonical bytes of a report with these fields, signed.

    Raises MalformedAttestation if the fields are not those of a report that is still unsigned.
    """
    if any(name in fields for name in _ADDED):
        raise MalformedAttestation("the report is signed already")
    named = {**fields, "signed_by": signer.name}
    private = MLDSA44PrivateKey.from_seed_bytes(signer.seed)
    signature = private.sign(_signed_bytes(kind, named))
    data = strict.canonical({**named, "signature": strict.to_b64(signature)})
    parse(data)
    return data


def parse(data: bytes) -> dict[str, object]:
    """The report that these canonical bytes spell, whoever signed it, signature included.

    Raises MalformedAttestation.
    """
    if len(data) > SIZE_LIMIT:
        raise MalformedAttestation("too long for a report")
    try:
        value = strict.parse_canonical(data)
    except Malformed as refused:
        raise MalformedAttestation(str(refused)) from None
    if not isinstance(value, dict) or not isinstance(value.get("signed_by"), str):
        raise MalformedAttestation("not a report that names its signer")
    _signature(value)
    return value


def verify(kind: str, data: bytes, keys: Iterable[NoteKey]) -> dict[str, object]:
    """The report in data, if the key of these that it names has signed it under this kind.

    Raises MalformedAttestation or InvalidSignature. Keys that do not sign in this way are ignored.
    """
    report = parse(data)
    signature = _signature(report)
    named = {name: value for name, value in report.items() if name != "signature"}
    for key in keys:
        if key.kind == ML_DSA_44 and key.name == report["signed_by"]:
            try:
                public = MLDSA44PublicKey.from_public_bytes(key.public)
                public.verify(signature, _signed_bytes(kind, named))
            except _Refused:
                continue
            return report
    raise InvalidSignature("none of the known keys has signed this report")


def _signature(report: Mapping[str, object]) -> bytes:
    text = report.get("signature")
    try:
        signature = strict.b64(text) if isinstance(text, str) else b""
    except Malformed:
        signature = b""
    if len(signature) != SIGNATURE_SIZE:
        raise MalformedAttestation("the report has no signature of the right size")
    return signature


def _signed_bytes(kind: str, named: Mapping[str, object]) -> bytes:
    if kind not in KINDS:
        raise ValueError("not a kind of report")
    return PREFIX + kind.encode("ascii") + b"\n" + strict.canonical(named)
