"""What is to be disposed of: a manifest.

It is the canonical list of records that two people approve: they sign an act that names its hash,
so that whatever was changed in it is approved by nobody. It is coded values, days and hashes: no
word out of a case. crypto.certifying says afterwards how each record ended.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crypto import strict
from crypto.document import VERSION, Document
from crypto.errors import MalformedDisposition

KIND = "disposition"
ACT, REJECT = "approve-disposition", "reject-disposition"
# Why somebody objects to a disposition, in coded values.
REASONS = ("NEEDED", "WRONG", "MISTAKE")
MAX_RECORDS = 500
MAX_DAYS = 3650
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ID = re.compile(r"[0-9a-f]{32}")
_KEYS = ("v", "kind", "installation", "id", "by", "on", "cooling", "records")
RECORD = ("case", "class", "version", "triggered", "due", "content")


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
    found = tuple(line_of(part) for part in document.parts("records", MAX_RECORDS, RECORD))
    cases = [each.case for each in found]
    if not cases or cases != sorted(set(cases)) or cooling > MAX_DAYS:
        raise MalformedDisposition("the records are none, out of order, or there twice")
    return Manifest(
        installation=document.installation(),
        id=disposition_of(document),
        by=document.id("by"),
        on=document.day("on"),
        cooling=cooling,
        records=found,
        document=data,
    )


def line_of(part: Document) -> Line:
    """The record that a part of a document spells. Raises MalformedDisposition."""
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


def disposition_of(document: Document) -> str:
    """The id of the disposition that a document is about. Raises MalformedDisposition."""
    value = document.text("id")
    if not _ID.fullmatch(value):
        raise MalformedDisposition("id is not 32 hexadecimal digits in lower case")
    return value
