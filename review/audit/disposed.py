"""One disposition as the auditor's bundle tells it: manifest, outcome and certificate.

The outcome says what became of each record of the manifest: which went on which day and left a
stub, and which stayed and why. It is the book's word; the ledger and the certificate are compared
with it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from crypto import certifying, disposing, strict
from crypto.certificate_parts import LEFT_OUT
from crypto.certifying import Certificate
from crypto.disposing import MAX_RECORDS, Manifest
from crypto.document import VERSION, Document
from crypto.entry_types import CODE
from crypto.errors import Malformed, MalformedDisposition
from review.audit.errors import MalformedBundle

KIND = "disposition-outcome"
FOLDER = "dispositions"
MANIFEST, OUTCOME, CERTIFICATE = "manifest.json", "outcome.json", "certificate.json"
_KEYS = ("v", "kind", "installation", "id", "gone", "left_out")
_GONE = ("case", "class", "version", "triggered", "due", "executed")
_LEFT_OUT = ("case", "reason", "on")


def file_of(disposition: str, name: str) -> str:
    """The name of a file of a disposition in a bundle."""
    return f"{FOLDER}/{disposition}/{name}"


@dataclass(frozen=True, order=True)
class Gone:
    """The stub of a record: what it was kept as, its days, and the day on which it went."""

    case: str
    record_class: str
    version: int
    triggered: datetime.date
    due: datetime.date
    executed: datetime.date


@dataclass(frozen=True, order=True)
class Stayed:
    """A record that was approved and stayed, why, and the day on which that was found."""

    case: str
    reason: str
    on: datetime.date


@dataclass(frozen=True)
class Outcome:
    """What has become of the records of a manifest so far, each list in the order of cases."""

    installation: str
    id: str
    gone: tuple[Gone, ...] = ()
    left_out: tuple[Stayed, ...] = ()

    def to_bytes(self) -> bytes:
        """The file."""
        return strict.canonical(
            {
                "v": VERSION,
                "kind": KIND,
                "installation": self.installation,
                "id": self.id,
                "gone": [_gone_fields(each) for each in sorted(self.gone)],
                "left_out": [
                    {"case": each.case, "reason": each.reason, "on": each.on.isoformat()}
                    for each in sorted(self.left_out)
                ],
            }
        )


@dataclass(frozen=True)
class Disposed:
    """A disposition: its manifest, what became of it, and its certificate once there is one."""

    manifest: Manifest
    outcome: Outcome
    certificate: Certificate | None = None

    def files(self) -> Mapping[str, bytes]:
        """The files of it by their names, in the order in which a bundle has them."""
        found = {MANIFEST: self.manifest.document, OUTCOME: self.outcome.to_bytes()}
        if self.certificate is not None:
            found[CERTIFICATE] = self.certificate.document
        return {file_of(self.manifest.id, name): data for name, data in found.items()}


def parse(
    disposition: str, installation: str, manifest: bytes, outcome: bytes, certificate: bytes | None
) -> Disposed:
    """The disposition that these files are of. Raises MalformedBundle."""
    try:
        found = Disposed(
            disposing.parse(manifest),
            parse_outcome(outcome),
            None if certificate is None else certifying.parse(certificate),
        )
    except MalformedDisposition as refused:
        raise MalformedBundle(f"disposition {disposition}: {refused}") from None
    parts = (found.manifest, found.outcome, found.certificate)
    if any(each and (each.installation, each.id) != (installation, disposition) for each in parts):
        raise MalformedBundle(f"disposition {disposition} has a file of another one")
    return found


def parse_outcome(data: bytes) -> Outcome:
    """The outcome that these bytes spell. Raises MalformedBundle."""
    try:
        document = Document.parse(data, _KEYS, Malformed)
        document.version()
        document.choice("kind", [KIND])
        found = Outcome(
            document.installation(),
            document.text("id"),
            tuple(map(_gone, document.parts("gone", MAX_RECORDS, _GONE))),
            tuple(map(_stayed, document.parts("left_out", MAX_RECORDS, _LEFT_OUT))),
        )
    except Malformed as refused:
        raise MalformedBundle(f"what became of a disposition is not told: {refused}") from None
    cases = [each.case for each in found.gone] + [each.case for each in found.left_out]
    if len(set(cases)) != len(cases) or found.to_bytes() != data:
        raise MalformedBundle("what became of a disposition is told twice, or not in order")
    return found


def _gone(part: Document) -> Gone:
    record_class = part.text("class")
    if not CODE.fullmatch(record_class):
        raise Malformed("class is not a coded value")
    return Gone(
        case=part.hash("case"),
        record_class=record_class,
        version=part.whole("version"),
        triggered=part.day("triggered"),
        due=part.day("due"),
        executed=part.day("executed"),
    )


def _stayed(part: Document) -> Stayed:
    return Stayed(part.hash("case"), part.choice("reason", LEFT_OUT), part.day("on"))


def _gone_fields(stub: Gone) -> dict[str, object]:
    return {
        "case": stub.case,
        "class": stub.record_class,
        "version": stub.version,
        "triggered": stub.triggered.isoformat(),
        "due": stub.due.isoformat(),
        "executed": stub.executed.isoformat(),
    }
