"""The book says of every case what its entries say, and the other way round.

First each record is compared with its case by counts and hashes, which takes no memory. For the few
cases that differ the entries are read once more, to name the ones at fault.
"""

import hashlib
import json
from binascii import unhexlify
from collections.abc import Iterator

from review.audit.brief import NOT_KNOWN, Brief, Told, told_of
from review.audit.cases import MESSAGES, RECEIPTS, Case
from review.audit.check import Check
from review.audit.entries import EntryReader, Row
from review.audit.known import Walked
from review.audit.place import Place
from review.audit.records import THREADS

# For so many cases the messages at fault are looked for.
_LOOKED_INTO = 5
# Before the number in the data of a receipt, which have no other key.
_SLICES = len(b'{"slices":')
_KEYED = b"case.keyed"
_Told = tuple[Place, Told]


class Recorded(Check):
    """Nothing was changed, taken away or put into the book behind the ledger."""

    name = "records"
    holds = "every record of a case is as its entries say, and every entry has its record"
    tests = ("RA-01", "RA-05")
    types = frozenset(MESSAGES) | {_KEYED}

    def begin(self) -> None:
        """No batch has been read."""
        self._began = b""
        # The newest key of each case that has another than its first.
        self._generations: dict[int, int] = {}

    def batch(self, walked: Walked) -> None:
        """Only of messages of before the first batch may the digest not be known."""
        self._began = self._began or walked.on

    def act(self, place: Place | None, row: Row, case: Case | None) -> None:
        """One message more of the case."""
        if case is not None and row[8] == _KEYED:
            self._generations[id(case)] = json.loads(row[2])["generation"]
        if case is None or not _is_message(row):
            return
        told = _told(row)
        if case.unknown and (told[0], case.told.counts[told[0]] + 1) in case.unknown:
            told = told._replace(digest=NOT_KNOWN)
        case.told.add(told)

    def end(self) -> None:
        """Compare every case with its record."""
        for twice in self.known.cases.twice:
            self.tell(f"the record of case {twice} is not in order, or is there twice")
        differing: dict[str, Case] = {}
        unknown = 0
        for case in self.known.cases.all:
            unknown += len(case.unknown)
            if case.unknown_on > self._began:
                self.tell(
                    f"the record of {case.name} lacks the digest of a message of "
                    f"{case.unknown_on.decode()}, when there was a ledger already",
                    case.last,
                )
            if case.recorded is not None and case.id is not None:
                self._compare(case, differing)
        if unknown:
            self.leave(
                f"{unknown} messages of before the ledger have no digest in the book, so that "
                "which sealed bytes they are was not compared"
            )
        if differing:
            self._look_into(differing)

    def _compare(self, case: Case, differing: dict[str, Case]) -> None:
        if case.recorded is None or case.id is None:
            return
        state, on, generation, threads = case.recorded
        if not case.count:
            self.tell(f"the book has a record of {case.name}, and the ledger no entry")
            return
        if case.state is not state:
            self.tell(
                f"the book says that {case.name} is {state.value}, and its entries that it is "
                f"{case.state.value}",
                case.last,
            )
        if case.received_on != on:
            self.tell(
                f"the book says that {case.name} is of {on.decode()}, and its submission is of "
                f"{case.received_on.decode()}",
                case.last,
            )
        if generation != self._generations.get(id(case), 1):
            self.tell(f"the book says that {case.name} has another key, and no entry does")
        if case.told != threads:
            differing[case.id.hex()] = case

    def _look_into(self, differing: dict[str, Case]) -> None:
        some = dict(sorted(differing.items())[:_LOOKED_INTO])
        for name in sorted(differing.keys() - some.keys()):
            self.tell(
                f"the messages in the record of case {name} are not those of its entries",
                differing[name].last,
            )
        records = {each.case: each for each in self.known.bundle.records() if each.case in some}
        told: dict[str, list[_Told]] = {name: [] for name in some}
        for place, row in self._messages():
            for name, case in some.items():
                if case.id and hashlib.sha256(case.id + unhexlify(row[4])).digest() == unhexlify(
                    row[7]
                ):
                    told[name].append((place, _told(row)))
        for name in sorted(some):
            before = self.told.count
            self._name_messages(records[name], told[name])
            if self.told.count == before:
                self.tell(
                    f"the messages of case {name} stand in another order than their entries",
                    some[name].last,
                )

    def _messages(self) -> Iterator[tuple[Place, Row]]:
        reader = EntryReader()
        for ledger in self.known.bundle.ledgers:
            at = 0
            for chunk in self.known.bundle.entry_chunks(ledger):
                lines = chunk[:-1].split(b"\n")
                for row in reader.rows(chunk, lines):
                    if row is not None and row[7] and _is_message(row):
                        yield Place(ledger, at), row
                    at += 1

    def _name_messages(self, record: Brief, told: list[_Told]) -> None:
        late = {
            (act.digest or "").encode() for act in record.waiting if act.type.encode() in MESSAGES
        }
        left = dict(told)
        numbers = [0] * len(THREADS)
        for each in record.messages:
            numbers[each.thread] += 1
            where = f"message {numbers[each.thread]} of the {THREADS[each.thread]}"
            called = f"{where} in the record of case {record.case}"
            same = [
                at
                for at, other in left.items()
                if (other.thread, other.digest) == (each.thread, each.digest)
            ]
            if each.digest == NOT_KNOWN or (not same and each.digest in late):
                continue
            if not same:
                self.tell(f"{called} has no entry: it was changed, or put in behind the ledger")
            elif left.pop(same[0]) != each:
                self.tell(f"{called} is of another kind, day or size than {same[0]}", same[0])
        if any(each.digest == NOT_KNOWN for each in record.messages):
            return
        for place in sorted(left):
            self.tell(f"{place} tells of a message that the record of {record.case} lacks", place)


def _is_message(row: Row) -> bool:
    """Whether a message came with it: a step of which the submitter is not told brings none."""
    return row[8] in MESSAGES and bool(row[3])


def _told(row: Row) -> Told:
    thread, kind = MESSAGES[row[8]]
    slices = row[2][_SLICES:-1] if row[8] in RECEIPTS else b"0"
    return told_of((thread, kind, row[5], row[3], slices))
