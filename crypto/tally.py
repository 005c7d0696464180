"""The tally of a day: the values of all its deposits, filled up, closed and signed by intake.

Intake adds a deposit's value in the deposit's own transaction, so that a collector that drops the
deposit cannot also drop it from the tally. A day is filled up to a multiple of STEP with pads. They
are HMACs under a key drawn for the day, which closing it discloses: before, a day's volume shows
only in steps, and afterwards whoever has the document can tell pads from deposits.

A day without deposits is closed as well: otherwise a missing day would look like a quiet one.
"""

import hashlib
import hmac
import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from crypto import signing, strict
from crypto.derivation import PREFIX
from crypto.document import VERSION, Document, is_hash
from crypto.errors import InvalidSignature, Malformed, MalformedTally

KIND = "tally-day"
STEP = 16
KEY_SIZE = 32
# Far more deposits than a day can have, and a document that still fits into memory.
MAX_VALUES = 1 << 20
_PAD = PREFIX + b"tally-pad\n"
_KEYS = ("v", "installation", "on", "key", "values", "signature")


@dataclass(frozen=True)
class TallyDay:
    """The closed tally of one day. Only verify says that intake signed it."""

    installation: str
    on: date
    deposits: frozenset[str] = field(repr=False)
    pads: int
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """The name of exactly this document, signature included."""
        return hashlib.sha256(self.document).hexdigest()


def pad(key: bytes, number: int) -> str:
    """The value with this number that fills up the day of this key."""
    if len(key) != KEY_SIZE:
        raise ValueError("the key of a day is 32 bytes")
    return hmac.new(key, _PAD + struct.pack(">I", number), hashlib.sha256).hexdigest()


def pads(count: int, key: bytes) -> tuple[str, ...]:
    """What fills up a day with so many deposits: to a multiple of STEP, and to STEP at least."""
    whole = max(STEP, -(-count // STEP) * STEP)
    return tuple(pad(key, number) for number in range(whole - count))


def close(installation: str, on: date, values: Collection[str], key: bytes, seed: bytes) -> bytes:
    """The signed tally of a day with these values of deposits; the pads are added here.

    The key is 32 bytes drawn for this day alone, the seed that of a statement key. Raises
    MalformedTally, above all if a value is no hash or is there twice.
    """
    fields = {
        "v": VERSION,
        "installation": installation,
        "on": on.isoformat(),
        "key": key.hex(),
        "values": sorted([*values, *pads(len(values), key)]),
    }
    return parse(strict.canonical(signing.sign(KIND, fields, seed))).document


def parse(data: bytes) -> TallyDay:
    """The tally that these canonical bytes spell, whoever signed it. Raises MalformedTally."""
    return _read(Document.parse(data, _KEYS, MalformedTally), data)


def _read(document: Document, data: bytes) -> TallyDay:
    document.version()
    values = _values(document.fields["values"])
    key = _key(document)
    found = [number for number in range(STEP + 1) if pad(key, number) in values]
    deposits = values - {pad(key, number) for number in found}
    if found != list(range(len(pads(len(deposits), key)))):
        raise MalformedTally("the values are not deposits filled up to a multiple of sixteen")
    tally = TallyDay(
        installation=document.installation(),
        on=document.day("on"),
        deposits=deposits,
        pads=len(found),
        document=data,
    )
    document.signature()
    return tally


def _values(values: object) -> frozenset[str]:
    if not isinstance(values, list) or not STEP <= len(values) <= MAX_VALUES:
        raise MalformedTally("values is not a list of at least sixteen")
    if not all(isinstance(value, str) and is_hash(value) for value in values):
        raise MalformedTally("a value is not a SHA-256")
    distinct = frozenset(cast(list[str], values))
    if sorted(distinct) != values:
        raise MalformedTally("the values are not in order, each once")
    return distinct


def _key(document: Document) -> bytes:
    try:
        return strict.hex_bytes(document.text("key"), KEY_SIZE)
    except Malformed:
        raise MalformedTally("key is not 32 bytes") from None


def verify(data: bytes, statement_keys: Iterable[bytes]) -> TallyDay:
    """The tally in data, signed by one of a roster's statement keys.

    Raises MalformedTally or InvalidSignature.
    """
    document = Document.parse(data, _KEYS, MalformedTally)
    tally = _read(document, data)
    for key in statement_keys:
        try:
            signing.check(KIND, document.fields, key)
        except InvalidSignature:
            continue
        return tally
    raise InvalidSignature("none of the roster's statement keys has signed this tally")
