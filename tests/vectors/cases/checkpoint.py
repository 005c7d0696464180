"""Checkpoints: the published example, and every spelling of it that lenient readers take."""

from crypto import strict
from crypto.merkle import EMPTY_ROOT
from tests.vectors.cases.fixed import Case

# The checkpoint that C2SP tlog-checkpoint has for an example.
ORIGIN = "example.com/behind-the-sofa"
SIZE = "20852163"
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
EMPTY = strict.to_b64(EMPTY_ROOT)
BASES = {
    "example": f"{ORIGIN}\n{SIZE}\n{ROOT}\n",
    "empty": f"{ORIGIN}\n0\n{EMPTY}\n",
}

# Of these, a widely used reader took every one of the first ten for the example.
LENIENT: dict[str, tuple[str, str]] = {
    "a plus sign before the size": (SIZE, f"+{SIZE}"),
    "a space before the size": (SIZE, f" {SIZE}"),
    "an underscore in the size": (SIZE, "20_852_163"),
    "a leading zero": (SIZE, f"0{SIZE}"),
    "a negative size": (SIZE, "-5"),
    "full-width digits": (SIZE, "\uff12\uff10\uff18"),
    "junk in the root": (ROOT, f"{ROOT[:8]}!?{ROOT[8:]}"),
    "a root of three bytes": (ROOT, "AAAA"),
    "stray bits after the root": (ROOT, ROOT.replace("2I=", "2J=")),
    "empty lines in front": (ORIGIN, f"\n\n{ORIGIN}"),
}
MALFORMED: dict[str, tuple[str, str]] = {
    "digits of another script": (SIZE, "\u0662\u0660"),
    "a size in hexadecimal": (SIZE, "0x10"),
    "a size with an exponent": (SIZE, "1e3"),
    "a size with a fraction": (SIZE, f"{SIZE}.0"),
    "a size of nineteen digits": (SIZE, "1" * 19),
    "no size": (SIZE, ""),
    "a space after the size": (SIZE, f"{SIZE} "),
    "two zeroes": (SIZE, "00"),
    "a minus zero": (SIZE, "-0"),
    "the empty tree with a root": (SIZE, "0"),
    "a root without padding": (ROOT, ROOT.rstrip("=")),
    "a root of 31 bytes": (ROOT, strict.to_b64(bytes(31))),
    "a root of 33 bytes": (ROOT, strict.to_b64(bytes(33))),
    "no root": (ROOT, ""),
    "a root in hexadecimal": (ROOT, strict.b64(ROOT).hex()),
    "a space after the root": (ROOT, f"{ROOT} "),
    "an extension line": (ROOT, f"{ROOT}\nextension"),
    "an empty line after": (ROOT, f"{ROOT}\n"),
    "no line feed at the end": (f"{ROOT}\n", ROOT),
    "carriage returns": (f"{ORIGIN}\n", f"{ORIGIN}\r\n"),
    "no origin": (ORIGIN, ""),
    "no line for the origin": (f"{ORIGIN}\n", ""),
    "an origin of 256 bytes": (ORIGIN, "o" * 256),
    "an origin of 256 bytes in other letters": (ORIGIN, "\u00e9" * 128),
    "a tab in the origin": (ORIGIN, "a\tb"),
    "half a pair in the origin": (ORIGIN, "\ud800"),
    "another separator of lines": (f"{ORIGIN}\n", f"{ORIGIN}\u2028"),
    "the size twice": (f"{SIZE}\n", f"{SIZE}\n{SIZE}\n"),
}
UNUSUAL: dict[str, tuple[str, str, str]] = {
    "an origin of 255 bytes": ("example", ORIGIN, "o" * 255),
    "an origin with spaces and a plus": ("example", ORIGIN, " a + b "),
    "one leaf": ("example", SIZE, "1"),
    "a size of eighteen digits": ("example", SIZE, "9" * 18),
}


def cases() -> list[Case]:
    made: list[Case] = [
        {"name": "the published example", "op": "parse", "base": "example", "origin": ORIGIN,
         "size": int(SIZE), "root": strict.b64(ROOT).hex(), "expect": "ok"},
        {"name": "the empty tree", "op": "parse", "base": "empty", "origin": ORIGIN,
         "size": 0, "root": EMPTY_ROOT.hex(), "expect": "ok"},
    ]  # fmt: skip
    made += [
        {"name": f"unusual and well formed: {name}", "op": "parse", "base": base,
         "replace": [old, new], "expect": "ok"}
        for name, (base, old, new) in UNUSUAL.items()
    ]  # fmt: skip
    for kind, table in (("lenient", LENIENT), ("malformed", MALFORMED)):
        made += [
            {"name": f"{kind}: {name}", "op": "parse", "base": "example",
             "replace": [old, new], "expect": "MalformedCheckpoint"}
            for name, (old, new) in table.items()
        ]  # fmt: skip
    return made
