"""Rosters: well formed, current, and every way not to be."""

import hashlib
import itertools
import json

from crypto import note, roster, strict
from crypto.cosignature import Signer
from tests.vectors.cases import fixed, replaced_roots
from tests.vectors.cases.fixed import (
    DAY,
    FULL,
    SMALL,
    Case,
    Json,
    reader,
    recipient,
    root_key,
    roster_fields,
    seed,
    signed,
    signed_roster,
)

ROOT = root_key()


def _many(readers: int, listed: int) -> Json:
    names = [f"reader-{n}" for n in range(readers)]
    return roster_fields(
        [reader(name, "member") for name in names],
        listed=[{"id": f"p{n}", "title": "Person", "name": "P"} for n in range(listed)],
    )


_LEDGER = Signer("ledger.example/one", seed("ledger one")).key
_KEY = _LEDGER.text
_NAME, _ID, _SPELLED = _KEY.split("+", 2)
BASES = {
    "small": signed_roster(SMALL),
    "full": signed_roster(FULL),
    "demo": signed_roster(SMALL | {"demo": True}),
    "later": signed_roster(SMALL | {"epoch": 7, "previous": fixed.ROSTER_HASH}),
    "with a ledger": signed_roster(SMALL | {"ledger_key": _KEY}),
    "twenty people": signed_roster(_many(2, 18)),
    "another root": signed_roster(SMALL, "somebody else"),
    **replaced_roots.BASES,
}
_SMALLEST = json.loads(BASES["small"])
_ADA = recipient("ada").text
_BEN = recipient("ben").text


def _key_text(name: str, public: bytes) -> str:
    """The text of a key that need not be one."""
    kind = note.ML_DSA_44
    spelled = strict.to_b64(bytes([kind]) + public)
    return f"{name}+{note.key_id(name, kind, public).hex()}+{spelled}"


def _good() -> list[Case]:
    made: list[Case] = []
    for name, text in BASES.items():
        if name == "another root" or name in replaced_roots.WRONG:
            continue
        parsed = roster.parse(text.encode())
        made.append(
            {
                "name": f"the roster: {name}",
                "op": "verify",
                "base": name,
                "root_key": ROOT,
                "hash": hashlib.sha256(text.encode()).hexdigest(),
                "fingerprint": parsed.fingerprint,
                "slots": len(json.loads(text)["readers"]),
                "ledger_key": json.loads(text)["ledger_key"],
                "expect": "ok",
            }
        )
    for name, fields in {"small": SMALL, "full": FULL}.items():
        made.append(
            {
                "name": f"the roster {name} signed from its fields",
                "op": "sign",
                "document": fields,
                "root_seed": seed("root").hex(),
                "base": name,
                "expect": "ok",
            }
        )
    return made


# From the base named first, every case replaces the first text by the second, once.
_REPLACED: dict[str, tuple[str, str, str]] = replaced_roots.MALFORMED | {
    "white space": ("small", '"v":1', '"v": 1'),
    "a line end": ("small", '"v":1}', '"v":1}\n'),
    "a name twice": ("small", '"v":1', '"v":1,"v":1'),
    "a version to come": ("small", '"v":1', '"v":2'),
    "no version": ("small", ',"v":1', ""),
    "a field more": ("small", ',"v":1', ',"v":1,"w":1'),
    "a field that JavaScript knows": ("small", '{"committee"', '{"__proto__":{},"committee"'),
    "a field less": ("small", '"demo":false,', ""),
    "text for demo": ("small", '"demo":false', '"demo":"false"'),
    "zero for demo": ("small", '"demo":false', '"demo":0'),
    "null for demo": ("small", '"demo":false', '"demo":null'),
    "epoch zero": ("small", '"epoch":1', '"epoch":0'),
    "a negative epoch": ("small", '"epoch":1', '"epoch":-1'),
    "a fraction for the epoch": ("small", '"epoch":1', '"epoch":1.0'),
    "text for the epoch": ("small", '"epoch":1', '"epoch":"1"'),
    "an epoch too large to be exact": ("small", '"epoch":1', '"epoch":9007199254740993'),
    "true for the epoch": ("small", '"epoch":1', '"epoch":true'),
    "a later roster after none": ("small", '"epoch":1', '"epoch":2'),
    "a first roster after another": ("later", '"epoch":7', '"epoch":1'),
    "a day that is none": ("small", "2026-01-01", "2026-02-30"),
    "a day with a time": ("small", "2026-01-01", "2026-01-01T00:00:00"),
    "a roster that expires before it begins": ("small", "2027-01-31", "2025-12-31"),
    "an installation in upper case": (
        "small",
        fixed.INSTALLATION,
        fixed.INSTALLATION.upper(),
    ),
    "an installation cut short": ("small", fixed.INSTALLATION, fixed.INSTALLATION[2:]),
    "text for the committee": (
        "small",
        '{"name":"Audit Committee of Example, Inc."}',
        '"Audit Committee of Example, Inc."',
    ),
    "a committee with a field more": ("small", '"committee":{', '"committee":{"city":"",'),
    "a committee without a name": (
        "small",
        '"Audit Committee of Example, Inc."',
        '""',
    ),
    "a committee with a long name": (
        "small",
        "Audit Committee of Example, Inc.",
        "A" * 201,
    ),
    "an unknown role": ("small", '"role":"member"', '"role":"observer"'),
    "a role in upper case": ("small", '"role":"member"', '"role":"Member"'),
    "two chairs": ("small", '"role":"member"', '"role":"chair"'),
    "an id twice among readers": ("small", '"id":"ben"', '"id":"ada"'),
    "an id of a reader among the listed": ("small", '"id":"secretary"', '"id":"ada"'),
    "an id in upper case": ("small", '"id":"ben"', '"id":"Ben"'),
    "an empty id": ("small", '"id":"ben"', '"id":""'),
    "an id of seventeen": ("small", '"id":"ben"', f'"id":"{"b" * 17}"'),
    "an id with a point": ("small", '"id":"ben"', '"id":"ben.1"'),
    "an id with a line end": ("small", '"id":"ben"', '"id":"ben\\n"'),
    "an empty name": ("small", '"name":"Ben Example"', '"name":""'),
    "a long name": ("small", '"name":"Ben Example"', f'"name":"{"b" * 101}"'),
    "a name over two lines": ("small", '"name":"Ben Example"', '"name":"Ben\\nExample"'),
    "a name with a line separator": ("small", "Ben Example", "Ben\u2028Example"),
    "a name with a control character": ("small", "Ben Example", "Ben\u0085Example"),
    "null for a title": ("small", '"title":"The member"', '"title":null'),
    "a long title": ("small", "The member", "T" * 101),
    "a reader with a field more": ("small", '{"id":"ben"', '{"also":1,"id":"ben"'),
    "a reader without a role": ("small", ',"role":"member"', ""),
    "a recipient twice": ("small", _BEN, _ADA),
    "a reader with the routing recipient": ("small", _BEN, recipient("routing").text),
    "a recipient in upper case": ("small", _BEN, _BEN.upper()),
    "a recipient with a flipped symbol": (
        "small",
        _BEN,
        _BEN[:-1] + ("q" if _BEN[-1] != "q" else "p"),
    ),
    "an identity for a recipient": (
        "small",
        _BEN,
        "AGE-SECRET-KEY-PQ-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
    ),
    "an old kind of recipient": (
        "small",
        _BEN,
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
    ),
    "a verify key twice": ("small", fixed.member_key("ben"), fixed.member_key("ada")),
    "a short verify key": ("small", fixed.member_key("ben"), strict.to_b64(bytes(31))),
    "a verify key in hexadecimal": (
        "small",
        fixed.member_key("ben"),
        strict.b64(fixed.member_key("ben")).hex(),
    ),
    "null for the readers": ("small", '"readers":[', '"readers":null,"readert":['),
    "an object for the listed": (
        "small",
        '[{"id":"secretary","name":"Sam Example","title":"Secretary"}]',
        "{}",
    ),
    "a listed person with a key": ("small", '{"id":"secretary"', '{"id":"secretary","key":""'),
    "no secretariat": ("small", f'"{recipient("secretariat").text}"', "null"),
    "no routing": ("small", f'"{recipient("routing").text}"', "null"),
    "an empty recovery": ("small", '"recovery":null', '"recovery":""'),
    "an empty ledger key": ("small", '"ledger_key":null', '"ledger_key":""'),
    "true for the ledger key": ("small", '"ledger_key":null', '"ledger_key":true'),
    "a list of ledger keys": ("with a ledger", f'"{_KEY}"', f'["{_KEY}"]'),
    "an Ed25519 key for the ledger's": (
        "with a ledger",
        _KEY,
        note.ed25519_key(_NAME, seed("ledger one")).text,
    ),
    "an Ed25519 key that is said to be the ledger's": (
        "with a ledger",
        _SPELLED,
        strict.to_b64(bytes([note.ML_DSA_44]) + bytes(32)),
    ),
    "a verify key for the ledger's": ("with a ledger", _KEY, root_key("ledger one")),
    "a private key for the ledger's": (
        "with a ledger",
        _KEY,
        Signer("ledger.example/one", seed("ledger one")).private_text,
    ),
    "a ledger key without its name": ("with a ledger", _NAME, ""),
    "a ledger key of another name": ("with a ledger", _NAME, "ledger.example/two"),
    "a ledger key with a space in its name": ("with a ledger", _NAME, "ledger example"),
    "a ledger key with a line separator in its name": (
        "with a ledger",
        _KEY,
        _key_text("ledger\u2028example", _LEDGER.public),
    ),
    "a ledger key with a name too long": (
        "with a ledger",
        _KEY,
        _key_text("n" * 256, _LEDGER.public),
    ),
    "a ledger key cut short": ("with a ledger", _KEY, _key_text(_NAME, _LEDGER.public[:-1])),
    "a ledger key with a byte more": (
        "with a ledger",
        _KEY,
        _key_text(_NAME, _LEDGER.public + bytes(1)),
    ),
    "a ledger key with another id": ("with a ledger", f"+{_ID}+", "+00000000+"),
    "a ledger key with an id in upper case": ("with a ledger", f"+{_ID}+", f"+{_ID.upper()}+"),
    "a ledger key without padding": ("with a ledger", _SPELLED, _SPELLED.rstrip("=")),
    "a ledger key with a space before it": ("with a ledger", _KEY, f" {_KEY}"),
    "a ledger key with a line end": ("with a ledger", _KEY, f"{_KEY}\\n"),
    "text for the statement keys": ("small", f'["{root_key("statement")}"]', '""'),
    "a statement key that is none": ("small", f'["{root_key("statement")}"]', '["AAAA"]'),
    "null for a statement key": ("small", f'["{root_key("statement")}"]', "[null]"),
    "nine statement keys": (
        "small",
        f'["{root_key("statement")}"]',
        json.dumps([root_key(f"statement {n}") for n in range(9)], separators=(",", ":")),
    ),
    "an empty text for the roster before": ("small", '"previous":null', '"previous":""'),
    "a roster before that is no hash": ("later", fixed.ROSTER_HASH, "g" * 64),
    "no signature": ("small", f',"signature":"{_SMALLEST["signature"]}"', ""),
    "a signature that is no base64": ("small", _SMALLEST["signature"], "!" * 88),
    "a short signature": ("small", _SMALLEST["signature"], strict.to_b64(bytes(63))),
}


def _wrong() -> list[Case]:
    made: list[Case] = []
    for name, (base, old, new) in _REPLACED.items():
        if old not in BASES[base] or old == new:
            raise ValueError(f"{name}: nothing to replace")
        made.append(
            {
                "name": name,
                "op": "verify",
                "base": base,
                "replace": [old, new],
                "root_key": ROOT,
                "expect": "MalformedRoster",
            }
        )
    whole = {
        "one reader": roster_fields([reader("ada", "chair")]),
        "no readers": roster_fields([]),
        "twenty-one people": _many(2, 19),
    }
    texts = {
        name: signed("roster", fields | {"v": 1}, seed("root")) for name, fields in whole.items()
    }
    texts |= {"nothing": "", "null": "null", "a list": "[]", "an empty object": "{}"}
    made += [
        {
            "name": name,
            "op": "verify",
            "text": text,
            "root_key": ROOT,
            "expect": "MalformedRoster",
        }
        for name, text in texts.items()
    ]
    return made


def _signatures() -> list[Case]:
    flipped = strict.b64(_SMALLEST["signature"])
    flipped = bytes([flipped[0] ^ 1]) + flipped[1:]
    made: list[Case] = [
        {
            "name": name,
            "op": "verify",
            "base": base,
            "replace": list(replace) if replace else None,
            "root_key": key,
            "expect": "InvalidSignature",
        }
        for name, base, replace, key in [
            ("a roster signed by another root", "another root", None, ROOT),
            *replaced_roots.REFUSED,
            ("a roster under another root key", "small", None, root_key("somebody else")),
            ("a changed name", "small", ("Ben Example", "Bea Example"), ROOT),
            ("a later last day", "small", ("2027-01-31", "2037-01-31"), ROOT),
            ("a demonstration said to be none", "demo", ('"demo":true', '"demo":false'), ROOT),
            ("a recipient exchanged", "small", (_BEN, recipient("mallory").text), ROOT),
            (
                "a flipped bit in the signature",
                "small",
                (_SMALLEST["signature"], strict.to_b64(flipped)),
                ROOT,
            ),
        ]
    ]
    made.append(
        {
            "name": "a roster signed as another kind",
            "op": "verify",
            "text": signed("mailbox", SMALL | {"v": 1}, seed("root")),
            "root_key": ROOT,
            "expect": "InvalidSignature",
        }
    )
    return made


def _current() -> list[Case]:
    table: list[tuple[str, str, str, int, bool, str]] = [
        ("on a day between", "small", DAY, 0, False, "ok"),
        ("on its first day", "small", "2026-01-01", 0, False, "ok"),
        ("on its last day", "small", "2027-01-31", 0, False, "ok"),
        ("a day before its first", "small", "2025-12-31", 0, False, "RosterExpired"),
        ("a day after its last", "small", "2027-02-01", 0, False, "RosterExpired"),
        ("when it is the highest seen", "small", DAY, 1, False, "ok"),
        ("when a higher one was seen", "small", DAY, 2, False, "RosterRolledBack"),
        ("when lower ones were seen", "later", DAY, 6, False, "ok"),
        ("when it is the highest seen, later", "later", DAY, 7, False, "ok"),
        ("when one higher was seen, later", "later", DAY, 8, False, "RosterRolledBack"),
        ("for a demonstration, in one", "demo", DAY, 0, True, "ok"),
        ("for a demonstration, elsewhere", "demo", DAY, 0, False, "RosterIsForDemo"),
        ("of no demonstration, in one", "small", DAY, 0, True, "ok"),
    ]
    made: list[Case] = [
        {
            "name": f"a roster {name}",
            "op": "current",
            "base": base,
            "today": today,
            "highest_epoch": highest,
            "demo_allowed": demo,
            "expect": expect,
        }
        for name, base, today, highest, demo, expect in table
    ]
    return made


def _chosen() -> list[Case]:
    """Every set of exclusions of the full roster's readers, and some others."""
    ids = ["ada", "ben", "cleo", "dan", "eve"]
    made: list[Case] = []
    for size in range(len(ids) + 1):
        for excluded in itertools.combinations(ids, size):
            left = [name for name in ids if name not in excluded]
            without_counsel = [name for name in left if name != "eve"]
            chosen = without_counsel if len(without_counsel) >= 2 else left
            enough = len(chosen) >= 2
            made.append(
                {
                    "name": f"who reads without {', '.join(excluded) or 'exclusions'}",
                    "op": "choose",
                    "base": "full",
                    "excluded": list(excluded),
                    **({"readers": chosen} if enough else {}),
                    "expect": "ok" if enough else "TooFewReaders",
                }
            )
    for name, others, expect in [
        ("the secretary", ["secretary"], "ok"),
        ("a stranger", ["stranger"], "Malformed"),
        ("an id in upper case", ["Ada"], "Malformed"),
    ]:
        made.append(
            {
                "name": f"who reads without {name}",
                "op": "choose",
                "base": "full",
                "excluded": others,
                **({"readers": ids[:4]} if expect == "ok" else {}),
                "expect": expect,
            }
        )
    return made


def cases() -> list[Case]:
    return [*_good(), *_wrong(), *_signatures(), *_current(), *_chosen()]
