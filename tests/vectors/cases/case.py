"""Case keys: names, sizes, routing and the mailbox record."""

import json

from crypto import age, case, padding, signing, strict
from tests.vectors.cases import fixed
from tests.vectors.cases.fixed import Case, Json, recipient, signed

SUBMITTER = fixed.CODE_KEYS.signing_seed
SUBMITTER_KEY = strict.to_b64(signing.verify_key(SUBMITTER))
MAILBOX_ID = "ab" * 32
RECORD: Json = {
    "v": 1,
    "installation": fixed.INSTALLATION,
    "mailbox": MAILBOX_ID,
    "generation": 1,
    "case": fixed.CASE_RECIPIENT,
}
ROUTING: Json = {"v": 1, "roster": fixed.ROSTER_HASH, "excluded": ["ben", "it-1"]}
LONGEST: Json = ROUTING | {"excluded": [f"{n:016}" for n in range(20)]}
BASES = {
    "routing": strict.canonical(ROUTING).decode(),
    "nobody": strict.canonical(ROUTING | {"excluded": []}).decode(),
    "twenty": strict.canonical(LONGEST).decode(),
    "mailbox": signed("mailbox", RECORD, SUBMITTER),
    "second generation": signed("mailbox", RECORD | {"generation": 2}, SUBMITTER),
}
_SIGNATURE = json.loads(BASES["mailbox"])["signature"]


def _names_and_sizes() -> list[Case]:
    made: list[Case] = [
        {
            "name": f"the id of the case {name}",
            "op": "case_id",
            "recipient": recipient(name).text,
            "id": case.case_id(recipient(name).text),
            "expect": "ok",
        }
        for name in ("case", "another case")
    ]
    made += [
        {
            "name": f"the size of a grant with {slots} slots",
            "op": "grant_size",
            "slots": slots,
            "size": age.sealed_size(32, slots),
            "expect": "ok",
        }
        for slots in (1, 2, 5, 20)
    ]
    made.append(
        {
            "name": "the size of a routing envelope",
            "op": "routing_size",
            "size": age.sealed_size(512),
            "expect": "ok",
        }
    )
    made.append(
        {
            "name": "the sizes of envelopes",
            "op": "envelope_sizes",
            "sizes": [age.sealed_size(step) for step in padding.MESSAGE_STEPS],
            "expect": "ok",
        }
    )
    return made


_ROUTING: dict[str, tuple[str, str]] = {
    "white space": ('"v":1', '"v": 1'),
    "a version to come": ('"v":1', '"v":2'),
    "no version": (',"v":1', ""),
    "a field more": (',"v":1', ',"v":1,"w":1'),
    "a roster that is no hash": (fixed.ROSTER_HASH, fixed.ROSTER_HASH[:-2]),
    "null for excluded": ('["ben","it-1"]', "null"),
    "excluded out of order": ('["ben","it-1"]', '["it-1","ben"]'),
    "excluded twice": ('["ben","it-1"]', '["ben","ben"]'),
    "an id that is none": ('["ben","it-1"]', '["b n"]'),
    "a number for an id": ('["ben","it-1"]', "[7]"),
}
_MAILBOX: dict[str, tuple[str, str, str]] = {
    "a version to come": ('"v":1', '"v":2', "Malformed"),
    "a field more": ('"v":1', '"v":1,"w":1', "Malformed"),
    "generation zero": ('"generation":1', '"generation":0', "Malformed"),
    "text for the generation": ('"generation":1', '"generation":"1"', "Malformed"),
    "a mailbox that is no hash": (MAILBOX_ID, MAILBOX_ID[2:], "Malformed"),
    "a mailbox in upper case": (MAILBOX_ID, MAILBOX_ID.upper(), "Malformed"),
    "an installation cut short": (fixed.INSTALLATION, "00", "Malformed"),
    "a case that is no recipient": ('"case":"age1pq1', '"case":"age1pq1q', "Malformed"),
    "a short signature": (_SIGNATURE, "AAAA", "Malformed"),
    "another generation": ('"generation":1', '"generation":2', "InvalidSignature"),
    "another mailbox": (MAILBOX_ID, "cd" * 32, "InvalidSignature"),
    "another installation": (fixed.INSTALLATION, fixed.OTHER_INSTALLATION, "InvalidSignature"),
    "another case": (
        fixed.CASE_RECIPIENT,
        recipient("another case").text,
        "InvalidSignature",
    ),
}


def _routing() -> list[Case]:
    made: list[Case] = [
        {
            "name": f"routing that excludes {base}",
            "op": "routing",
            "base": base,
            "document": document,
            "expect": "ok",
        }
        for base, document in (
            ("routing", ROUTING),
            ("nobody", ROUTING | {"excluded": []}),
            ("twenty", LONGEST),
        )
    ]
    made += [
        {
            "name": f"routing with {name}",
            "op": "routing",
            "base": "routing",
            "replace": list(replace),
            "expect": "Malformed",
        }
        for name, replace in _ROUTING.items()
    ]
    return made


def _mailbox() -> list[Case]:
    made: list[Case] = [
        {
            "name": f"a mailbox record of the {base}",
            "op": "sign_mailbox",
            "base": base,
            "document": document,
            "seed": SUBMITTER.hex(),
            "key": SUBMITTER_KEY,
            "expect": "ok",
        }
        for base, document in (
            ("mailbox", RECORD),
            ("second generation", RECORD | {"generation": 2}),
        )
    ]
    made += [
        {
            "name": f"a mailbox record with {name}",
            "op": "mailbox",
            "base": "mailbox",
            "replace": [old, new],
            "key": SUBMITTER_KEY,
            "expect": expect,
        }
        for name, (old, new, expect) in _MAILBOX.items()
    ]
    made.append(
        {
            "name": "a mailbox record under another key",
            "op": "mailbox",
            "base": "mailbox",
            "key": fixed.root_key("somebody else"),
            "expect": "InvalidSignature",
        }
    )
    made.append(
        {
            "name": "a mailbox record signed as another kind",
            "op": "mailbox",
            "text": signed("note", RECORD, SUBMITTER),
            "key": SUBMITTER_KEY,
            "expect": "InvalidSignature",
        }
    )
    return made


def cases() -> list[Case]:
    return [*_names_and_sizes(), *_routing(), *_mailbox()]
