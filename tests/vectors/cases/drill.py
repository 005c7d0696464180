"""Marks of drills: as a line, in a text, under another case, and every second spelling."""

from datetime import date

from crypto import drill, strict
from tests.vectors.cases.fixed import (
    CASE_ID,
    DAY,
    INSTALLATION,
    OTHER_INSTALLATION,
    Case,
    seed,
)

MARK = drill.make(INSTALLATION, CASE_ID, date.fromisoformat(DAY), seed("drill"))
OTHER = drill.make(INSTALLATION, CASE_ID, date.fromisoformat(DAY), seed("another drill"))
BASES = {"mark": MARK.line}
_DAY, _KEY, _SIGNATURE = MARK.words
_IDENTITY_POINT = strict.to_b64(bytes([1, *bytes(31)]))

# In the line, each replaces the first text by the second.
FAULTS: dict[str, tuple[str, str]] = {
    "another word": (drill.WORD, "underrose-case"),
    "a word in upper case": (drill.WORD, drill.WORD.upper()),
    "a word more": (_DAY, f"{_DAY} 1"),
    "a word less": (f" {_DAY}", ""),
    "two spaces": (f" {_DAY}", f"  {_DAY}"),
    "a space at the end": (_SIGNATURE, f"{_SIGNATURE} "),
    "a tab for a space": (f" {_DAY}", f"\t{_DAY}"),
    "no such day": (_DAY, "2026-02-30"),
    "a day without dashes": (_DAY, "20261121"),
    "a key cut short": (_KEY, strict.to_b64(bytes(31))),
    "a key without padding": (_KEY, _KEY.rstrip("=")),
    "a signature cut short": (_SIGNATURE, strict.to_b64(bytes(63))),
    "a signature in hexadecimal": (_SIGNATURE, strict.b64(_SIGNATURE).hex()),
}


def _checked() -> list[Case]:
    table: dict[str, tuple[str, str, tuple[str, str] | None, str]] = {
        "the case that it is of": (INSTALLATION, CASE_ID, None, "ok"),
        "another case": (INSTALLATION, seed("x").hex(), None, "InvalidSignature"),
        "another installation": (OTHER_INSTALLATION, CASE_ID, None, "InvalidSignature"),
        "another day": (INSTALLATION, CASE_ID, (_DAY, "2026-11-22"), "InvalidSignature"),
        "another key": (INSTALLATION, CASE_ID, (_KEY, OTHER.words[1]), "InvalidSignature"),
        "a key of small order": (INSTALLATION, CASE_ID, (_KEY, _IDENTITY_POINT),
                                 "InvalidSignature"),
        "another signature": (INSTALLATION, CASE_ID, (_SIGNATURE, OTHER.words[2]),
                              "InvalidSignature"),
    }  # fmt: skip
    return [
        {"name": f"checked: {name}", "op": "check", "base": "mark",
         **({"replace": list(replace)} if replace else {}),
         "installation": installation, "case": case, "expect": expect}
        for name, (installation, case, replace, expect) in table.items()
    ]  # fmt: skip


def _found() -> list[Case]:
    line = MARK.line
    table: dict[str, tuple[str, str | None]] = {
        "alone": (line, line),
        "after other lines": (f"This is a drill.\n\n{line}", line),
        "not in the last line": (f"{line}\nand more", None),
        "before a line end": (f"{line}\n", None),
        "inside a line": (f"see {line}", None),
        "in a text without one": ("I saw the books being changed.", None),
        "in no text": ("", None),
    }
    return [
        {"name": f"found: {name}", "op": "find", "text": text, "line": line, "expect": "ok"}
        for name, (text, line) in table.items()
    ]  # fmt: skip


def cases() -> list[Case]:
    made: Case = {
        "name": "a mark", "op": "make", "base": "mark", "seed": seed("drill").hex(),
        "installation": INSTALLATION, "case": CASE_ID, "on": DAY, "expect": "ok",
    }  # fmt: skip
    read: Case = {"name": "read", "op": "parse", "base": "mark", "words": list(MARK.words),
                  "expect": "ok"}  # fmt: skip
    malformed: list[Case] = [
        {"name": f"malformed: {name}", "op": "parse", "base": "mark", "replace": list(replace),
         "expect": "MalformedMark"}
        for name, replace in FAULTS.items()
    ]  # fmt: skip
    return [made, read, *malformed, *_checked(), *_found()]
