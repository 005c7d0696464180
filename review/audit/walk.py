"""Reads every ledger of a bundle once, batch by batch, and hands its entries to the checks.

What is held at a time is a piece of a file and one hash for each level of the tree; what the checks
remember grows with cases and deposits, never with entries.
"""

import hashlib
from collections.abc import Iterator, Sequence

from crypto import strict
from crypto.merkle import Frontier
from review.audit.ahead import read_ahead
from review.audit.bundle import Batch
from review.audit.chains import Chains, Handler, Tell
from review.audit.check import Check
from review.audit.entries import EntryReader, Row
from review.audit.known import Known, Walked
from review.audit.place import Place
from review.audit.records import Act


def walk(known: Known, checks: Sequence[Check], tell: Tell) -> None:
    """Call the hooks of all checks, in the order of the ledgers; tell takes broken chains."""
    for check in checks:
        check.begin()
    handlers: dict[bytes, list[Handler]] = {}
    for check in checks:
        for kind in check.types:
            handlers.setdefault(kind, []).append(check.act)
    chains = Chains(known.cases, handlers, tell)
    reader = EntryReader()
    for number in known.bundle.ledgers:
        _Ledger(known, checks, chains, reader, number).read()
    _hand_out_waiting(known, checks, handlers)
    for check in checks:
        check.end()


class _Ledger:
    """One ledger while it is read."""

    def __init__(
        self,
        known: Known,
        checks: Sequence[Check],
        chains: Chains,
        reader: EntryReader,
        number: int,
    ) -> None:
        self._known = known
        self._checks = checks
        self._row_checks = [each for each in checks if type(each).rows is not Check.rows]
        self._chains = chains
        self._reader = reader
        self._number = number
        self._frontier = Frontier()
        self._batches = known.bundle.batches(number)
        self._batch: Batch | None = next(self._batches, None)
        self._count = 1
        self._first = 0

    def read(self) -> None:
        """All entries, and all batches, whichever there are more of."""
        with read_ahead(self._known.bundle.entry_chunks(self._number)) as chunks:
            for chunk in chunks:
                self._take(chunk)
        self._known.sizes[self._number] = self._frontier.size
        self._chains.end_batch()
        if self._frontier.size > self._first and self._batch is None:
            rest = (Place(self._number, self._first), self._frontier.size)
            self._known.unsigned.append(rest)
        while self._batch is not None:
            self._end_batch(self._batch, None)

    def _take(self, chunk: bytes) -> None:
        lines = chunk[:-1].split(b"\n")
        rows = self._reader.rows(chunk, lines)
        sha256 = hashlib.sha256
        leaves = [sha256(b"\x00" + line).digest() for line in lines]
        at = 0
        while at < len(lines):
            self._end_empty_batches()
            take = self._room(len(lines) - at)
            self._hand_out(rows[at : at + take], leaves[at : at + take])
            at += take
            self._note_since()
            if self._batch is not None and self._frontier.size == self._batch.size:
                self._end_batch(self._batch, self._frontier.root())

    def _end_empty_batches(self) -> None:
        """Batches that say to end where the one before did, or earlier."""
        while self._batch is not None and self._batch.size <= self._frontier.size:
            self._end_batch(self._batch, None)

    def _room(self, count: int) -> int:
        """How many entries to read until there is a root to be compared."""
        size = self._frontier.size
        stops = [size + count]
        if self._batch is not None:
            stops.append(self._batch.size)
        since = self._known.since
        if since is not None and since.size > size:
            stops.append(since.size)
        return min(stops) - size

    def _hand_out(self, rows: Sequence[Row | None], leaves: Sequence[bytes]) -> None:
        first = Place(self._number, self._frontier.size)
        for check in self._row_checks:
            check.rows(first, rows)
        self._chains.take(self._number, first.at, rows, leaves)
        self._frontier.extend(leaves)

    def _note_since(self) -> None:
        since = self._known.since
        if since is not None and since.size == self._frontier.size:
            self._known.roots_at_since[self._number] = self._frontier.root()

    def _end_batch(self, batch: Batch, root: bytes | None) -> None:
        known = self._known
        self._chains.end_batch()
        walked = Walked(
            ledger=self._number,
            number=self._count,
            first=self._first,
            size=batch.size,
            on=batch.on.isoformat().encode(),
            before_on=known.today,
            note=batch.note,
            root=root,
        )
        known.newest[self._number] = walked
        known.batches += 1
        if root is not None and root in known.asked.roots:
            known.roots_met.add(root)
        for check in self._checks:
            check.batch(walked)
        self._count += 1
        self._first = self._frontier.size
        self._batch = next(self._batches, None)


def _hand_out_waiting(
    known: Known, checks: Sequence[Check], handlers: dict[bytes, list[Handler]]
) -> None:
    for case, record in known.cases.waiting:
        rows = list(_waiting_rows(record.waiting))
        for check in checks:
            check.rows(None, rows)
        for row in rows:
            for handler in handlers.get(row[8], ()):
                handler(None, row, case)
            case.count += 1
    for row in _waiting_rows(known.waiting):
        for check in checks:
            check.rows(None, [row])
        for handler in handlers.get(row[8], ()):
            handler(None, row, None)


def _waiting_rows(acts: Sequence[Act]) -> Iterator[Row]:
    """Acts as the rows that they will be, as far as that is known."""
    for act in acts:
        yield Row(
            by=(act.by or "").encode(),
            commitment=(act.commitment or "").encode(),
            data=strict.canonical(dict(act.data)),
            digest=(act.digest or "").encode(),
            nonce=b"",
            on=act.on.isoformat().encode(),
            previous=b"",
            subject=b"",
            type=act.type.encode(),
        )
