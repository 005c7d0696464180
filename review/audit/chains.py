"""Brings the entries of each case into their order, which is that of `previous`.

Batches are shuffled, so that within one an entry may stand before the one that it follows. At the
end of a batch nothing may be left over. What breaks a chain is told, and the case is taken up again
where its next entry is, so that one lost entry makes one exception and not a thousand.
"""

import hashlib
from binascii import unhexlify
from collections.abc import Callable, Mapping, Sequence

from review.audit.cases import Case, Cases
from review.audit.entries import COVER, Row
from review.audit.place import Place, place_of

Handler = Callable[[Place | None, Row, Case | None], None]
Tell = Callable[..., None]
_Loose = tuple[Place, Row, bytes]
# How often a broken chain may be compared with every case there is, hash by hash.
_SEARCHES = 1_000_000


class Chains:
    """The order of every case, as far as the ledger has been read."""

    def __init__(
        self, cases: Cases, handlers: Mapping[bytes, Sequence[Handler]], tell: Tell
    ) -> None:
        self._cases = cases
        self._handlers = handlers
        self._tell = tell
        # The case whose newest entry has this leaf hash.
        self._heads: dict[bytes, Case] = {}
        # Entries of this batch that follow one which has not come yet.
        self._loose: dict[bytes, list[_Loose]] = {}
        self._searches = _SEARCHES

    def take(
        self, ledger: int, first: int, rows: Sequence[Row | None], leaves: Sequence[bytes]
    ) -> None:
        """Hand out these entries, or keep them until the one that they follow has come."""
        heads, handlers, loose = self._heads, self._handlers, self._loose
        for at, (row, leaf) in enumerate(zip(rows, leaves, strict=True), first):
            if row is None or row[8] == COVER:
                continue
            place = place_of((ledger, at))
            if not row[7]:
                for handler in handlers.get(row[8], ()):
                    handler(place, row, None)
            elif row[6]:
                previous = unhexlify(row[6])
                case = heads.pop(previous, None)
                if case is None:
                    loose.setdefault(previous, []).append((place, row, leaf))
                else:
                    self._advance(case, place, row, leaf)
            else:
                self._advance(self._begun(place, row), place, row, leaf)

    def end_batch(self) -> None:
        """Tell what is left over, and go on with it as well as can be."""
        while self._loose:
            leaves = {leaf for each in self._loose.values() for _, _, leaf in each}
            # Only where a chain is broken: what follows a loose entry is not itself at fault. A
            # ring of entries, each after the other, cannot be: it would be a collision.
            for previous in sorted(set(self._loose) - leaves):
                for place, row, leaf in self._loose.pop(previous):
                    case = self._found(row) or Case(None)
                    self._heads.pop(case.leaf, None)
                    self._tell(
                        f"{place} does not follow the newest entry of its case: one is missing "
                        "between them, or two follow the same",
                        place,
                        case.last,
                    )
                    self._advance(case, place, row, leaf)

    def _advance(self, case: Case, place: Place, row: Row, leaf: bytes) -> None:
        """Hand out one entry of a case, and those that have waited for it."""
        heads, handlers, loose = self._heads, self._handlers, self._loose
        while True:
            if case.id is not None:
                subject = hashlib.sha256(case.id + unhexlify(row[4])).digest()
                if subject != unhexlify(row[7]):
                    told = f"{place} is about something else than {case.name}"
                    self._tell(told, place, case.last)
            for handler in handlers.get(row[8], ()):
                handler(place, row, case)
            case.last = place
            case.count += 1
            if not loose or leaf not in loose:
                break
            followers = loose.pop(leaf)
            if len(followers) > 1:
                loose[leaf] = followers[1:]
            place, row, leaf = followers[0]
        case.leaf = leaf
        heads[leaf] = case

    def _begun(self, place: Place, row: Row) -> Case:
        digest = unhexlify(row[3])
        case = self._cases.first_told(digest, row[7].decode(), unhexlify(row[4]))
        case = case or self._found(row)
        if case is None:
            self._tell(f"{place} begins a case of which the book has no record", place)
            return Case(None)
        self._heads.pop(case.leaf, None)
        if case.count:
            self._tell(f"{place} begins {case.name}, which has entries already", place, case.last)
        return case

    def _found(self, row: Row) -> Case | None:
        """The case that an entry is about, by trying them all."""
        nonce, subject = unhexlify(row[4]), unhexlify(row[7])
        if self._searches < len(self._cases.all):
            return None
        self._searches -= len(self._cases.all)
        for case in self._cases.all:
            if case.id is not None and hashlib.sha256(case.id + nonce).digest() == subject:
                return case
        return None
