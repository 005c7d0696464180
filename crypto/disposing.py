"""What is to be disposed of, and what is left to show of it: a manifest and its certificate.

A manifest is the canonical list of records that two people approve: they sign an act that names its
hash, so that whatever was changed in it is approved by nobody. The certificate says afterwards by
whose authority, how and when each record went, which did not, and on which day the last backup ends
that could have brought one back. Both are coded values, days and hashes: no word out of a case.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crypto import strict
from crypto.document import VERSION, Document
from crypto.errors import MalformedDisposition

KIND, CERTIFICATE = "disposition", "certificate"
ACT, REJECT = "approve-disposition", "reject-disposition"
# Why somebody objects to a disposition, in coded values.
REASONS = ("NEEDED", "WRONG", "MISTAKE")
MAX_RECORDS = 500
MAX_DAYS = 3650
LEFT_OUT = ("REOPENED", "ON_HOLD", "RECUSED", "CHANGED")
METHODS = ("KEY_DESTROYED", "ROWS_REMOVED", "MAILBOX_REMOVED", "STORES_REWRITTEN")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ID = re.compile(r"[0-9a-f]{32}")
_KEYS = ("v", "kind", "installation", "id", "by", "on", "cooling", "records")
_RECORD = ("case", "class", "version", "triggered", "due", "content")
_CERTIFICATE = (
    *("v", "kind", "installation", "id", "manifest", "act", "by", "proposed", "approvers"),
    *("approved", "executed", "verified", "gone", "left_out", "method", "backup", "exports"),
)


def subject(disposition: str) -> str:
    """What the act that approves a disposition is about."""
    return f"disposition/{disposition}"


def content_hash(messages: Iterable[Mapping[str, object]]) -> str:
    """The hash of what a record holds, by the messages as the auditor's bundle tells them."""
    return hashlib.sha256(strict.canonical(list(messages))).hexdigest()


@dataclass(frozen=True, order=True)
class Line:
    """A record: its case, class and version, the days its time runs from and to, its content."""

    case: str
    record_class: str
    version: int
    triggered: date
    due: date
    content: str

    def fields(self) -> dict[str, object]:
        """The line as the documents have it."""
        return {
            "case": self.case,
            "class": self.record_class,
            "version": self.version,
            "triggered": self.triggered.isoformat(),
            "due": self.due.isoformat(),
            "content": self.content,
        }


@dataclass(frozen=True)
class Manifest:
    """Records that somebody proposes to dispose of; cooling is in days, after the approval."""

    installation: str
    id: str
    by: str
    on: date
    cooling: int
    records: tuple[Line, ...]
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """What two people approve."""
        return hashlib.sha256(self.document).hexdigest()


def build(
    *, installation: str, disposition: str, by: str, on: date, cooling: int, records: Iterable[Line]
) -> Manifest:
    """The manifest of these records. Raises MalformedDisposition."""
    fields = {
        "v": VERSION,
        "kind": KIND,
        "installation": installation,
        "id": disposition,
        "by": by,
        "on": on.isoformat(),
        "cooling": cooling,
        "records": [each.fields() for each in sorted(records)],
    }
    return parse(strict.canonical(fields))


def parse(data: bytes) -> Manifest:
    """The manifest that these canonical bytes spell. Raises MalformedDisposition."""
    document = Document.parse(data, _KEYS, MalformedDisposition)
    document.version()
    document.choice("kind", [KIND])
    cooling = document.whole("cooling")
    found = tuple(_line(part) for part in document.parts("records", MAX_RECORDS, _RECORD))
    cases = [each.case for each in found]
    if not cases or cases != sorted(set(cases)) or cooling > MAX_DAYS:
        raise MalformedDisposition("the records are none, out of order, or there twice")
    return Manifest(
        installation=document.installation(),
        id=_id(document),
        by=document.id("by"),
        on=document.day("on"),
        cooling=cooling,
        records=found,
        document=data,
    )


@dataclass(frozen=True)
class Certificate:
    """How a disposition ended. Only the ledger's entry with its hash says that it is ours.

    executed is the day of the last record that went, None where every one was left out; backup is
    the day on which the last backup of the shred keys ends that was made while a key was there,
    exports the hashes of bundles that had left before and are out of reach.
    """

    installation: str
    id: str
    manifest: str
    act: str
    by: str
    proposed: date
    approvers: tuple[str, ...]
    approved: date
    executed: date | None
    verified: date
    gone: tuple[str, ...]
    left_out: Mapping[str, str]
    backup: date | None
    exports: tuple[str, ...]
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """What the ledger's entry names."""
        return hashlib.sha256(self.document).hexdigest()


def certify(
    manifest: Manifest, *, act: str, approvers: Iterable[str], approved: date,
    executed: date | None, verified: date, gone: Iterable[str], left_out: Mapping[str, str],
    backup: date | None, exports: Iterable[str],
) -> Certificate:  # fmt: skip
    """The certificate of a disposition that has ended. Raises MalformedDisposition."""
    fields = {
        "v": VERSION,
        "kind": CERTIFICATE,
        "installation": manifest.installation,
        "id": manifest.id,
        "manifest": manifest.hash,
        "act": act,
        "by": manifest.by,
        "proposed": manifest.on.isoformat(),
        "approvers": sorted(set(approvers)),
        "approved": approved.isoformat(),
        "executed": None if executed is None else executed.isoformat(),
        "verified": verified.isoformat(),
        "gone": sorted(gone),
        "left_out": dict(left_out),
        "method": list(METHODS),
        "backup": None if backup is None else backup.isoformat(),
        "exports": sorted(set(exports)),
    }
    return parse_certificate(strict.canonical(fields))


def parse_certificate(data: bytes) -> Certificate:
    """The certificate that these canonical bytes spell. Raises MalformedDisposition."""
    document = Document.parse(data, _CERTIFICATE, MalformedDisposition)
    document.version()
    document.choice("kind", [CERTIFICATE])
    fields = document.fields
    gone, left_out = _hashes(document, "gone"), _left_out(fields["left_out"])
    if fields["method"] != list(METHODS) or set(gone) & set(left_out):
        raise MalformedDisposition("not how a record goes, or one both went and did not")
    return Certificate(
        installation=document.installation(),
        id=_id(document),
        manifest=document.hash("manifest"),
        act=document.hash("act"),
        by=document.id("by"),
        proposed=document.day("proposed"),
        approvers=document.ids("approvers"),
        approved=document.day("approved"),
        executed=None if document.is_null("executed") else document.day("executed"),
        verified=document.day("verified"),
        gone=gone,
        left_out=left_out,
        backup=None if document.is_null("backup") else document.day("backup"),
        exports=_hashes(document, "exports"),
        document=data,
    )


def _line(part: Document) -> Line:
    return Line(
        case=part.hash("case"),
        record_class=_code(part, "class"),
        version=part.whole("version"),
        triggered=part.day("triggered"),
        due=part.day("due"),
        content=part.hash("content"),
    )


def _code(part: Document, key: str) -> str:
    value = part.text(key)
    if not _CODE.fullmatch(value):
        raise MalformedDisposition(f"{key} is not a coded value")
    return value


def _id(document: Document) -> str:
    value = document.text("id")
    if not _ID.fullmatch(value):
        raise MalformedDisposition("id is not the id of a disposition")
    return value


def _hashes(document: Document, key: str) -> tuple[str, ...]:
    value = document.fields[key]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MalformedDisposition(f"{key} is not a list of hashes")
    parts = [Document({key: each}, [key], MalformedDisposition).hash(key) for each in value]
    if parts != sorted(set(parts)):
        raise MalformedDisposition(f"{key} is not in order")
    return tuple(parts)


def _left_out(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_RECORDS:
        raise MalformedDisposition("left_out is not an object")
    for case, reason in value.items():
        Document({"case": case}, ["case"], MalformedDisposition).hash("case")
        if reason not in LEFT_OUT:
            raise MalformedDisposition("a reason why a record was left out is none of ours")
    return dict(value)
