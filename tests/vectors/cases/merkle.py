"""Trees, inclusion and consistency: the published ones, larger ones, and every way to fail."""

from collections.abc import Sequence

from crypto.merkle import EMPTY_ROOT, Node, Tree, leaf_hash
from tests.vectors.cases.fixed import Case

# The eight leaves and the roots of their trees that the implementations of Certificate
# Transparency have published since RFC 6962 was written, and share as a test.
PUBLISHED_LEAVES = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
PUBLISHED_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_LARGE = ((33, 32), (37, 9), (64, 63), (1000, 511))
_LARGE_OLD = ((33, 32), (37, 9), (64, 63), (1000, 768), (1000, 999))


class Stored:
    """A tree with a dictionary for a store, that appends one leaf after another."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.tree = Tree(0, self.read)
        for leaf in leaves:
            self.append([leaf_hash(leaf)])

    def read(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]

    def append(self, leaf_hashes: Sequence[bytes]) -> tuple[Node, ...]:
        growth = self.tree.extend(leaf_hashes)
        for node in growth.nodes:
            self.nodes[node.level, node.position] = node.hash
        self.tree = Tree(growth.tree.size, self.read)
        return growth.nodes

    def at(self, size: int) -> Tree:
        """The tree as it was when it had this size."""
        return Tree(size, self.read)


def numbered(count: int) -> list[bytes]:
    """Leaves that hold their own index in decimal."""
    return [str(n).encode() for n in range(count)]


PUBLISHED = Stored([bytes.fromhex(leaf) for leaf in PUBLISHED_LEAVES])
NUMBERED = Stored(numbered(1000))


def _roots() -> list[Case]:
    made: list[Case] = [
        {
            "name": f"the published tree of {size} leaves",
            "op": "root",
            "leaves": list(PUBLISHED_LEAVES[:size]),
            "root": PUBLISHED_ROOTS[size],
            "expect": "ok",
        }
        for size in range(len(PUBLISHED_ROOTS))
    ]
    made.append(
        {
            "name": "the trees of up to 64 numbered leaves",
            "op": "numbered",
            "roots": [NUMBERED.at(size).root().hex() for size in range(65)],
            "expect": "ok",
        }
    )
    return made


def _inclusion(stored: Stored, index: int, size: int) -> Case:
    tree = stored.at(size)
    return {
        "op": "inclusion",
        "leaf": stored.read(0, index).hex(),
        "index": index,
        "size": size,
        "proof": [each.hex() for each in tree.prove_inclusion(index)],
        "root": tree.root().hex(),
        "expect": "ok",
    }


def _consistency(stored: Stored, old_size: int, size: int) -> Case:
    return {
        "op": "consistency",
        "old_size": old_size,
        "old_root": stored.at(old_size).root().hex(),
        "size": size,
        "root": stored.at(size).root().hex(),
        "proof": [each.hex() for each in stored.at(size).prove_consistency(old_size)],
        "expect": "ok",
    }


def _good() -> list[Case]:
    named = [
        *((f"leaf {i} in the published tree of {n}", _inclusion(PUBLISHED, i, n))
          for n in range(1, 9) for i in range(n)),
        *((f"leaf {i} in the numbered tree of {n}", _inclusion(NUMBERED, i, n))
          for n, i in _LARGE),
        *((f"the published tree from {m} to {n}", _consistency(PUBLISHED, m, n))
          for n in range(9) for m in range(n + 1)),
        *((f"the numbered tree from {m} to {n}", _consistency(NUMBERED, m, n))
          for n, m in _LARGE_OLD),
    ]  # fmt: skip
    return [{"name": name, **case} for name, case in named]


def _bad_inclusion() -> list[Case]:
    good = _inclusion(PUBLISHED, 5, 8)
    proof: list[str] = [each.hex() for each in PUBLISHED.tree.prove_inclusion(5)]
    root = PUBLISHED_ROOTS[8]
    changed: dict[str, Case] = {
        "another leaf": {"leaf": PUBLISHED.read(0, 4).hex()},
        "another index": {"index": 4},
        "an index beyond the tree": {"index": 8},
        "an index far beyond the tree": {"index": 2**62},
        "a negative index": {"index": -1},
        "a smaller tree": {"size": 6},
        "a larger tree": {"size": 9},
        "the empty tree": {"size": 0, "index": 0},
        "a negative size": {"size": -1},
        "another root": {"root": PUBLISHED_ROOTS[7]},
        "no proof": {"proof": []},
        "the first hash dropped": {"proof": proof[1:]},
        "the last hash dropped": {"proof": proof[:-1]},
        "two hashes exchanged": {"proof": [proof[1], proof[0], proof[2]]},
        "a hash twice": {"proof": [proof[0], *proof]},
        "the root as one more hash": {"proof": [*proof, root]},
        "a hash too long": {"proof": [proof[0] + "00", *proof[1:]]},
        "a hash cut short": {"proof": [proof[0][:-2], *proof[1:]]},
        "two hashes in one": {"proof": [proof[0] + proof[1], proof[2]]},
        "an empty hash": {"proof": [*proof, ""]},
        "a root cut short": {"root": root[:-2]},
        "a node for a leaf": {
            "leaf": PUBLISHED.read(1, 2).hex(),
            "index": 2,
            "proof": proof[1:],
        },
    }
    return [
        {"name": f"inclusion: {name}", **good, **fields, "expect": "InvalidProof"}
        for name, fields in changed.items()
    ]


def _bad_consistency() -> list[Case]:
    good = _consistency(PUBLISHED, 6, 8)
    proof = [each.hex() for each in PUBLISHED.tree.prove_consistency(6)]
    empty = EMPTY_ROOT.hex()
    changed: dict[str, Case] = {
        "another old root": {"old_root": PUBLISHED_ROOTS[5]},
        "another root": {"root": PUBLISHED_ROOTS[7]},
        "another old size": {"old_size": 5},
        "another size": {"size": 9},
        "no proof": {"proof": []},
        "the first hash dropped": {"proof": proof[1:]},
        "the last hash dropped": {"proof": proof[:-1]},
        "two hashes exchanged": {"proof": [proof[1], proof[0], proof[2]]},
        "a hash twice": {"proof": [proof[0], *proof]},
        "one hash more": {"proof": [*proof, PUBLISHED_ROOTS[8]]},
        "a hash too long": {"proof": [proof[0] + "00", *proof[1:]]},
        "a hash cut short": {"proof": [proof[0][:-2], *proof[1:]]},
        "a fork of the same size": {"old_size": 8, "old_root": PUBLISHED_ROOTS[7], "proof": []},
        "the same tree with a proof": {"old_size": 8, "old_root": PUBLISHED_ROOTS[8]},
        "the empty tree with a proof": {"old_size": 0, "old_root": empty},
        "the empty tree with a root": {"old_size": 0, "proof": []},
        "an old root as the tree's, and no proof": {"old_root": PUBLISHED_ROOTS[8], "proof": []},
        "a negative old size": {"old_size": -6},
    }
    made: list[Case] = [
        {"name": f"consistency: {name}", **good, **fields, "expect": "InconsistentTree"}
        for name, fields in changed.items()
    ]
    swapped = {"old_size": 8, "old_root": good["root"], "size": 6, "root": good["old_root"]}
    made.append({"name": "consistency: a smaller tree", **good, **swapped, "expect": "SmallerTree"})
    return made


def _shapes() -> list[Case]:
    """What proofs do not fix: the size, among sizes of one shape. The checkpoint does that."""
    return [
        {
            "name": "inclusion under a size of the same shape",
            **_inclusion(PUBLISHED, 5, 8),
            "size": 7,
        },
        {
            "name": "consistency with a size of the same shape",
            **_consistency(PUBLISHED, 6, 8),
            "size": 7,
        },
    ]


def cases() -> list[Case]:
    return [*_roots(), *_good(), *_shapes(), *_bad_inclusion(), *_bad_consistency()]
