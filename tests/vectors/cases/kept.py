"""Kept texts with their nonces, and every second spelling of one."""

from crypto import strict
from crypto.kept import SIZE_LIMIT, Kept
from crypto.padding import MESSAGE_LIMIT
from tests.vectors.cases.entry import TEXT, TEXT_NONCE
from tests.vectors.cases.fixed import Case

SMALL = Kept(TEXT_NONCE, b'{"v":1}')
BASES = {
    "small": SMALL.to_bytes().decode(),
    "submission": Kept(TEXT_NONCE, TEXT.encode()).to_bytes().decode(),
}
_NONCE = TEXT_NONCE.hex()
_TEXT = strict.to_b64(SMALL.text)

# In the small one, each replaces the first text by the second.
FAULTS: dict[str, tuple[str, str]] = {
    "a version to come": ('"v":1', '"v":2'),
    "text for the version": ('"v":1', '"v":"1"'),
    "white space": ('"v":1', '"v": 1'),
    "a line end": ('"v":1}', '"v":1}\n'),
    "a byte order mark": ('{"nonce"', '\ufeff{"nonce"'),
    "a name twice": ('"v":1', '"v":1,"v":1'),
    "a field more": ('"v":1', '"v":1,"w":1'),
    "a field less": (f'"nonce":"{_NONCE}",', ""),
    "another order": (f'"nonce":"{_NONCE}","text"', f'"text":"{_TEXT}","nonce"'),
    "null for the nonce": (f'"{_NONCE}"', "null"),
    "a nonce in upper case": (_NONCE, _NONCE.upper()),
    "a nonce in base64": (_NONCE, strict.to_b64(TEXT_NONCE)),
    "a nonce cut short": (_NONCE, _NONCE[:-2]),
    "a nonce made longer": (_NONCE, _NONCE + "00"),
    "a text without padding": (_TEXT, _TEXT.rstrip("=")),
    "a text with stray bits": (_TEXT, f"{_TEXT[:-3]}{chr(ord(_TEXT[-3]) + 1)}=="),
    "a text with junk": (_TEXT, f"{_TEXT[:4]}!{_TEXT[4:]}"),
    "a text with a line feed": (_TEXT, f"{_TEXT[:4]}\\n{_TEXT[4:]}"),
    "a text for addresses": (_TEXT, f"-_-_{_TEXT[4:]}"),
    "an empty text": (_TEXT, ""),
    "the text itself": (f'"{_TEXT}"', SMALL.text.decode()),
}


def cases() -> list[Case]:
    made: list[Case] = [
        {"name": f"a kept text: {name}", "op": "parse", "base": name,
         "nonce": _NONCE, "kept": strict.to_b64(kept), "expect": "ok"}
        for name, kept in (("small", SMALL.text), ("submission", TEXT.encode()))
    ]  # fmt: skip
    made += [
        {"name": f"malformed: {name}", "op": "parse", "base": "small",
         "replace": [old, new], "expect": "MalformedKept"}
        for name, (old, new) in FAULTS.items()
    ]  # fmt: skip
    sizes = {
        "the longest text": (MESSAGE_LIMIT, "ok"),
        "a text longer than messages are": (MESSAGE_LIMIT + 1, "MalformedKept"),
        "a file too long": (SIZE_LIMIT, "MalformedKept"),
    }
    return made + [
        {"name": name, "op": "of_size", "nonce": _NONCE, "size": size, "expect": expect}
        for name, (size, expect) in sizes.items()
    ]
