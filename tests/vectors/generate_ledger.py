"""Makes the vectors of the ledger's formats.

`python -m tests.vectors.generate_ledger` writes every file from fixed keys and from the signatures
that are kept; tests/crypto/test_ledger_vectors.py makes them again and compares. With --sign it
first makes signatures that are wanted and not kept yet. What only Python reads is in ledger/.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.vectors.cases import cosigned
from tests.vectors.cases.fixed import Case
from tests.vectors.generate import render

HERE = Path(__file__).resolve().parent
SHARED = ("merkle", "note", "checkpoint", "cosignature", "proof", "entry", "kept")
PYTHON = ("private", "policy")
NAMES = (*SHARED, *PYTHON)


def makers() -> dict[str, tuple[Mapping[str, str], Callable[[], list[Case]]]]:
    """What makes each file. Importing these makes their signed texts, so it waits for --sign."""
    from tests.vectors.cases import checkpoint, cosignature, entry, kept, merkle, note, proof

    return {
        "merkle": ({}, merkle.cases),
        "note": (note.BASES, note.cases),
        "checkpoint": (checkpoint.BASES, checkpoint.cases),
        "cosignature": (cosignature.BASES, cosignature.cases),
        "proof": (proof.BASES, proof.cases),
        "entry": (entry.BASES, entry.cases),
        "kept": (kept.BASES, kept.cases),
        "private": ({}, cosignature.private_cases),
        "policy": (proof.POLICY_BASES, proof.policy_cases),
    }


def path(name: str) -> Path:
    """Where a file is."""
    return (HERE if name in SHARED else HERE / "ledger") / f"{name}.json"


def rendered(name: str) -> str:
    """The text of one file."""
    bases, make = makers()[name]
    return render(bases, make())


def main(arguments: list[str]) -> None:
    cosigned.KEPT.may_sign = arguments == ["--sign"]
    for name in NAMES:
        path(name).write_text(rendered(name), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
