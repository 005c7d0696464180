"""The proof that the ledger has a certificate, for whoever is handed one.

What makes certificates sees every store; this sees the book alone, and is what the console uses.
"""

from sqlalchemy import Connection

from crypto import strict
from crypto.certifying import Certificate
from review.ledger import prove
from review.store import ledger
from review.store.ledger import LedgerRow, SignedHead


def place_of(book: Connection, certificate: Certificate) -> tuple[LedgerRow, int] | None:
    """Where the ledger has the entry of a certificate, or None before the batch that brings it."""
    wanted = strict.canonical({"certificate": certificate.hash})[1:-1]
    for row in reversed(ledger.all_ledgers(book)):
        after = certificate.after
        start = after.size if after is not None and after.origin == row.origin else 0
        for index, document in ledger.entries_from(book, row.number, start):
            if wanted in document and b'"type":"disposition.verified"' in document:
                return row, index
        if start:
            break
    return None


def is_proven(book: Connection, certificate: Certificate) -> bool:
    """Whether there is a proof that the ledger has a certificate's hash."""
    return _signed_place(book, certificate) is not None


def proof_of(book: Connection, certificate: Certificate) -> bytes | None:
    """The proof that the ledger has a certificate's hash, or None before it is signed.

    Raises InvalidProof where what is stored proves nothing.
    """
    found = _signed_place(book, certificate)
    if found is None:
        return None
    (row, index), signed = found
    return prove(book, row, index, signed.note).to_bytes()


def _signed_place(
    book: Connection, certificate: Certificate
) -> tuple[tuple[LedgerRow, int], SignedHead] | None:
    place = place_of(book, certificate)
    signed = None if place is None else ledger.newest_checkpoint(book, place[0].number)
    if place is None or signed is None or signed.size <= place[1]:
        return None
    return place, signed
