"""Makes the vectors that Python, Node and browsers share.

`python -m tests.vectors.generate` writes every file that follows from fixed keys;
tests/crypto/test_vectors.py makes them again and compares. Sealing draws randomness, so
envelope.json was written once with --sealed and is only opened since: to make it anew is to throw
away the proof that what was sealed before still opens.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.vectors.cases import (
    act,
    canonical,
    case,
    disposition,
    drill,
    keying,
    message,
    padding,
    receipt,
    roster,
    sealed,
    signing,
)
from tests.vectors.cases.fixed import Case

HERE = Path(__file__).resolve().parent
SEALED = "envelope"
MAKERS: dict[str, tuple[Mapping[str, str], Callable[[], list[Case]]]] = {
    "padding": ({}, padding.cases),
    "receipt": ({}, receipt.cases),
    "canonical": ({}, canonical.cases),
    "signing": ({}, signing.cases),
    "message": (message.BASES, message.cases),
    "roster": (roster.BASES, roster.cases),
    "case": (case.BASES, case.cases),
    "act": (act.BASES, act.cases),
    "disposition": (disposition.BASES, disposition.cases),
    "drill": (drill.BASES, drill.cases),
    "keying": (keying.BASES, keying.cases),
}


def rendered(name: str) -> str:
    """The text of one file, from its fixed keys."""
    bases, make = MAKERS[name]
    return render(bases, make())


def render(bases: Mapping[str, str], cases: list[Case]) -> str:
    # ASCII only: a lone surrogate, which some cases are about, has no UTF-8.
    return json.dumps({"bases": bases, "cases": cases}, indent=1, ensure_ascii=True) + "\n"


def main(arguments: list[str]) -> None:
    for name in MAKERS:
        (HERE / f"{name}.json").write_text(rendered(name), encoding="ascii")
    if arguments == ["--sealed"]:
        text = render({}, sealed.cases())
        (HERE / f"{SEALED}.json").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
