"""Acts, who signed them, and every second spelling of one."""

from datetime import date

from crypto import act, roster, signing, strict
from crypto.act import Act, Signature
from tests.vectors.cases.fixed import (
    CASE_ID,
    DAY,
    FULL,
    INSTALLATION,
    OTHER_INSTALLATION,
    SMALL,
    Case,
    seed,
    signed_roster,
)

ROSTER = signed_roster(FULL)
_HASH = roster.parse(ROSTER.encode()).hash
_ON = date.fromisoformat(DAY)


def _act(previous: str | None = None, **changed: object) -> Act:
    fields: dict[str, object] = {
        "installation": INSTALLATION,
        "subject": CASE_ID,
        "act": "determine",
        "data": {"from": "FINDINGS", "to": "DETERMINED", "outcomes": ["s1=PARTLY", "s2=REFERRED"]},
        "roster": _HASH,
        "on": _ON,
        "previous": previous,
    }
    return act.build(**{**fields, **changed})  # type: ignore[arg-type]


FIRST = _act()
NEXT = _act(FIRST.hash, act="close", data={"checks": 5, "hold": False, "remedy": None})
TEXT = _act(subject="texts/en", act="change-text", data={"text": seed("text").hex()})
BARE = _act(data={})
BASES = {
    "determination": FIRST.document.decode(),
    "closing": NEXT.document.decode(),
    "a change of a text": TEXT.document.decode(),
    "without data": BARE.document.decode(),
    "roster": ROSTER,
    "other roster": signed_roster(SMALL),
}
_ACTS = {"determination": FIRST, "closing": NEXT, "a change of a text": TEXT, "without data": BARE}

# In the determination, each replaces the first text by the second.
FAULTS: dict[str, tuple[str, str]] = {
    "a version to come": ('"v":1', '"v":2'),
    "white space": ('"v":1', '"v": 1'),
    "a field more": ('"v":1', '"v":1,"w":1'),
    "a field less": ('"previous":null,', ""),
    "a signature in it": ('"subject"', '"signature":"","subject"'),
    "another kind": ('"kind":"act"', '"kind":"note"'),
    "an installation cut short": (INSTALLATION, INSTALLATION[:-1]),
    "a subject in upper case": (CASE_ID, CASE_ID.upper()),
    "a subject of words": (CASE_ID, "the case of the chair"),
    "an empty subject": (CASE_ID, ""),
    "an act of words": ('"determine"', '"determine it"'),
    "null for the act": ('"determine"', "null"),
    "no such day": (DAY, "2026-02-30"),
    "a roster cut short": (_HASH, _HASH[:-1]),
    "a number for the act before": ('"previous":null', '"previous":1'),
    "a list for the data": ('"data":{', '"data":[],"z":{'),
    "a sentence in the data": ("FINDINGS", "the findings are in"),
    "an empty word in the data": ("FINDINGS", ""),
    "letters of another script in the data": ("FINDINGS", "FINDİNGS"),
    "a line end in the data": ("FINDINGS", "FINDINGS\\n"),
    "a word too long in the data": ("FINDINGS", "F" * 101),
    "a number in a list": ('"s2=REFERRED"', "2"),
    "a list in a list": ('"s2=REFERRED"', "[]"),
    "an object in the data": ('["s1=PARTLY","s2=REFERRED"]', "{}"),
    "a negative number": ('["s1=PARTLY","s2=REFERRED"]', "-1"),
    "a name of words": ('"from"', '"from where"'),
    "a name in upper case": ('"from"', '"FROM"'),
}


def _parsed() -> list[Case]:
    made: list[Case] = [
        {"name": f"an act: {name}", "op": "parse", "base": name, "hash": each.hash, "expect": "ok"}
        for name, each in _ACTS.items()
    ]
    made += [
        {"name": f"malformed: {name}", "op": "parse", "base": "determination",
         "replace": [old, new], "expect": "MalformedAct"}
        for name, (old, new) in FAULTS.items()
    ]  # fmt: skip
    many: list[act.Value] = ["1"] * act.MAX_DATA
    texts: dict[str, tuple[list[act.Value], str]] = {
        "as much data as there can be": (many, "ok"),
        "too much data": ([*many, "1"], "MalformedAct"),
        "a list as long as it can be": ([["1"] * act.MAX_LIST], "ok"),
        "a list too long": ([["1"] * (act.MAX_LIST + 1)], "MalformedAct"),
    }
    for name, (values, expect) in texts.items():
        short = {f"n{chr(97 + at // 26)}{chr(97 + at % 26)}": each
                 for at, each in enumerate(values)}  # fmt: skip
        text = BASES["without data"].replace(
            '"data":{}', f'"data":{strict.canonical(short).decode()}', 1
        )
        case: Case = {"name": name, "op": "parse", "text": text, "expect": expect}
        made.append(case | ({"hash": act.parse(text.encode()).hash} if expect == "ok" else {}))
    return made


def _signature(by: str, key: str | None = None, over: Act = FIRST) -> Signature:
    return act.sign(over, by, signing.member_seed(seed(key or by)))


def _spelled(*signatures: Signature) -> list[dict[str, str]]:
    return [{"by": each.by, "signature": strict.to_b64(each.signature)} for each in signatures]


def _signed() -> list[Case]:
    return [
        {
            "name": f"{name}, signed by {by}",
            "op": "sign",
            "base": name,
            "by": by,
            "identity_seed": seed(by).hex(),
            "signature": strict.to_b64(_signature(by, over=each).signature),
            "expect": "ok",
        }
        for name, each in _ACTS.items()
        for by in ("ada", "ben")
    ]


def _checked() -> list[Case]:
    ada, ben = _signature("ada"), _signature("ben")
    table: dict[str, tuple[list[Signature], str, tuple[str, str] | None]] = {
        "signed by one": ([ada], "ok", None),
        "signed by two": ([ada, ben], "ok", None),
        "signed by nobody": ([], "ok", None),
        "signed twice by one person": ([ada, ada], "InvalidSignature", None),
        "signed by somebody the roster does not list": (
            [_signature("mallory")], "InvalidSignature", None,
        ),
        "signed with the key of somebody else": (
            [_signature("ada", "ben")], "InvalidSignature", None,
        ),
        "a signature under another act": (
            [ada, _signature("ben", over=NEXT)], "InvalidSignature", None,
        ),
        "another act before": ([ada], "InvalidSignature", ('"previous":null',
                                                           f'"previous":"{NEXT.hash}"')),
        "another outcome": ([ada], "InvalidSignature", ("s1=PARTLY", "s1=SUBSTANTIATED")),
        "another case": ([ada], "InvalidSignature", (CASE_ID, seed("x").hex())),
        "another day": ([ada], "InvalidSignature", (DAY, "2026-11-22")),
        "another roster": ([ada], "InvalidSignature", (_HASH, seed("x").hex())),
        "another installation": (
            [ada], "InvalidSignature", (INSTALLATION, OTHER_INSTALLATION),
        ),
    }  # fmt: skip
    return [
        {"name": f"checked: {name}", "op": "check", "base": "determination",
         **({"replace": list(replace)} if replace else {}), "roster": ROSTER,
         "signatures": _spelled(*signatures), "expect": expect}
        for name, (signatures, expect, replace) in table.items()
    ]  # fmt: skip


def _lists() -> list[Case]:
    ada, ben = _spelled(_signature("ada"), _signature("ben"))
    table: dict[str, tuple[object, str]] = {
        "one": ([ada], "ok"),
        "two": ([ada, ben], "ok"),
        "none": ([], "MalformedAct"),
        "not in order": ([ben, ada], "MalformedAct"),
        "the same person twice": ([ada, ada], "MalformedAct"),
        "a name for a person": ([{**ada, "by": "Ada Example"}], "MalformedAct"),
        "a signature cut short": ([{**ada, "signature": "AAAA"}], "MalformedAct"),
        "a field more": ([{**ada, "on": DAY}], "MalformedAct"),
        "an object": (ada, "MalformedAct"),
        "more than a roster has people": (
            [{**ada, "by": f"p{at:02}"} for at in range(21)], "MalformedAct",
        ),
    }  # fmt: skip
    return [
        {"name": f"a list of signatures: {name}", "op": "signatures",
         "text": strict.canonical(value).decode(), "expect": expect}
        for name, (value, expect) in table.items()
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_parsed(), *_signed(), *_checked(), *_lists()]
