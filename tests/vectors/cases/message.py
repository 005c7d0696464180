"""Messages of every kind, and every way to get one wrong."""

import hashlib
import json

from crypto import padding, signing, strict
from crypto.recipient import from_seed
from tests.vectors.cases import fixed, message_faults
from tests.vectors.cases.fixed import Case, Json, seed, signed

ADA = signing.member_seed(seed("ada"))
SUBMITTER = fixed.CODE_KEYS.signing_seed
_ALL: dict[str, tuple[str, Json, bytes]] = {
    "submission": ("submission", fixed.SUBMISSION, SUBMITTER),
    "bare submission": (
        "submission",
        fixed.SUBMISSION
        | {"excluded": [], "attachments": [], "sealed_in": "server", "lang": "pt-BR"}
        | {
            "body": {
                **fixed.ANSWERS,
                "kind": "complaint",
                "relation": "undisclosed",
                "ongoing": "no",
                "what": "",
                "reply_wanted": False,
            }
        },
        SUBMITTER,
    ),
    "follow-up": ("follow-up", fixed.FOLLOW_UP, SUBMITTER),
    "follow-up with files": (
        "follow-up",
        fixed.FOLLOW_UP | {"attachments": fixed.FILES},
        SUBMITTER,
    ),
    "reply": ("reply", fixed.REPLY, ADA),
    "state": ("state", fixed.STATE, ADA),
    "closed": ("state", fixed.STATE | {"body": {"state": "closed", "next_on": None}}, ADA),
    "note": ("note", fixed.NOTE, ADA),
}
BASES = {name: signed(kind, document, key) for name, (kind, document, key) in _ALL.items()}
THREADS = {
    "submission": "submitter",
    "follow-up": "submitter",
    "reply": "committee",
    "state": "committee",
    "note": "notes",
}


def _good() -> list[Case]:
    made: list[Case] = []
    for name, (kind, document, key) in _ALL.items():
        text = BASES[name]
        made.append(
            {
                "name": f"a {name}",
                "op": "parse",
                "base": name,
                "kind": kind,
                "thread": THREADS[kind],
                "digest": hashlib.sha256(text.encode()).hexdigest(),
                "expect": "ok",
            }
        )
        with_case: Case = {"case_seed": fixed.CASE_SEED.hex()} if kind == "submission" else {}
        build: Case = {
            "name": f"a {name} built from its fields",
            "op": "build",
            "document": document,
            "seed": key.hex(),
            "base": name,
            "expect": "ok",
        }
        made.append(build | with_case)
    return made


def _wrong() -> list[Case]:
    made: list[Case] = []
    for name, (base, old, new) in message_faults.REPLACED.items():
        if old not in BASES[base] or old == new:
            raise ValueError(f"{name}: nothing to replace")
        made.append(
            {
                "name": name,
                "op": "parse",
                "base": base,
                "replace": [old, new],
                "expect": "MalformedMessage",
            }
        )
    made += [
        {"name": name, "op": "parse", "text": text, "expect": "MalformedMessage"}
        for name, text in {
            "nothing": "",
            "null": "null",
            "a list": "[]",
            "an empty object": "{}",
            "a text": '"note"',
            "a long name for an attachment": _named("n" * 201),
            "a long type for an attachment": _typed("t" * 101),
            "a hundred and one attachments": _many(101),
        }.items()
    ]
    return made


def _named(name: str) -> str:
    return _with_files([{**fixed.FILES[0], "name": name}])


def _typed(name: str) -> str:
    return _with_files([{**fixed.FILES[0], "type": name}])


def _many(count: int) -> str:
    return _with_files([{**fixed.FILES[0], "first": first} for first in range(count)])


def _with_files(files: list[Json]) -> str:
    return signed("follow-up", fixed.FOLLOW_UP | {"attachments": files}, SUBMITTER)


def _limits() -> list[Case]:
    empty = len(BASES["note"])

    def note(size: int) -> str:
        return signed("note", fixed.NOTE | {"body": {"text": "a" * (size - empty)}}, ADA)

    good = {
        "a name of 200 characters": _named("n" * 200),
        "a name of 200 characters outside the basic plane": _named("\U0001f339" * 200),
        "a type of 100 characters": _typed("t" * 100),
        "a hundred attachments": _many(100),
        "a message as long as fits": note(padding.MESSAGE_LIMIT),
    }
    made: list[Case] = [
        {
            "name": name,
            "op": "parse",
            "text": text,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "expect": "ok",
        }
        for name, text in good.items()
    ]
    made.append(
        {
            "name": "a message seven bytes too long",
            "op": "parse",
            "text": note(padding.MESSAGE_LIMIT + 7),
            "over": 7,
            "expect": "TooLong",
        }
    )
    return made


def _case_signature(base: str) -> str:
    return str(json.loads(BASES[base])["case_signature"])


SUBMITTER_KEY = str(fixed.SUBMISSION["submitter_key"])
ADA_KEY, BEN_KEY = fixed.member_key("ada"), fixed.member_key("ben")
_FORGED: list[tuple[str, str, str]] = [
    ("a changed word", "Revenue was booked", "Nothing was booked"),
    ("one exclusion less", '["ben","it-1"]', '["it-1"]'),
    ("another case", fixed.CASE_ID, "00" * 32),
    ("the server said to have sealed it", '"browser"', '"server"'),
    (
        "another mailbox",
        from_seed(fixed.CODE_KEYS.mailbox_seed).text,
        fixed.recipient("somebody else").text,
    ),
    ("another's key", SUBMITTER_KEY, fixed.root_key("somebody else")),
    (
        "the case signature of another",
        _case_signature("submission"),
        _case_signature("bare submission"),
    ),
]
_CHECKED: list[tuple[str, str, str, str]] = [
    ("a follow-up of the submitter", "follow-up", SUBMITTER_KEY, "ok"),
    ("a follow-up of somebody else", "follow-up", ADA_KEY, "InvalidSignature"),
    ("a reply of its member", "reply", ADA_KEY, "ok"),
    ("a reply of another member", "reply", BEN_KEY, "InvalidSignature"),
    ("a submission under its key", "submission", SUBMITTER_KEY, "ok"),
]
_AMONG: list[tuple[str, Json, Json]] = [
    (
        "the reply's signer among three",
        {"ben": BEN_KEY, "ada": ADA_KEY, "cleo": fixed.member_key("cleo")},
        {"signer": "ada", "expect": "ok"},
    ),
    ("no signer among others", {"ben": BEN_KEY}, {"expect": "InvalidSignature"}),
    ("no signer among nobody", {}, {"expect": "InvalidSignature"}),
]


def _signatures() -> list[Case]:
    forged: list[Case] = [
        {
            "name": f"a submission with {name}",
            "op": "parse",
            "base": "submission",
            "replace": [old, new],
            "expect": "InvalidSignature",
        }
        for name, old, new in _FORGED
    ]
    checked: list[Case] = [
        {"name": name, "op": "check", "base": base, "key": key, "expect": expect}
        for name, base, key, expect in _CHECKED
    ]
    among: list[Case] = [
        {"name": name, "op": "signer", "base": "reply", "keys": keys} | rest
        for name, keys, rest in _AMONG
    ]
    return [*forged, *checked, *among]


def _forgery(**changed: object) -> Json:
    """A submission that vouches for itself with a key and a mailbox of the forger's own."""
    return fixed.SUBMISSION | {
        "mailbox": fixed.recipient("forger").text,
        "submitter_key": fixed.root_key("forger"),
        **changed,
    }


_FORGER = seed("forger")
# Signed by the forger, with what a forger can have in the place of the case's signature.
_OF_THE_CASE: dict[str, tuple[str, bytes, str]] = {
    "a submission of its case": (BASES["submission"], fixed.CASE_SEED, "ok"),
    "a bare submission of its case": (BASES["bare submission"], fixed.CASE_SEED, "ok"),
    "a submission under another case's seed": (
        BASES["submission"],
        seed("another case"),
        "InvalidSignature",
    ),
    "a forged submission by who does not know the case seed": (
        signed("submission", _forgery(), _FORGER, seed("another case")),
        fixed.CASE_SEED,
        "InvalidSignature",
    ),
    "a forged submission with the case signature of the true one": (
        strict.canonical(
            signing.sign(
                "submission",
                _forgery(case_signature=_case_signature("submission")),
                _FORGER,
            )
        ).decode(),
        fixed.CASE_SEED,
        "InvalidSignature",
    ),
    "a follow-up, which has no case signature": (
        BASES["follow-up"],
        fixed.CASE_SEED,
        "InvalidSignature",
    ),
}


def _case_signatures() -> list[Case]:
    return [
        {"name": name, "op": "case", "text": text, "case_seed": key.hex(), "expect": expect}
        for name, (text, key, expect) in _OF_THE_CASE.items()
    ]


_HERE = fixed.place()
_PLACES: dict[str, tuple[str, Json, str, str]] = {
    "a note in its place": ("note", _HERE, "notes", "ok"),
    "a reply in its place": ("reply", _HERE, "committee", "ok"),
    "a submission in its place": ("submission", _HERE, "submitter", "ok"),
    "a follow-up in its place": (
        "follow-up",
        fixed.place(2, fixed.SUBMISSION_DIGEST),
        "submitter",
        "ok",
    ),
    "a note shown as a reply": ("note", _HERE, "committee", "WrongPlace"),
    "a reply shown as a note": ("reply", _HERE, "notes", "WrongPlace"),
    "a message of another case": ("note", {**_HERE, "case": "00" * 32}, "notes", "WrongPlace"),
    "a message of another installation": (
        "note",
        {**_HERE, "installation": fixed.OTHER_INSTALLATION},
        "notes",
        "WrongPlace",
    ),
    "a message shown again later": (
        "note",
        fixed.place(2, "00" * 32),
        "notes",
        "WrongPlace",
    ),
    "a message after another one": (
        "follow-up",
        fixed.place(2, "00" * 32),
        "submitter",
        "WrongPlace",
    ),
    "a message at another position": (
        "follow-up",
        fixed.place(3, fixed.SUBMISSION_DIGEST),
        "submitter",
        "WrongPlace",
    ),
}


def _places() -> list[Case]:
    return [
        {
            "name": name,
            "op": "place",
            "base": base,
            "place": where,
            "thread": thread,
            "expect": expect,
        }
        for name, (base, where, thread, expect) in _PLACES.items()
    ]


def cases() -> list[Case]:
    return [*_good(), *_wrong(), *_limits(), *_signatures(), *_case_signatures(), *_places()]
