"""How fast the ledger grows and proves, from a thousand entries to a million.

    python -m tests.bench.ledger_store [--largest 1000000] [--against PYTHON] [--json FILE]

What should be seen: appending costs the same at every size, a proof grows with the logarithm of
the size, and only the batch's look at every row (check_rows) grows with the size itself.

--against compares with the SQLite store of pymerkle at 100,000 entries, in the same run and on the
same disk. pymerkle is no dependency of ours and in no lock file; give it an environment of its own:

    python3 -m venv FOLDER && FOLDER/bin/pip install pymerkle==7.0.0

and name FOLDER/bin/python. Without it the comparison is left out, and that is said. pymerkle keeps
the entries and their hashes and computes the rest of a proof when it is asked for one, so it takes
in a heap of entries faster; each transaction, here and there, costs above all what the disk takes
to be sure of it.
"""

import argparse
import datetime
import json
import random
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from crypto import entry, merkle
from crypto.cosignature import Signer
from intake.database import create_file
from review.ledger import check_rows
from review.store import ledger, schema
from review.store.database import open_engine, reading, writing
from review.store.ledger import LedgerRow

SIZES = (1_000, 10_000, 100_000, 1_000_000)
COMPARED = 100_000
BULK, STEP = 1_000, 16
PROOFS = 200
DAY = datetime.date(2026, 11, 21)
_RECEIVED = (
    '{"by":null,"commitment":"%s","data":{"slices":3},"digest":"%s","nonce":"%s",'
    '"on":"2026-11-21","previous":null,"subject":"%s","type":"submission.received","v":1}'
)


def documents(count: int) -> list[bytes]:
    """Entries as a submission leaves them."""
    made = [
        (_RECEIVED % tuple(secrets.token_hex(32) for _ in range(4))).encode() for _ in range(count)
    ]
    entry.parse(made[0])
    return made


class Store:
    """A book with nothing but a ledger."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "book.db"
        url = f"sqlite:///{self.file}"
        create_file(url)
        self.engine: Engine = open_engine(url)
        with writing(self.engine) as connection:
            schema.book.create_all(connection)
            key = Signer("bench.example/1", bytes(32)).key
            self.row: LedgerRow = ledger.begin(connection, key, DAY)

    def append(self, made: Sequence[bytes], step: int) -> float:
        """Append in transactions of so many entries; returns entries per second."""
        start = time.perf_counter()
        for at in range(0, len(made), step):
            with writing(self.engine) as connection:
                self.row = ledger.append(connection, self.row, made[at : at + step])
        return len(made) / (time.perf_counter() - start)

    def inclusions(self, indexes: Sequence[int]) -> list[float]:
        """Milliseconds for a proof of each."""
        with reading(self.engine) as connection:
            tree = ledger.tree(connection, self.row)
            return sorted(milliseconds(partial(tree.prove_inclusion, each)) for each in indexes)

    def consistencies(self, sizes: Sequence[int]) -> list[float]:
        """Milliseconds for a proof from each."""
        with reading(self.engine) as connection:
            tree = ledger.tree(connection, self.row)
            return sorted(milliseconds(partial(tree.prove_consistency, each)) for each in sizes)

    def check(self) -> float:
        """Seconds for the batch's look at every row."""
        with reading(self.engine) as connection:
            return milliseconds(lambda: check_rows(connection, self.row)) / 1_000

    def verify(self, made: Sequence[bytes]) -> None:
        """What was measured must be right: some proofs, checked against the root."""
        with reading(self.engine) as connection:
            tree = ledger.tree(connection, self.row)
            root = tree.root()
            for index in range(0, self.row.size, max(1, self.row.size // 50)):
                leaf = merkle.leaf_hash(made[index])
                proof = tree.prove_inclusion(index)
                merkle.verify_inclusion(leaf, index, self.row.size, proof, root)


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def grow(largest: int) -> list[dict[str, float]]:
    """One store that grows through the sizes, measured at each."""
    found, draw = [], random.Random(1)
    with scratch() as folder:
        store, everything = Store(folder), documents(largest)
        for size in (each for each in SIZES if each <= largest):
            singly, stepped = min(200, size // 20), min(2_400, size // 4 // STEP * STEP)
            start, end = store.row.size, size - singly - stepped
            line: dict[str, float] = {"size": size}
            line["in thousands"] = store.append(everything[start:end], BULK)
            line["in sixteens"] = store.append(everything[end : end + stepped], STEP)
            line["one by one"] = store.append(everything[end + stepped : size], 1)
            indexes = [draw.randrange(size) for _ in range(PROOFS)]
            line["inclusion ms"] = statistics.median(store.inclusions(indexes))
            line["consistency ms"] = statistics.median(store.consistencies(indexes))
            line["check s"] = store.check()
            line["file MB"] = store.file.stat().st_size / 1e6
            store.verify(everything)
            found.append(line)
            print(" ".join(f"{name} {value:,.3f}" for name, value in line.items()), flush=True)
        store.engine.dispose()
    return found


def compare(python: str) -> dict[str, Any]:
    """The same entries in pymerkle's store and in ours, one after the other."""
    made = documents(COMPARED)
    draw = random.Random(1)
    indexes = [draw.randrange(COMPARED) for _ in range(PROOFS)]
    with scratch() as folder:
        (folder / "entries").write_bytes(b"\n".join(made))
        script = Path(__file__).with_name("pymerkle_store.py")
        command = [python, str(script), str(folder / "entries"), str(folder), str(PROOFS)]
        theirs = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        store = Store(folder)
        ours: dict[str, Any] = {
            "one by one": store.append(made[:1_000], 1),
            "in batches of 16": store.append(made[1_000:10_600], STEP),
            "all at once": store.append(made[10_600:], COMPARED),
        }
        ours["first proof of a program"] = store.inclusions(indexes[:1])[0]
        ours["each for the first time"] = store.inclusions(indexes)
        ours["all of it in memory"] = store.inclusions(indexes)
        store.verify(made)
        store.engine.dispose()
    return {"pymerkle": theirs, "ours": ours}


def show(both: dict[str, Any]) -> None:
    """The comparison, line by line; how many times as fast ours is."""
    ours, theirs = both["ours"], both["pymerkle"]
    print(f"\nagainst pymerkle {theirs['version']}, {COMPARED:,} entries in SQLite")
    for name in ("one by one", "in batches of 16", "all at once"):
        times = ours[name] / theirs[name]
        print(
            f"  appends {name}: {ours[name]:,.0f} a second against {theirs[name]:,.0f}: {times:.1f}"
        )
    for name in ("first proof of a program", "each for the first time", "all of it in memory"):
        pair = [median(each[name]) for each in (ours, theirs)]
        print(f"  proofs, {name}: {pair[0]:.3f} ms against {pair[1]:.3f}: {pair[1] / pair[0]:.1f}")


def median(found: float | list[float]) -> float:
    return statistics.median(found) if isinstance(found, list) else found


def main() -> None:
    parser = argparse.ArgumentParser(description="measures the ledger's store")
    parser.add_argument("--largest", type=int, default=SIZES[-1], choices=SIZES)
    parser.add_argument("--against", metavar="PYTHON", help="a Python that has pymerkle")
    parser.add_argument("--json", type=Path, help="where to keep the numbers")
    options = parser.parse_args()
    found: dict[str, Any] = {"growth": grow(options.largest)}
    if options.against is None:
        print("the comparison with pymerkle is left out: no --against")
    else:
        found |= compare(options.against)
        show(found)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
