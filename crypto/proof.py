"""Proof files: that an entry is in a ledger, and that a ledger continues an older one.

The first is C2SP tlog-proof, a file for anybody to keep. Its extra data, for which the format makes
no promise, are the entry's own bytes here; they prove themselves by their hash. The second is what
C2SP tlog-witness sends to a witness: the size of the old tree, the proof, and the new checkpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from crypto import note as notes
from crypto import strict
from crypto.errors import Malformed, MalformedNote, MalformedProof
from crypto.merkle import HASH_SIZE, MAX_HASHES, leaf_hash, verify_inclusion
from crypto.note import Note
from crypto.policy import Policy, Witnessed

SUFFIX = ".tlog-proof"
SIZE_LIMIT = 1 << 21
_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "
_OLD = "old "


@dataclass(frozen=True)
class Proof:
    """Where an entry is in the tree of a checkpoint, and the hashes that show it."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def to_bytes(self) -> bytes:
        """The file."""
        head = [_HEADER]
        if self.extra is not None:
            head.append(_EXTRA + strict.to_b64(self.extra))
        head.append(f"{_INDEX}{self.index}")
        return _render(head, self.hashes, self.note)

    def check(self, leaf: bytes, policy: Policy) -> Witnessed:
        """Return what the policy believes of the ledger, if the entry of these bytes is in it.

        Raises InvalidProof, or whatever Policy.check does.
        """
        witnessed = policy.check(self.note)
        head = witnessed.checkpoint
        verify_inclusion(leaf_hash(leaf), self.index, head.size, self.hashes, head.root)
        return witnessed


@dataclass(frozen=True)
class ConsistencyProof:
    """A checkpoint, and the hashes that show that it continues the tree of old_size leaves."""

    old_size: int
    hashes: tuple[bytes, ...]
    note: Note

    def to_bytes(self) -> bytes:
        """The file."""
        return _render([f"{_OLD}{self.old_size}"], self.hashes, self.note)


AnyProof = TypeVar("AnyProof", Proof, ConsistencyProof)


def parse(data: bytes) -> Proof:
    """The proof of an entry that these bytes are. Raises MalformedProof, or of the checkpoint's
    note MalformedNote. Nothing in it has been checked yet.
    """
    lines, note = _split(data)
    if lines.pop(0) != _HEADER or not lines:
        raise MalformedProof("not a tlog-proof of version 1")
    extra = None
    if lines[0].startswith(_EXTRA):
        extra = _bytes(lines.pop(0).removeprefix(_EXTRA))
        if not extra:
            raise MalformedProof("the extra data are empty")
    index = _number(lines.pop(0) if lines else "", _INDEX)
    return _compared(Proof(index, _hashes(lines), note, extra), data)


def parse_consistency(data: bytes) -> ConsistencyProof:
    """The consistency proof that these bytes are. Raises MalformedProof or MalformedNote."""
    lines, note = _split(data)
    old_size = _number(lines.pop(0), _OLD)
    return _compared(ConsistencyProof(old_size, _hashes(lines), note), data)


def _render(head: Sequence[str], hashes: Sequence[bytes], note: Note) -> bytes:
    lines = [*head, *map(strict.to_b64, hashes), "", ""]
    return "\n".join(lines).encode("ascii") + note.to_bytes()


def _split(data: bytes) -> tuple[list[str], Note]:
    """The lines before the first empty line, one at least, and the note after it."""
    if len(data) > SIZE_LIMIT:
        raise MalformedProof("too long for a proof")
    head, empty, rest = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise MalformedProof("the proof is not in ASCII") from None
    if not empty:
        raise MalformedProof("there is no checkpoint after the proof")
    try:
        return lines, notes.parse(rest)
    except MalformedNote as refused:
        raise MalformedNote(f"the checkpoint after the proof: {refused}") from None


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(map(_bytes, lines))
    if len(hashes) > MAX_HASHES or any(len(each) != HASH_SIZE for each in hashes):
        raise MalformedProof("not the hashes of a proof")
    return hashes


def _bytes(text: str) -> bytes:
    try:
        return strict.b64(text)
    except Malformed:
        raise MalformedProof("a line of the proof is not canonical base64") from None


def _number(line: str, prefix: str) -> int:
    try:
        if line.startswith(prefix):
            return strict.decimal(line.removeprefix(prefix))
    except Malformed:
        pass
    raise MalformedProof(f"there is no line that begins with {prefix.strip()} and a number")


def _compared(proof: AnyProof, data: bytes) -> AnyProof:
    if proof.to_bytes() != data:
        raise MalformedProof("not the one spelling of a proof")
    return proof
