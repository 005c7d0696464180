"""The SQLite store of pymerkle on the same entries, in an environment of its own.

Nothing of ours is imported: tests.bench.ledger_store runs this file with the Python that has
pymerkle, gives it a file with one entry on each line, and reads what it prints.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from pymerkle import SqliteTree  # type: ignore[import-not-found]

STEP = 16
SINGLY, IN_STEPS = 1_000, 9_600


def rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def times(tree: SqliteTree, indexes: Sequence[int]) -> list[float]:
    """Milliseconds for a proof of each."""
    found = []
    for index in indexes:
        start = time.perf_counter()
        tree.prove_inclusion(index + 1)
        found.append((time.perf_counter() - start) * 1_000)
    return sorted(found)


def measure(entries: Sequence[bytes], folder: Path, proofs: int) -> dict[str, object]:
    tree = SqliteTree(str(folder / "pymerkle.db"))
    stepped = SINGLY + IN_STEPS

    def singly() -> None:
        for entry in entries[:SINGLY]:
            tree.append_entry(entry)

    def in_steps() -> None:
        for start in range(SINGLY, stepped, STEP):
            tree.append_entries(entries[start : start + STEP])

    found: dict[str, object] = {"version": version("pymerkle")}
    found["one by one"] = rate(SINGLY, singly)
    found["in batches of 16"] = rate(IN_STEPS, in_steps)
    rest = len(entries) - stepped
    found["all at once"] = rate(rest, lambda: tree.append_entries(entries[stepped:]))
    draw = random.Random(1)  # noqa: S311 - which proofs are measured is no secret
    indexes = [draw.randrange(len(entries)) for _ in range(proofs)]
    tree.close()
    tree = SqliteTree(str(folder / "pymerkle.db"))
    found["first proof of a program"] = times(tree, indexes[:1])[0]
    found["each for the first time"] = times(tree, indexes)
    found["all of it in memory"] = times(tree, indexes)
    tree.close()
    return found


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_bytes().splitlines()
    print(json.dumps(measure(lines, Path(sys.argv[2]), int(sys.argv[3]))))
