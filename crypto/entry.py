"""What a leaf of the ledger says: one act, on one day, in canonical JSON.

Every entry has the same fields, so that only its type tells entries apart, and a nonce of its own,
so that nobody who has only hashes can find out what an entry is about by guessing. Which fields a
type fills in, and with what, is crypto.entry_types. Nothing here is a word out of a case.

The order of a case's entries is read from `previous`, the leaf hash of the entry before. An entry's
index says nothing: batches are shuffled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crypto import entry_patterns, merkle, strict
from crypto.document import VERSION, Document, is_id
from crypto.entry_types import TYPES, EntryType, Value, check_data
from crypto.errors import Malformed, MalformedEntry, WrongPlace, WrongText

NONCE_SIZE = 32
SIZE_LIMIT = 1 << 14
COVER = "cover"
_HASH_SIZE = 32
_KEYS = (
    *("v", "type", "on", "subject", "digest", "commitment", "by", "data", "previous"),
    "nonce",
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act. Hashes are lower-case hexadecimal; what a type does not fill in is None."""

    type: str
    on: date
    nonce: bytes = field(repr=False)
    subject: str | None = None
    digest: str | None = None
    commitment: str | None = None
    by: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)
    previous: str | None = None

    def to_bytes(self) -> bytes:
        """The leaf's bytes. Raises MalformedEntry if the fields are not those of the type."""
        data = strict.canonical(
            {
                "v": VERSION,
                "type": self.type,
                "on": self.on.isoformat(),
                "subject": self.subject,
                "digest": self.digest,
                "commitment": self.commitment,
                "by": self.by,
                "data": dict(self.data),
                "previous": self.previous,
                "nonce": self.nonce.hex(),
            }
        )
        parse(data)
        return data

    @property
    def leaf_hash(self) -> str:
        """The name of exactly this entry, by which the next one of its case refers to it."""
        return merkle.leaf_hash(self.to_bytes()).hex()

    @property
    def meaning(self) -> str:
        """What happened, as a clause in lower case."""
        return TYPES[self.type].meaning

    def check_case(self, case: str) -> None:
        """Return if the entry is about the case with this id. Raises WrongPlace."""
        if self.subject != subject(case, self.nonce):
            raise WrongPlace("the entry is about something else than this case")

    def check_follows(self, previous: "Entry | None") -> None:
        """Return if the entry names this one as its case's entry before, or none if there is none.

        Raises WrongPlace.
        """
        if self.previous != (previous.leaf_hash if previous else None):
            raise WrongPlace("the entry follows another one")

    def check_text(self, nonce: bytes, text: bytes) -> None:
        """Return if the entry commits to this text under the nonce its sender kept.

        Raises WrongText.
        """
        if self.commitment is None:
            raise WrongText("an entry of this type commits to no text")
        if self.commitment != commitment(nonce, text):
            raise WrongText("the text and nonce are not what the entry commits to")


def subject(case: str, nonce: bytes) -> str:
    """What an entry has for a case: the hash of the case's id and the entry's nonce."""
    return hashlib.sha256(strict.hex_bytes(case, _HASH_SIZE) + nonce).hexdigest()


def commitment(nonce: bytes, text: bytes) -> str:
    """What a sender tells of a message: the hash of a nonce of theirs and the canonical bytes."""
    if len(nonce) != NONCE_SIZE:
        raise ValueError("a commitment's nonce is 32 bytes")
    return hashlib.sha256(nonce + text).hexdigest()


def tally_value(digest: str, nonce: bytes) -> str:
    """What the tally and the deposit statement have for a deposit, and its entry proves.

    The digest is that of the sealed bytes and the nonce that of the entry, drawn at the deposit.
    """
    if len(nonce) != NONCE_SIZE:
        raise ValueError("an entry's nonce is 32 bytes")
    return hashlib.sha256(strict.hex_bytes(digest, _HASH_SIZE) + nonce).hexdigest()


def cover(on: date, nonce: bytes) -> Entry:
    """An entry that says nothing, to fill a batch."""
    return Entry(type=COVER, on=on, nonce=nonce)


def parse(data: bytes) -> Entry:
    """The entry that these canonical bytes spell. Raises MalformedEntry."""
    if len(data) > SIZE_LIMIT:
        raise MalformedEntry("too long for an entry")
    return _read_plain(data) or _read(data)


def _read_plain(data: bytes) -> Entry | None:
    """The entry if its spelling is plainly right, several times as fast as field by field."""
    found = entry_patterns.match(data)
    if found is None or (found["subject"] == b"null" != found["previous"]):
        return None
    try:
        on = date.fromisoformat(found["on"][1:-1].decode("ascii"))
    except ValueError:
        return None
    return Entry(
        type=found["type"].decode("ascii"),
        on=on,
        nonce=bytes.fromhex(found["nonce"][1:-1].decode("ascii")),
        subject=_plain(found["subject"]),
        digest=_plain(found["digest"]),
        commitment=_plain(found["commitment"]),
        by=_plain(found["by"]),
        data=json.loads(found["data"]),
        previous=_plain(found["previous"]),
    )


def _plain(spelled: bytes) -> str | None:
    return None if spelled == b"null" else spelled[1:-1].decode("ascii")


def _read(data: bytes) -> Entry:
    document = Document.parse(data, _KEYS, MalformedEntry)
    document.version()
    kind = TYPES.get(document.text("type"))
    if kind is None:
        raise MalformedEntry("an entry of a type that is not known here")
    return Entry(
        type=kind.name,
        on=document.day("on"),
        nonce=_nonce(document),
        subject=_filled(document, "subject", kind),
        digest=_filled(document, "digest", kind),
        commitment=_filled(document, "commitment", kind),
        by=_person(document, kind),
        data=check_data(kind, document.part("data", kind.data)),
        previous=_previous(document, kind),
    )


def _filled(document: Document, key: str, kind: EntryType) -> str | None:
    """The hash under key, which is there or null as the type has it."""
    _check_presence(document, key, kind)
    return None if document.is_null(key) else document.hash(key)


def _person(document: Document, kind: EntryType) -> str | None:
    _check_presence(document, "by", kind)
    if document.is_null("by"):
        return None
    by = document.text("by")
    if not is_id(by):
        raise MalformedEntry("by is not the id of a person")
    return by


def _previous(document: Document, kind: EntryType) -> str | None:
    if document.is_null("previous"):
        return None
    if document.is_null("subject"):
        raise MalformedEntry(f"a {kind.name} that is about no case follows none")
    return document.hash("previous")


def _check_presence(document: Document, key: str, kind: EntryType) -> None:
    if document.is_null(key):
        if key in kind.required:
            raise MalformedEntry(f"{kind.name} without {key}")
    elif key not in kind.required | kind.optional:
        raise MalformedEntry(f"{kind.name} with {key}")


def _nonce(document: Document) -> bytes:
    try:
        return strict.hex_bytes(document.text("nonce"), NONCE_SIZE)
    except Malformed:
        raise MalformedEntry("nonce is not 32 bytes") from None
