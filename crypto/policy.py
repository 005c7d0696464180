"""Whom a verifier believes: ledgers, cosigners and how many of them, as C2SP tlog-policy.

A policy is a file that a person writes. Without cosigners it says that the keeper of the ledger is
believed alone; checking then succeeds, and Witnessed says that nobody else has vouched.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from crypto import checkpoint, cosignature, strict
from crypto.checkpoint import Checkpoint
from crypto.errors import (
    Malformed,
    MalformedNote,
    MalformedPolicy,
    NotCosigned,
    NotSigned,
    UnknownLedger,
)
from crypto.note import ML_DSA_44, Note, NoteKey

# More than anybody needs, and few enough that groups within groups are never deep.
MAX_NAMES = 200
_NONE = "none"
_OCTETS = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_ITEM = re.compile("[^ \t]+")


@dataclass(frozen=True)
class Witness:
    """Somebody who cosigns, by the name that the policy gives them."""

    name: str
    key: NoteKey

    def is_met(self, present: Collection[str]) -> bool:
        """Whether this witness is among those who have cosigned."""
        return self.name in present


@dataclass(frozen=True)
class Group:
    """Witnesses and groups of which a number must have cosigned."""

    name: str
    threshold: int
    members: tuple["Witness | Group", ...]

    def is_met(self, present: Collection[str]) -> bool:
        """Whether enough members of the group have cosigned."""
        return sum(member.is_met(present) for member in self.members) >= self.threshold


@dataclass(frozen=True)
class Cosigned:
    """A verified cosignature: the witness's name in the policy, and when it says it was made."""

    name: str
    at: int


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that the policy believes, when its keeper signed it, and who cosigned."""

    checkpoint: Checkpoint
    signed_at: int
    cosigned: tuple[Cosigned, ...]


@dataclass(frozen=True)
class Policy:
    """Ledgers, witnesses, and whose cosignatures are wanted: None if nobody's."""

    ledgers: tuple[NoteKey, ...]
    witnesses: tuple[Witness, ...]
    quorum: Witness | Group | None

    def check_signed(self, note: Note) -> tuple[Checkpoint, int]:
        """The checkpoint that the note is and when its keeper signed it, whoever has cosigned.

        Raises MalformedCheckpoint, UnknownLedger, NotSigned or InvalidSignature.
        """
        head = checkpoint.parse(note.text)
        keys = [key for key in self.ledgers if key.name == head.origin]
        if not keys:
            raise UnknownLedger("the checkpoint is of a ledger that the policy does not list")
        times = [cosignature.verify(note, key) for key in keys if note.has_line_of(key)]
        if not times:
            raise NotSigned("the checkpoint is not signed by the keeper of the ledger")
        return head, max(times)

    def check(self, note: Note) -> Witnessed:
        """The checkpoint that the note is, signed by its keeper and cosigned by enough.

        Every line by a key of the policy must verify, whether it is needed or not. Raises
        NotCosigned besides what check_signed raises.
        """
        head, signed_at = self.check_signed(note)
        cosigned = tuple(
            Cosigned(witness.name, cosignature.verify(note, witness.key))
            for witness in self.witnesses
            if note.has_line_of(witness.key)
        )
        found = tuple(each.name for each in cosigned)
        if self.quorum is not None and not self.quorum.is_met(found):
            raise NotCosigned("fewer have cosigned the ledger than the policy wants", found)
        return Witnessed(head, signed_at, cosigned)


def parse(data: bytes) -> Policy:
    """The policy that a file says. Raises MalformedPolicy with the line at fault."""
    if not _OCTETS.fullmatch(data):
        raise MalformedPolicy("a control character is in the policy")
    if data and not data.endswith(b"\n"):
        raise MalformedPolicy("the last line does not end")
    # Names are opaque octets: what is no UTF-8 is kept, and compared, as it is.
    text = data.decode("utf-8", "surrogateescape")
    reading = _Reading()
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        items = _ITEM.findall(line)
        if not items or items[0].startswith("#"):
            continue
        try:
            reading.take(items[0], items[1:])
        except _Wrong as wrong:
            raise MalformedPolicy(str(wrong), number) from None
    return reading.policy()


class _Wrong(Exception):
    pass


@dataclass
class _Reading:
    """What the lines so far have said."""

    ledgers: list[NoteKey] = field(default_factory=list)
    named: dict[str, Witness | Group] = field(default_factory=dict)
    grouped: set[str] = field(default_factory=set)
    keys: set[bytes] = field(default_factory=set)
    quorums: list[Witness | Group | None] = field(default_factory=list)

    def take(self, keyword: str, items: list[str]) -> None:
        """Read one line. Raises _Wrong."""
        readers = {
            "log": (self._log, 1, 2),
            "witness": (self._witness, 2, 3),
            "group": (self._group, 3, None),
            "quorum": (self._quorum, 1, 1),
        }
        if keyword not in readers:
            raise _Wrong("not a log, witness, group or quorum")
        read, fewest, most = readers[keyword]
        if len(items) < fewest or (most is not None and len(items) > most):
            raise _Wrong(f"the wrong number of items for a {keyword}")
        read(items)

    def policy(self) -> Policy:
        """The whole. Raises MalformedPolicy."""
        if len(self.quorums) != 1:
            raise MalformedPolicy("a policy has one quorum line")
        witnesses = (each for each in self.named.values() if isinstance(each, Witness))
        return Policy(tuple(self.ledgers), tuple(witnesses), self.quorums[0])

    def _log(self, items: list[str]) -> None:
        self.ledgers.append(self._key(items[0]))

    def _witness(self, items: list[str]) -> None:
        self._name(items[0], Witness(items[0], self._key(items[1])))

    def _group(self, items: list[str]) -> None:
        name, wanted, *names = items
        members = tuple(map(self._defined, names))
        threshold = _threshold(wanted, len(members))
        # A member of two groups, or twice of one, would count twice towards the quorum.
        if len(set(names)) != len(names) or self.grouped & set(names):
            raise _Wrong("a name is a member twice")
        self.grouped.update(names)
        self._name(name, Group(name, threshold, members))

    def _quorum(self, items: list[str]) -> None:
        if self.quorums:
            raise _Wrong("a second quorum line")
        self.quorums.append(None if items[0] == _NONE else self._defined(items[0]))

    def _name(self, name: str, meant: Witness | Group) -> None:
        if name == _NONE or name in self.named:
            raise _Wrong("the name has a meaning already")
        if len(self.named) == MAX_NAMES:
            raise _Wrong("too many witnesses and groups")
        self.named[name] = meant

    def _defined(self, name: str) -> Witness | Group:
        if name not in self.named:
            raise _Wrong("a name that no line before has defined")
        return self.named[name]

    def _key(self, text: str) -> NoteKey:
        try:
            key = NoteKey.parse(text)
        except MalformedNote as refused:
            raise _Wrong(str(refused)) from None
        if key.kind != ML_DSA_44:
            raise _Wrong(f"keys of kind {key.kind} do not sign ledgers here")
        # One key in two places would vouch for itself: above all a keeper for its own ledger.
        if key.public in self.keys:
            raise _Wrong("the key is in the policy already")
        self.keys.add(key.public)
        return key


def _threshold(wanted: str, count: int) -> int:
    if wanted in ("all", "any"):
        return count if wanted == "all" else 1
    try:
        threshold = strict.decimal(wanted)
    except Malformed:
        threshold = 0
    if not 1 <= threshold <= count:
        raise _Wrong("not a number of members that the group can reach")
    return threshold
