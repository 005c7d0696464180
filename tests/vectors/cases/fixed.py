"""The fixed keys, rosters and messages that the vectors are made of.

Everything follows from the names given to seed(): these keys are public and open nothing real.
"""

import hashlib
from collections.abc import Mapping, Sequence

from crypto import roster, signing, strict
from crypto.case import case_id
from crypto.receipt import ReceiptCode
from crypto.recipient import Recipient, from_seed

Case = dict[str, object]
Json = dict[str, object]

INSTALLATION = hashlib.sha256(b"underrose vectors: installation").hexdigest()[:32]
OTHER_INSTALLATION = hashlib.sha256(b"underrose vectors: elsewhere").hexdigest()[:32]
DAY = "2026-11-21"


def seed(name: str) -> bytes:
    """The 32 bytes that stand for this name everywhere in the vectors."""
    return hashlib.sha256(b"underrose vectors: " + name.encode()).digest()


def recipient(name: str) -> Recipient:
    return from_seed(seed(name))


def member_key(name: str) -> str:
    """The verify key that belongs to the identity of this name, as documents spell it."""
    return strict.to_b64(signing.verify_key(signing.member_seed(seed(name))))


def root_key(name: str = "root") -> str:
    return strict.to_b64(signing.verify_key(seed(name)))


CODE = ReceiptCode(seed("code")[:15])
CODE_KEYS = CODE.keys(INSTALLATION)
CASE_SEED = seed("case")
CASE_RECIPIENT = recipient("case").text
CASE_ID = case_id(CASE_RECIPIENT)


def reader(name: str, role: str) -> Json:
    return {
        "id": name,
        "role": role,
        "title": f"The {role}",
        "name": f"{name.title()} Example",
        "recipient": recipient(name).text,
        "verify_key": member_key(name),
    }


def roster_fields(readers: Sequence[Json], **changed: object) -> Json:
    fields: Json = {
        "installation": INSTALLATION,
        "epoch": 1,
        "demo": False,
        "issued_on": "2026-01-01",
        "expires_on": "2027-01-31",
        "committee": {"name": "Audit Committee of Example, Inc."},
        "readers": list(readers),
        "listed": [{"id": "secretary", "title": "Secretary", "name": "Sam Example"}],
        "secretariat": recipient("secretariat").text,
        "recovery": None,
        "routing": recipient("routing").text,
        "statement_keys": [root_key("statement")],
        "ledger_key": None,
        "previous": None,
    }
    return fields | changed


SMALL = roster_fields([reader("ada", "chair"), reader("ben", "member")])
FULL = roster_fields(
    [
        reader("ada", "chair"),
        reader("ben", "member"),
        reader("cleo", "member"),
        reader("dan", "alternate"),
        reader("eve", "counsel"),
    ],
    listed=[
        {"id": "secretary", "title": "Sécrétaire", "name": "Sam Example"},
        {"id": "it-1", "title": "Administrator", "name": "Ivo “I.T.” Example"},
    ],
    recovery=recipient("recovery").text,
)


def signed_roster(fields: Mapping[str, object], key: str = "root") -> str:
    """The text of the roster with these fields, signed with the root seed of that name."""
    return roster.sign_roster(fields, seed(key)).decode()


ROSTER_HASH = hashlib.sha256(signed_roster(FULL).encode()).hexdigest()


def signed(
    kind: str, document: Mapping[str, object], key: bytes, case_seed: bytes = CASE_SEED
) -> str:
    """The canonical text of a document signed under this kind, well formed or not."""
    if kind == "submission":
        document = signing.sign_case(document, case_seed)
    return strict.canonical(signing.sign(kind, document, key)).decode()


def place(n: int = 1, previous: str | None = None) -> Json:
    return {"installation": INSTALLATION, "case": CASE_ID, "n": n, "previous": previous}


def document(kind: str, body: Json, where: Json) -> Json:
    """The fields that every message has, without its signature."""
    return {
        "v": 1,
        "kind": kind,
        "for": where,
        "roster": ROSTER_HASH,
        "on": DAY,
        "lang": "en",
        "body": body,
        "sealed_in": "browser",
    }


ANSWERS: Json = {
    "kind": "concern",
    "relation": "employee",
    "what": "Revenue was booked before delivery.\nTwice, in “Q3”.",
    "when": "September",
    "where": "",
    "who": "",
    "how": "I saw the papers — ΑΩ 漢字 🌹",
    "ongoing": "unknown",
    "told": "",
    "hope": "",
    "reply_wanted": True,
}
FILES: list[Json] = [
    {
        "name": "ledger.csv",
        "type": "text/csv",
        "size": 70000,
        "first": 0,
        "count": 1,
        "sha256": "11" * 32,
    },
    {
        "name": "photo 写真.jpg",
        "type": "",
        "size": 3 << 20,
        "first": 1,
        "count": 4,
        "sha256": "22" * 32,
    },
]
SUBMISSION: Json = document("submission", ANSWERS, place()) | {
    "excluded": ["ben", "it-1"],
    "attachments": FILES,
    "mailbox": from_seed(CODE_KEYS.mailbox_seed).text,
    "submitter_key": strict.to_b64(signing.verify_key(CODE_KEYS.signing_seed)),
}
SUBMISSION_TEXT = signed("submission", SUBMISSION, CODE_KEYS.signing_seed)
SUBMISSION_DIGEST = hashlib.sha256(SUBMISSION_TEXT.encode()).hexdigest()
FOLLOW_UP: Json = document(
    "follow-up", {"text": "One thing more."}, place(2, SUBMISSION_DIGEST)
) | {"attachments": [], "sealed_in": "server"}
REPLY: Json = document("reply", {"text": "Thank you. Where?"}, place())
REPLY_TEXT = signed("reply", REPLY, signing.member_seed(seed("ada")))
STATE: Json = document(
    "state",
    {"state": "asked", "next_on": "2026-12-01"},
    place(2, hashlib.sha256(REPLY_TEXT.encode()).hexdigest()),
)
NOTE: Json = document("note", {"text": ""}, place())
