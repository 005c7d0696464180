"""Ledger entries of every type, what they commit to, deposit statements, and faults in them."""

from datetime import date

from crypto import entry, statement, strict
from crypto.entry import Entry
from crypto.entry_types import TYPES, EntryType, Value
from tests.vectors.cases import fixed
from tests.vectors.cases.fixed import CASE_ID, DAY, Case, root_key, seed

ON = date.fromisoformat(DAY)
NONCE = seed("entry nonce")
TEXT = fixed.SUBMISSION_TEXT
TEXT_NONCE = seed("text nonce")
DIGEST = seed("digest").hex()
COMMITMENT = entry.commitment(TEXT_NONCE, TEXT.encode())
_VALUES: dict[str, Value] = {
    "code": "OPENED",
    "count": 3,
    "day": DAY,
    "hash": seed("value").hex(),
    "origin": "ledger.example/one",
    "person": "ada",
    "signature": strict.to_b64(seed("value") * 2),
}


def example(kind: EntryType, *, full: bool) -> Entry:
    """An entry of a type, with all that it may have or with only what it must."""
    filled = kind.required | (kind.optional if full else frozenset())

    def value(spelled: str) -> Value:
        return None if spelled.endswith("?") and not full else _VALUES[spelled.removesuffix("?")]

    return Entry(
        type=kind.name,
        on=ON,
        nonce=NONCE,
        subject=entry.subject(CASE_ID, NONCE) if "subject" in filled else None,
        digest=DIGEST if "digest" in filled else None,
        commitment=COMMITMENT if "commitment" in filled else None,
        by="ada" if "by" in filled else None,
        data={key: value(spelled) for key, spelled in kind.data.items()},
        previous=seed("previous").hex() if full and "subject" in filled else None,
    )


RECEIVED = example(TYPES["submission.received"], full=False)
STATEMENT = statement.sign(fixed.INSTALLATION, ON, DIGEST, NONCE, seed("statement"))
BASES = {
    **{name: example(kind, full=True).to_bytes().decode() for name, kind in TYPES.items()},
    "first": RECEIVED.to_bytes().decode(),
    "statement": STATEMENT.decode(),
}

# From the base named first, every case replaces the first text by the second, once.
FAULTS: dict[str, tuple[str, str, str]] = {
    "a version to come": ("first", '"v":1', '"v":2'),
    "true for the version": ("first", '"v":1', '"v":true'),
    "white space": ("first", '"v":1', '"v": 1'),
    "a name twice": ("first", '"v":1', '"v":1,"v":1'),
    "an extra field": ("first", ',"v":1', ',"v":1,"z":1'),
    "a field less": ("first", '"by":null,', ""),
    "another order": ("first", '"by":null,"commitment"', '"commitment"'),
    "an unknown type": ("first", '"submission.received"', '"submission.lost"'),
    "a type that JavaScript knows": ("first", '"submission.received"', '"constructor"'),
    "null for the type": ("first", '"submission.received"', "null"),
    "the type of another entry": ("first", '"submission.received"', '"case.read"'),
    "no such day": ("first", DAY, "2026-02-30"),
    "a day with a time": ("first", DAY, f"{DAY}T00:00:00Z"),
    "a week for a day": ("first", DAY, "2026-W47-6"),
    "a nonce cut short": ("first", NONCE.hex(), NONCE.hex()[:-2]),
    "a nonce in upper case": ("first", NONCE.hex(), NONCE.hex().upper()),
    "null for the nonce": ("first", f'"{NONCE.hex()}"', "null"),
    "null for the subject": ("first", f'"{RECEIVED.subject}"', "null"),
    "null for the digest": ("first", f'"{DIGEST}"', "null"),
    "null for the commitment": ("first", f'"{COMMITMENT}"', "null"),
    "a commitment cut short": ("first", COMMITMENT, COMMITMENT[:-1]),
    "a person where a program acts": ("first", '"by":null', '"by":"ada"'),
    "no person where one acts": ("case.read", '"by":"ada"', '"by":null'),
    "a name for a person": ("case.read", '"by":"ada"', '"by":"Ada Example"'),
    "a list for a person": ("case.read", '"by":"ada"', '"by":["ada"]'),
    "a subject where there is no case": (
        "roster.published", '"subject":null', f'"subject":"{RECEIVED.subject}"',
    ),
    "an entry before where there is no case": (
        "roster.published", '"previous":null', f'"previous":"{DIGEST}"',
    ),
    "a word in the data": ("first", '"slices":3', '"slices":"three"'),
    "a negative count": ("first", '"slices":3', '"slices":-1'),
    "a fraction for a count": ("first", '"slices":3', '"slices":3.0'),
    "true for a count": ("first", '"slices":3', '"slices":true'),
    "a field more in the data": ("first", '"slices":3', '"slices":3,"z":1'),
    "a field less in the data": ("first", '"slices":3', ""),
    "a list for the data": ("first", '{"slices":3}', "[]"),
    "null for the data": ("first", '{"slices":3}', "null"),
    "a sentence for a code": ("case.moved", '"from":"OPENED"', '"from":"opened by Ada"'),
    "an empty code": ("case.moved", '"from":"OPENED"', '"from":""'),
    "null for a code": ("case.moved", '"from":"OPENED"', '"from":null'),
    "a step without its act": (
        "case.moved", f'"act":"{seed("value").hex()}"', '"act":null',
    ),
    "no signature where one must be": (
        "disposition.approved", strict.to_b64(seed("value") * 2), strict.to_b64(seed("value")),
    ),
    "an origin of two lines": ("ledger.continued", "ledger.example/one", "a\\nb"),
    "a cover that says something": ("cover", '"data":{}', '"data":{"slices":1}'),
}  # fmt: skip
STATEMENT_FAULTS: dict[str, tuple[str, str, str]] = {
    "another version": ('"v":1', '"v":2', "MalformedStatement"),
    "no such day": (DAY, "2026-02-30", "MalformedStatement"),
    "an installation cut short": (
        fixed.INSTALLATION, fixed.INSTALLATION[:-1], "MalformedStatement",
    ),
    "null for the deposit": (
        f'"{entry.tally_value(DIGEST, NONCE)}"', "null", "MalformedStatement",
    ),
    "white space": ('"v":1', '"v": 1', "MalformedStatement"),
    "another day": (DAY, "2026-11-22", "InvalidSignature"),
    "another installation": (
        fixed.INSTALLATION, fixed.OTHER_INSTALLATION, "InvalidSignature",
    ),
    "another deposit": (
        entry.tally_value(DIGEST, NONCE), entry.tally_value(DIGEST, seed("x")), "InvalidSignature",
    ),
}  # fmt: skip


def _good() -> list[Case]:
    return [
        {
            "name": f"an entry: {name}",
            "op": "parse",
            "base": name,
            "leaf_hash": entry.parse(text.encode()).leaf_hash,
            "expect": "ok",
        }
        for name, text in BASES.items()
        if name != "statement"
    ]


def _bad() -> list[Case]:
    return [
        {
            "name": f"malformed: {name}",
            "op": "parse",
            "base": base,
            "replace": [old, new],
            "expect": "MalformedEntry",
        }
        for name, (base, old, new) in FAULTS.items()
    ]


def _hashes() -> list[Case]:
    return [
        {"name": "a subject", "op": "subject", "case": CASE_ID, "nonce": NONCE.hex(),
         "hash": entry.subject(CASE_ID, NONCE), "expect": "ok"},
        {"name": "a commitment", "op": "commitment", "text": TEXT, "nonce": TEXT_NONCE.hex(),
         "hash": COMMITMENT, "expect": "ok"},
        {"name": "a value of the tally", "op": "tally", "digest": DIGEST, "nonce": NONCE.hex(),
         "hash": entry.tally_value(DIGEST, NONCE), "expect": "ok"},
        {"name": "the text that was received", "op": "check_text", "base": "first",
         "kept": TEXT, "nonce": TEXT_NONCE.hex(), "expect": "ok"},
        {"name": "another text", "op": "check_text", "base": "first",
         "kept": TEXT + "\n", "nonce": TEXT_NONCE.hex(), "expect": "WrongText"},
        {"name": "the text under another nonce", "op": "check_text", "base": "first",
         "kept": TEXT, "nonce": NONCE.hex(), "expect": "WrongText"},
        {"name": "a text for an entry without one", "op": "check_text", "base": "case.read",
         "kept": TEXT, "nonce": TEXT_NONCE.hex(), "expect": "WrongText"},
    ]  # fmt: skip


def _statements() -> list[Case]:
    good: Case = {"op": "statement", "base": "statement", "keys": [root_key("statement")]}
    made: list[Case] = [
        {"name": "a deposit statement", **good, "expect": "ok"},
        {"name": "a statement under the second of two keys", **good,
         "keys": [root_key("older"), root_key("statement")], "expect": "ok"},
        {"name": "a statement under no key", **good, "keys": [], "expect": "InvalidSignature"},
        {"name": "a statement under another key", **good,
         "keys": [root_key("older")], "expect": "InvalidSignature"},
    ]  # fmt: skip
    return made + [
        {"name": f"statement: {name}", **good, "replace": [old, new], "expect": expect}
        for name, (old, new, expect) in STATEMENT_FAULTS.items()
    ]


def cases() -> list[Case]:
    return [*_good(), *_bad(), *_hashes(), *_statements()]
