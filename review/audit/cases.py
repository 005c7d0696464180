"""Cases as their entries tell them, beside what their records say."""

import hashlib
from binascii import unhexlify
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from crypto import strict
from review.audit.brief import NOT_KNOWN, Brief, Told
from review.audit.place import Place
from review.casework.course import Stage

# Which thread an entry of a type adds a message to, and of which kind.
MESSAGES: Mapping[bytes, tuple[int, bytes]] = MappingProxyType(
    {
        b"submission.received": (0, b"submission"),
        b"concern.recorded": (0, b"submission"),
        b"follow-up.received": (0, b"follow-up"),
        b"reply.left": (1, b"reply"),
        b"case.moved": (1, b"state"),
        b"case.closed": (1, b"state"),
        b"case.moved-earlier": (1, b"state"),
        b"case.closed-earlier": (1, b"state"),
        b"note.left": (2, b"note"),
    }
)
# What intake received and has tallied.
RECEIPTS = frozenset({b"submission.received", b"follow-up.received"})
# What a case begins with: what came through the form, or by letter, telephone or in person.
RECORDED = b"concern.recorded"
BEGINNINGS = frozenset({b"submission.received", RECORDED})
_START = bytes(32)


class Threads:
    """The messages of a case, as one hash and one count for each thread.

    A hash grows by one message after the other, so that two cases have the same only if they have
    the same messages in the same order, and a thousand messages need no more memory than one.
    """

    __slots__ = ("counts", "hashes")

    def __init__(self) -> None:
        self.counts = [0, 0, 0]
        self.hashes = [_START, _START, _START]

    def add(self, told: Told | tuple[int, bytes, bytes, bytes, bytes]) -> None:
        """One message more."""
        thread, kind, on, digest, slices = told
        self.counts[thread] += 1
        # The hash before has one length, and the rest no spaces of its own.
        spelled = b" ".join((self.hashes[thread], kind, on, digest, slices))
        self.hashes[thread] = hashlib.sha256(spelled).digest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Threads):
            return NotImplemented
        return (self.counts, self.hashes) == (other.counts, other.hashes)

    __hash__ = None  # type: ignore[assignment]


# From one state: what each act, by its type and data, leads to, and what is wrong with that.
Steps = dict[tuple[bytes, bytes], "Step"]
Step = tuple[Stage, Steps, str]


class Case:
    """One case while the ledger is read: what its entries have come to so far.

    A case without a record has no id: its entries are followed all the same.
    """

    __slots__ = (
        *("id", "recorded", "unknown", "told", "state", "steps", "last", "leaf", "last_on"),
        *("count", "received_on", "acknowledged_on", "heard_on", "unknown_on"),
    )

    def __init__(self, record: Brief | None) -> None:
        self.id = strict.hex_bytes(record.case, 32) if record else None
        # Which messages' digests the book does not know, as places in threads.
        self.unknown: frozenset[tuple[int, int]] = frozenset()
        self.recorded: tuple[Stage, bytes, int, Threads] | None = None
        self.told = Threads()
        self.state = Stage.RECEIVED
        # Those from its state, once they are known.
        self.steps: Steps | None = None
        self.last: Place | None = None
        self.leaf = b""
        self.last_on = b""
        self.count = 0
        self.received_on = b""
        self.acknowledged_on = b""
        self.heard_on = b""
        # The newest day of a message whose digest the book does not know.
        self.unknown_on = b""
        if record is not None:
            self._take(record)

    def _take(self, record: Brief) -> None:
        threads = Threads()
        for told in record.messages:
            threads.add(told)
            if told[3] == NOT_KNOWN:
                self.unknown_on = max(self.unknown_on, told[2])
                self.unknown |= {(told[0], threads.counts[told[0]])}
        self.recorded = (record.state, record.on, record.generation, threads)

    @property
    def is_gone(self) -> bool:
        """Whether the book says that it was disposed of, and what people signed in it with it."""
        return self.recorded is not None and self.recorded[0] is Stage.DISPOSED

    @property
    def name(self) -> str:
        """What sentences call the case."""
        return f"case {self.id.hex()}" if self.id is not None else "a case without a record"


class Cases:
    """All cases of a bundle, found by what their first entry tells.

    What waits to be put into the ledger is kept apart, by case.
    """

    def __init__(self, records: Iterable[Brief]) -> None:
        self.all: list[Case] = []
        self.waiting: list[tuple[Case, Brief]] = []
        self.twice: list[str] = []
        self._by_digest: dict[bytes, Case] = {}
        self._undigested: list[Case] = []
        before = ""
        for record in records:
            if record.case <= before:
                self.twice.append(record.case)
            before = record.case
            self._add(record)

    def _add(self, record: Brief) -> None:
        case = Case(record)
        self.all.append(case)
        if record.waiting:
            self.waiting.append((case, record))
        first = record.messages[0] if record.messages else None
        if first is None or first.digest == NOT_KNOWN:
            self._undigested.append(case)
        else:
            self._by_digest[unhexlify(first.digest)] = case

    def first_told(self, digest: bytes, subject: str, nonce: bytes) -> Case | None:
        """The case that an entry with this digest begins, or None if no record has it.

        Records of before the ledger may not know the digest; then the subject tells.
        """
        found = self._by_digest.get(digest)
        if found is not None:
            return found
        for case in self._undigested:
            if case.id and hashlib.sha256(case.id + nonce).hexdigest() == subject:
                return case
        return None
