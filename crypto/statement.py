"""What intake signs for a deposit that is not in the ledger yet: a deposit statement.

It names the installation, the day and the value that the tally has for the deposit, and nothing
that could be linked to a case by whoever sees it without the entry. Once the entry is in the
ledger, its digest and nonce show that it is the one that was promised.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from crypto import signing, strict
from crypto.document import VERSION, Document
from crypto.entry import Entry, tally_value
from crypto.errors import InvalidSignature, MalformedStatement, WrongPlace

KIND = "deposit-statement"
_KEYS = ("v", "installation", "on", "deposit", "signature")
_RECEIPTS = ("submission.received", "follow-up.received")


@dataclass(frozen=True)
class Statement:
    """A deposit statement. Only verify says that intake signed it."""

    installation: str
    on: date
    deposit: str
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """The name of exactly this statement."""
        return hashlib.sha256(self.document).hexdigest()

    def check_entry(self, entry: Entry) -> None:
        """Return if this entry is the receipt that the statement promises. Raises WrongPlace."""
        if entry.type not in _RECEIPTS or entry.digest is None:
            raise WrongPlace("the entry is of no deposit")
        if tally_value(entry.digest, entry.nonce) != self.deposit:
            raise WrongPlace("the entry is of another deposit than the statement")
        if entry.on != self.on:
            raise WrongPlace("the entry has another day than the statement")


def sign(installation: str, on: date, digest: str, nonce: bytes, seed: bytes) -> bytes:
    """The signed statement for what was deposited on a day with this digest of its sealed bytes.

    Day and nonce are those that its entry in the ledger will have.
    """
    fields = {
        "v": VERSION,
        "installation": installation,
        "on": on.isoformat(),
        "deposit": tally_value(digest, nonce),
    }
    return parse(strict.canonical(signing.sign(KIND, fields, seed))).document


def parse(data: bytes) -> Statement:
    """The statement that these canonical bytes spell, whoever signed it.

    Raises MalformedStatement.
    """
    return _read(Document.parse(data, _KEYS, MalformedStatement), data)


def _read(document: Document, data: bytes) -> Statement:
    document.version()
    statement = Statement(
        installation=document.installation(),
        on=document.day("on"),
        deposit=document.hash("deposit"),
        document=data,
    )
    document.signature()
    return statement


def verify(data: bytes, statement_keys: Iterable[bytes]) -> Statement:
    """The statement in data, signed by one of a roster's statement keys.

    Raises MalformedStatement or InvalidSignature.
    """
    document = Document.parse(data, _KEYS, MalformedStatement)
    statement = _read(document, data)
    for key in statement_keys:
        try:
            signing.check(KIND, document.fields, key)
        except InvalidSignature:
            continue
        return statement
    raise InvalidSignature("none of the roster's statement keys has signed this")
