import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from crypto.errors import InconsistentTree, InvalidProof, SmallerTree
from crypto.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash
from tests.vectors.cases.merkle import Stored, numbered

SIZES = range(65)
STORED = Stored(numbered(64))
LEAVES = [STORED.read(0, index) for index in range(64)]
ROOTS = [STORED.at(size).root() for size in SIZES]


def by_definition(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash as RFC 6962, 2.1 defines it, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


class Counted(Stored):
    """Counts how many stored hashes are read."""

    reads = 0

    def read(self, level: int, position: int) -> bytes:
        self.reads += 1
        return super().read(level, position)


@pytest.mark.parametrize("size", SIZES)
def test_a_root_is_the_one_of_the_definition(size: int) -> None:
    assert ROOTS[size] == by_definition(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_tree_to_size_64_is_proved(size: int) -> None:
    tree = STORED.at(size)
    for index in range(size):
        proof = tree.prove_inclusion(index)
        merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", SIZES)
def test_every_tree_to_size_64_continues_every_one_before(size: int) -> None:
    for old_size in range(size + 1):
        proof = STORED.at(size).prove_consistency(old_size)
        merkle.verify_consistency(old_size, ROOTS[old_size], size, ROOTS[size], proof)


def mutations(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Every proof that differs by a flipped bit in one hash, a hash less or a hash more."""
    flipped = [
        (*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :])
        for at in range(len(proof))
    ]
    dropped = [(*proof[:at], *proof[at + 1 :]) for at in range(len(proof))]
    added = [
        (*proof[:at], more, *proof[at:])
        for at in range(len(proof) + 1)
        for more in {*proof[at : at + 1], bytes(32), ROOTS[1]}
    ]
    return flipped + dropped + added


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_dropped_or_added_hash_is_never_inclusion(size: int) -> None:
    for index in range(size):
        for proof in mutations(STORED.at(size).prove_inclusion(index)):
            with pytest.raises(InvalidProof):
                merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_dropped_or_added_hash_is_never_consistency(size: int) -> None:
    for old_size in range(size + 1):
        for proof in mutations(STORED.at(size).prove_consistency(old_size)):
            with pytest.raises(InconsistentTree):
                merkle.verify_consistency(old_size, ROOTS[old_size], size, ROOTS[size], proof)


@pytest.mark.parametrize("size", range(1, 65))
def test_a_proof_is_of_one_leaf_and_one_place(size: int) -> None:
    tree = STORED.at(size)
    for index in range(size):
        proof = tree.prove_inclusion(index)
        for other in {(index + 1) % size, size - 1 - index, 0} - {index}:
            with pytest.raises(InvalidProof):
                merkle.verify_inclusion(LEAVES[other], index, size, proof, ROOTS[size])
            with pytest.raises(InvalidProof):
                merkle.verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


@pytest.mark.parametrize(("old_size", "size"), [*itertools.combinations(range(1, 65, 3), 2)])
def test_a_rewritten_tree_has_no_proof_that_it_continues_the_older_one(
    old_size: int, size: int
) -> None:
    rewritten = Stored([b"rewritten", *numbered(64)[1:]]).at(size)
    for proof in (rewritten.prove_consistency(old_size), ()):
        with pytest.raises(InconsistentTree):
            merkle.verify_consistency(old_size, ROOTS[old_size], size, rewritten.root(), proof)


def test_a_smaller_tree_is_named_as_such_and_both_sizes_are_told() -> None:
    with pytest.raises(SmallerTree) as refused:
        merkle.verify_consistency(9, ROOTS[9], 8, ROOTS[8], ())
    assert (refused.value.size, refused.value.known_size) == (8, 9)


@given(st.lists(st.integers(0, 20), max_size=8))
def test_a_tree_is_the_same_however_its_leaves_come(batches: list[int]) -> None:
    at = 0
    stored = Stored()
    leaves = [leaf_hash(leaf) for leaf in numbered(sum(batches))]
    for count in batches:
        growth = stored.tree.extend(leaves[at : at + count])
        before_storing = growth.tree.root()
        stored.append(leaves[at : at + count])
        at += count
        assert before_storing == stored.tree.root()
    assert stored.tree.root() == by_definition(leaves)


def test_appending_gives_each_complete_subtree_once_and_nothing_twice() -> None:
    stored = Stored()
    seen = []
    for count in (1, 2, 16, 5, 40):
        size = stored.tree.size
        leaves = LEAVES[size : size + count]
        seen += [(node.level, node.position) for node in stored.append(leaves)]
    assert len(set(seen)) == len(seen)
    complete = {(level, at) for level in range(7) for at in range(64 >> level)}
    assert set(seen) == complete


def test_appending_nothing_stores_nothing() -> None:
    growth = STORED.tree.extend([])
    assert growth.nodes == ()
    assert growth.tree.root() == ROOTS[64]


@pytest.mark.parametrize("size", [1000, 4095, 4096, 4097])
def test_appending_and_proving_read_a_number_of_hashes_that_grows_with_the_logarithm(
    size: int,
) -> None:
    stored = Counted(numbered(size))
    levels = size.bit_length()
    for work in (
        stored.tree.root,
        lambda: stored.tree.prove_inclusion(size // 3),
        lambda: stored.tree.prove_inclusion(size - 1),
        lambda: stored.tree.prove_inclusion(0),
        lambda: stored.tree.prove_consistency(size // 3),
        lambda: stored.tree.prove_consistency(size - 1),
        lambda: stored.tree.extend(LEAVES[:1]),
    ):
        stored.reads = 0
        work()
        assert stored.reads <= 2 * levels


@pytest.mark.parametrize("index", [-1, 64, 1 << 62])
def test_asking_for_a_leaf_that_is_not_there_is_a_mistake_of_the_caller(index: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        STORED.tree.prove_inclusion(index)


@pytest.mark.parametrize("size", [-1, 65])
def test_asking_for_a_tree_that_never_was_is_a_mistake_of_the_caller(size: int) -> None:
    with pytest.raises(ValueError, match="never had this size"):
        STORED.tree.prove_consistency(size)


def test_a_missing_hash_is_the_stores_to_report() -> None:
    with pytest.raises(LookupError, match="level 1, position 0"):
        Tree(3).root()
    assert Tree().root() == EMPTY_ROOT


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = LEAVES[:2]
    forged = leaf_hash(left + right)
    assert forged != node_hash(left, right)
    with pytest.raises(InvalidProof):
        merkle.verify_inclusion(forged, 0, 1, (), ROOTS[2])


@given(
    st.integers(-2, 70),
    st.integers(-2, 70),
    st.lists(st.binary(max_size=40), max_size=8),
    st.binary(max_size=40),
)
def test_whatever_is_offered_as_a_proof_ends_in_a_named_error(
    first: int, second: int, proof: list[bytes], root: bytes
) -> None:
    with pytest.raises(InvalidProof):
        merkle.verify_inclusion(bytes(32), first, second, proof, root)
    if (first, root) != (0, EMPTY_ROOT) and first != second:
        with pytest.raises(InconsistentTree):
            merkle.verify_consistency(first, bytes(32), second, root, proof)


@pytest.mark.parametrize("size", SIZES)
def test_a_frontier_has_the_root_of_every_size(size: int) -> None:
    one_by_one = merkle.Frontier()
    for leaf in LEAVES[:size]:
        one_by_one.add(leaf)
    assert (one_by_one.size, one_by_one.root()) == (size, ROOTS[size])


def test_a_frontier_does_not_care_how_the_leaves_come() -> None:
    for first in SIZES:
        for second in range(first, 65):
            frontier = merkle.Frontier()
            frontier.extend(LEAVES[:first])
            frontier.extend(iter(LEAVES[first:second]))
            assert (frontier.size, frontier.root()) == (second, ROOTS[second])


def test_a_frontier_holds_one_hash_a_level() -> None:
    frontier = merkle.Frontier()
    for _ in range(100):
        frontier.extend(LEAVES)
    assert len(vars(frontier)["_waiting"]) == (6400).bit_count()
