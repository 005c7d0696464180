"""Makes the vectors of the ledger's formats, in a folder of their own.

`python -m tests.vectors.generate_ledger` writes every file from fixed keys and from the signatures
that are kept; tests/crypto/test_ledger_vectors.py makes them again and compares. With --sign it
first makes signatures that are wanted and not kept yet.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.vectors.cases import cosigned
from tests.vectors.cases.fixed import Case
from tests.vectors.generate import render

HERE = Path(__file__).resolve().parent / "ledger"
NAMES = ("merkle", "note", "checkpoint", "cosignature", "proof", "entry")


def makers() -> dict[str, tuple[Mapping[str, str], Callable[[], list[Case]]]]:
    """What makes each file. Importing these makes their signed texts, so it waits for --sign."""
    from tests.vectors.cases import checkpoint, cosignature, entry, merkle, note, proof

    return {
        "merkle": ({}, merkle.cases),
        "note": (note.BASES, note.cases),
        "checkpoint": (checkpoint.BASES, checkpoint.cases),
        "cosignature": (cosignature.BASES, cosignature.cases),
        "proof": (proof.BASES, proof.cases),
        "entry": (entry.BASES, entry.cases),
    }


def rendered(name: str) -> str:
    """The text of one file."""
    bases, make = makers()[name]
    return render(bases, make())


def main(arguments: list[str]) -> None:
    cosigned.KEPT.may_sign = arguments == ["--sign"]
    for name in NAMES:
        (HERE / f"{name}.json").write_text(rendered(name), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
