"""The ledger's Merkle tree, hashed as RFC 6962 and RFC 9162 say: roots, proofs and their checks.

A tree is its size and the hashes of its complete subtrees, which never change once they are
written. So whoever stores them appends, and proves, by reading a number of them that grows with
the logarithm of the size. Where they are stored is not known here.

Checking raises and returns nothing: InvalidProof or InconsistentTree, whatever is wrong.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crypto.errors import InconsistentTree, InvalidProof, SmallerTree

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
# A path has one hash a level, and sizes are below 2**63.
MAX_HASHES = 63

NodeReader = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry's bytes as a leaf of the tree."""
    # The two prefixes keep a leaf from passing for a node, which would prove what was never logged.
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Node(NamedTuple):
    """The hash over 1 << level leaves, none missing, after position times as many others."""

    level: int
    position: int
    hash: bytes


def _nothing_stored(level: int, position: int) -> bytes:
    raise LookupError(f"no hash is stored at level {level}, position {position}")


@dataclass(frozen=True)
class Tree:
    """A tree of so many leaves, over a reader of the hashes of complete subtrees.

    The reader may know more than this tree needs, so an older tree is the same reader with its
    smaller size. It is asked for stored nodes only and raises what it likes for a missing one.
    """

    size: int = 0
    node: NodeReader = _nothing_stored

    def root(self) -> bytes:
        """The hash over all leaves."""
        return self._over(0, self.size) if self.size else EMPTY_ROOT

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Growth":
        """What appending these leaves adds, and the larger tree, before anything is stored."""
        # frontier[level] is the last complete subtree of that level, wherever it lacks its sibling.
        frontier = {
            level: self.node(level, (self.size >> level) - 1)
            for level in range(self.size.bit_length())
            if self.size >> level & 1
        }
        nodes: list[Node] = []
        size = self.size
        for digest in leaf_hashes:
            level, position = 0, size
            nodes.append(Node(level, position, digest))
            while position & 1:
                digest = node_hash(frontier[level], digest)
                level, position = level + 1, position >> 1
                nodes.append(Node(level, position, digest))
            frontier[level] = digest
            size += 1
        return Growth(tuple(nodes), Tree(size, _over_stored(nodes, self.node)))

    def prove_inclusion(self, index: int) -> tuple[bytes, ...]:
        """The hashes that lead from the leaf at index to the root, from its sibling upwards."""
        if not 0 <= index < self.size:
            raise ValueError("the tree has no such leaf")
        start, end = 0, self.size
        path: list[bytes] = []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        return tuple(reversed(path))

    def prove_consistency(self, old_size: int) -> tuple[bytes, ...]:
        """The hashes that show that the tree of old_size leaves is the beginning of this one."""
        if not 0 <= old_size <= self.size:
            raise ValueError("the tree has never had this size")
        if old_size in (0, self.size):
            return ()
        start, end = 0, self.size
        path: list[bytes] = []
        while end != old_size:
            middle = start + _split(end - start)
            if old_size <= middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        # Where the old tree is itself a left subtree, its root is known to whoever checks.
        if start:
            path.append(self._over(start, end))
        return tuple(reversed(path))

    def _over(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self.node(level, start >> level)
        middle = start + _split(width)
        return node_hash(self._over(start, middle), self._over(middle, end))


class Frontier:
    """A tree that is only ever extended: it holds one hash for each of its levels and no more.

    For whoever reads a whole ledger once and wants its root at one size after another.
    """

    def __init__(self) -> None:
        self.size = 0
        # The last complete subtree of each level whose sibling is still missing.
        self._waiting: dict[int, bytes] = {}

    def add(self, leaf: bytes) -> None:
        """Append the leaf with this hash."""
        self.extend((leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append the leaves with these hashes, all of one level together, which is fastest."""
        row = list(leaf_hashes)
        level, added, sha256 = 0, len(row), hashlib.sha256
        while row:
            if self.size >> level & 1:
                row.insert(0, self._waiting.pop(level))
            if len(row) & 1:
                self._waiting[level] = row[-1]
            row = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(row[::2], row[1::2], strict=False)
            ]
            level += 1
        self.size += added

    def root(self) -> bytes:
        """The hash over all leaves so far."""
        digest = b""
        for level in sorted(self._waiting):
            left = self._waiting[level]
            digest = node_hash(left, digest) if digest else left
        return digest or EMPTY_ROOT


class Growth(NamedTuple):
    """The nodes to store when leaves are appended, and the tree that has them."""

    nodes: tuple[Node, ...]
    tree: Tree


def _over_stored(nodes: Sequence[Node], stored: NodeReader) -> NodeReader:
    new = {(node.level, node.position): node.hash for node in nodes}

    def read(level: int, position: int) -> bytes:
        found = new.get((level, position))
        return stored(level, position) if found is None else found

    return read


def _split(width: int) -> int:
    """The largest power of two below width: how many leaves are in the left subtree."""
    return 1 << (width - 1).bit_length() - 1


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return if the proof leads from the leaf's hash at index to the root of a tree of this size.

    Raises InvalidProof. The steps are those of RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        raise InvalidProof("the tree has no leaf with this index")
    if not _are_hashes([leaf, root, *proof]):
        raise InvalidProof("a hash of the proof has the wrong size")
    at, last = index, size - 1
    digest = leaf
    for sibling in proof:
        if last == 0:
            raise InvalidProof("the proof is too long for this tree")
        if at & 1 or at == last:
            digest = node_hash(sibling, digest)
            at, last = _up_past_missing(at, last)
        else:
            digest = node_hash(digest, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or digest != root:
        raise InvalidProof("the proof does not lead to the root of the tree")


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the proof shows that the old tree is the beginning of the tree of this size.

    Raises SmallerTree, or InconsistentTree for everything else. The empty tree begins every tree,
    and its proof is empty, as for a tree and itself. The steps are those of RFC 9162, 2.1.4.2.
    """
    if size < old_size:
        raise SmallerTree("the tree is smaller than it was", size, old_size)
    wrong = InconsistentTree(
        "the proof does not show that the tree continues the older one", size, old_size
    )
    if old_size < 0 or not _are_hashes([old_root, root, *proof]):
        raise wrong
    if old_size in (0, size):
        expected = root if old_size else EMPTY_ROOT
        if proof or old_root != expected or (size == 0 and root != EMPTY_ROOT):
            raise wrong
        return
    if _both_roots(old_size, old_root, size, proof) != (old_root, root):
        raise wrong


def _both_roots(
    old_size: int, old_root: bytes, size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The roots of both trees as the proof has them, or None if it has the wrong length."""
    # A size that is a power of two is one complete subtree, whose hash the proof leaves out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return None
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            at, last = _up_past_missing(at, last)
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def _up_past_missing(at: int, last: int) -> tuple[int, int]:
    """Skip the levels where the last node has no sibling and goes up unchanged."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(values: Sequence[bytes]) -> bool:
    # A longer "hash" could hold a boundary between two others and prove what is not so.
    return all(len(value) == HASH_SIZE for value in values)
