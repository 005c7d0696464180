"""Signed notes and keys, and every second spelling of one."""

from crypto import note, strict
from crypto.cosignature import Signer
from crypto.note import NoteKey
from tests.vectors.cases.fixed import Case, seed

# The note that C2SP signed-note has for an example, with its key.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfX"
    "ppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
TEXT = "one\n\n\u00e9 two\n"
NAME = "note.example/one"
KEY = note.ed25519_key(NAME, seed("note one"))
OTHER = note.ed25519_key("note.example/two", seed("note two"))


def _signed(text: str, *names: str) -> str:
    lines = tuple(note.sign(text, f"note.example/{name}", seed(f"note {name}")) for name in names)
    return note.Note(text, lines).to_bytes().decode()


ONE = _signed(TEXT, "one")
TWO = _signed(TEXT, "one", "two")
BASES = {"example": EXAMPLE, "one": ONE, "two": TWO, "short": _signed("\n", "one")}
_LINE = ONE.rpartition("\n\n")[2]
_B64 = _LINE.split(" ")[2].removesuffix("\n")
# The last symbol before the padding holds bits that no byte has.
_STRAY = _B64[:-3] + chr(ord(_B64[-3]) + 1) + "=="

# From the base named first, every case replaces the first text by the second, once.
MALFORMED: dict[str, tuple[str, str, str]] = {
    "no empty line": ("short", "\n\n", "\n"),
    "no signature": ("one", _LINE, ""),
    "an empty line after": ("one", _LINE, _LINE + "\n"),
    "no line feed at the end": ("one", _LINE, _LINE.removesuffix("\n")),
    "a line end of two characters": ("one", _LINE, _LINE.replace("\n", "\r\n")),
    "a carriage return in the text": ("one", "one\n", "one\r\n"),
    "a tab in the text": ("one", "one\n", "one\t\n"),
    "a null character in the text": ("one", "one\n", "one\0\n"),
    "a hyphen for the dash": ("one", "\u2014", "-"),
    "another dash": ("one", "\u2014", "\u2013"),
    "no space after the dash": ("one", "\u2014 ", "\u2014"),
    "two spaces after the dash": ("one", "\u2014 ", "\u2014  "),
    "two spaces after the name": ("one", f"{NAME} ", f"{NAME}  "),
    "a space at the end of the line": ("one", _LINE, _LINE.replace("\n", " \n")),
    "a space before the dash": ("one", "\u2014", " \u2014"),
    "no name": ("one", f"{NAME} ", ""),
    "an empty name": ("one", NAME, ""),
    "a plus sign in the name": ("one", NAME, NAME + "+"),
    "a space of another kind in the name": ("one", NAME, NAME + "\u00a0"),
    "a line separator in the name": ("one", NAME, NAME + "\u2028"),
    "base64 without padding": ("one", _B64, _B64.rstrip("=")),
    "base64 with stray bits": ("one", _B64, _STRAY),
    "base64 for addresses": ("one", _B64, _B64[:8] + "-_-_" + _B64[12:]),
    "junk in base64": ("one", _B64, _B64[:8] + "!" + _B64[8:]),
    "a key id without a signature": ("one", _B64, _B64[:4] + "AA=="),
    "no base64": ("one", _B64, ""),
    "a line that is none": ("one", _LINE, _LINE + "more\n"),
    "a line that is none before": ("one", _LINE, "more\n" + _LINE),
    "a signature twice": ("one", _LINE, _LINE + _LINE),
    "a second signature of the same key": (
        "one", _LINE, _LINE + _LINE.replace(_B64, _B64[:20] + "AAAA" + _B64[24:]),
    ),
    "too many signatures": (
        "one", _LINE, "".join(f"\u2014 n{n} {_B64}\n" for n in range(note.MAX_SIGNATURES + 1)),
    ),
}  # fmt: skip
_BYTES: dict[str, bytes] = {
    "nothing": b"",
    "two line feeds": b"\n\n",
    "bytes that are no UTF-8": ONE.encode().replace(b"one", b"\xff", 1),
    "a surrogate as bytes": ONE.encode().replace(b"one", b"\xed\xa0\x80", 1),
    "an overlong line feed": ONE.encode().replace(b"\n\n", b"\n\xc0\x8a", 1),
    "UTF-16": ONE.encode("utf-16-le"),
    "too long": b"x" * note.SIZE_LIMIT + ONE.encode(),
}


def _parsed() -> list[Case]:
    made: list[Case] = [
        {"name": f"the note: {name}", "op": "parse", "base": name, "expect": "ok"} for name in BASES
    ]
    made += [
        {
            "name": f"unusual and well formed: {name}",
            "op": "parse",
            "base": "one",
            "replace": list(replaced),
            "expect": "ok",
        }
        for name, replaced in {
            "empty lines at both ends of the text": (TEXT, f"\n\n{TEXT}\n\n"),
            "what looks like a signature in the text": ("one\n", _LINE),
            "a signature of another size": (_B64, strict.to_b64(KEY.id + b"x")),
            "a name with symbols": (NAME, "\u00e9\u200b:/?#@"),
            "as many signatures as can be": (
                _LINE,
                "".join(f"\u2014 n{n} {_B64}\n" for n in range(note.MAX_SIGNATURES)),
            ),
        }.items()
    ]
    made += [
        {
            "name": f"malformed: {name}",
            "op": "parse",
            "base": base,
            "replace": [old, new],
            "expect": "MalformedNote",
        }
        for name, (base, old, new) in MALFORMED.items()
    ]
    made += [
        {
            "name": f"malformed bytes: {name}",
            "op": "parse_bytes",
            "bytes": strict.to_b64(data if len(data) < note.SIZE_LIMIT else b""),
            "repeat": 0 if len(data) < note.SIZE_LIMIT else note.SIZE_LIMIT + 1,
            "expect": "MalformedNote",
        }
        for name, data in _BYTES.items()
    ]
    return made


def _verified() -> list[Case]:
    table: dict[str, tuple[str, str, list[str], str]] = {
        "the published example": ("example", EXAMPLE_KEY, [], "ok"),
        "one signature": ("one", KEY.text, [], "ok"),
        "the first of two": ("two", KEY.text, [], "ok"),
        "the second of two": ("two", OTHER.text, [], "ok"),
        "a line by an unknown key is ignored": (
            "two", KEY.text, [f"{OTHER.name} ", "note.example/three "], "ok",
        ),
        "a key that has not signed": ("one", OTHER.text, [], "NotSigned"),
        "a key of the same name": (
            "one", note.ed25519_key(NAME, seed("note two")).text, [], "NotSigned",
        ),
        "the same key under another name": (
            "one", NoteKey("note.example/x", KEY.kind, KEY.public).text, [], "NotSigned",
        ),
        "another text": ("one", KEY.text, ["one", "two"], "InvalidSignature"),
        "an empty line more": ("one", KEY.text, ["\n\n", "\n\n\n"], "InvalidSignature"),
        "a signature cut short": (
            "one", KEY.text, [_B64, strict.to_b64(strict.b64(_B64)[:-1])], "InvalidSignature",
        ),
        "a signature made longer": (
            "one", KEY.text, [_B64, strict.to_b64(strict.b64(_B64) + b"\0")], "InvalidSignature",
        ),
        "a signature of zeros": (
            "one", KEY.text, [_B64, strict.to_b64(KEY.id + bytes(64))], "InvalidSignature",
        ),
    }  # fmt: skip
    return [
        {
            "name": f"signature: {name}",
            "op": "verify",
            "base": base,
            "key": key,
            **({"replace": replaced} if replaced else {}),
            "expect": expect,
        }
        for name, (base, key, replaced, expect) in table.items()
    ]


def _keys() -> list[Case]:
    signer = Signer("ledger.example/one", seed("ledger one"))
    good = {"the published example": EXAMPLE_KEY, "Ed25519": KEY.text, "ML-DSA-44": signer.key.text}
    name, key_hash, spelled = KEY.text.split("+", 2)
    data = strict.b64(spelled)
    bad = {
        "nothing": "",
        "a name alone": name,
        "no base64": f"{name}+{key_hash}+",
        "no name": f"+{key_hash}+{spelled}",
        "a space in the name": KEY.text.replace(name, "note example", 1),
        "an id in upper case": f"{name}+{key_hash.upper()}+{spelled}",
        "an id cut short": f"{name}+{key_hash[1:]}+{spelled}",
        "another id": f"{name}+00000000+{spelled}",
        "another name": f"x{name}+{key_hash}+{spelled}",
        "base64 without padding": signer.key.text.rstrip("="),
        "a line feed after": f"{KEY.text}\n",
        "a kind that is not read": _key_text(name, 0x02, data[1:]),
        "a kind for timed Ed25519": _key_text(name, 0x04, data[1:]),
        "a kind of no length": _key_text(name, 0xFF, b""),
        "a key cut short": _key_text(name, note.ED25519, data[1:-1]),
        "a key of the other kind's size": _key_text(name, note.ML_DSA_44, data[1:]),
        "a name too long": _key_text("n" * 256, note.ED25519, data[1:]),
    }
    made: list[Case] = [
        {"name": f"key: {each}", "op": "key", "text": text, "expect": "ok"}
        for each, text in good.items()
    ]
    made += [
        {"name": f"malformed key: {each}", "op": "key", "text": text, "expect": "MalformedNote"}
        for each, text in bad.items()
    ]
    return made


def _key_text(name: str, kind: int, public: bytes) -> str:
    key_hash = note.key_id(name, kind, public).hex()
    return f"{name}+{key_hash}+{strict.to_b64(bytes([kind]) + public)}"


def cases() -> list[Case]:
    return [*_parsed(), *_verified(), *_keys()]
