"""A small committee whose keys are always the same, for every test that needs one.

Pure crypto: a chair, two members, an alternate and independent counsel as readers, three more
people who may be named, and the keys of all of them, of intake's deposit statements and of the
ledger. Nothing here is secret or drawn at random, so
that a failing test fails again.
"""

import datetime
import hashlib
from collections.abc import Mapping

from crypto import signing, strict
from crypto.cosignature import Signer
from crypto.identity import Identity
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster, sign_roster, verify

INSTALLATION = "5eed" * 8
TODAY = datetime.date(2026, 11, 21)
LEDGER = "ledger.example/committee"
READERS = (
    ("chair", "chair", "Chair of the audit committee", "Ada Winter"),
    ("member-1", "member", "Member of the audit committee", "Ben Okafor"),
    ("member-2", "member", "Member of the audit committee", "Carla Reyes"),
    ("alternate", "alternate", "Director", "Dmitri Hale"),
    ("counsel", "counsel", "Independent counsel", "Esther Lund"),
)
LISTED = (
    ("secretary", "Secretary of the committee", "Frank Moss"),
    ("auditor", "Retention auditor", "Grace Yoon"),
    ("finance", "Chief Financial Officer", "Henry Stone"),
)


def seed(name: str) -> bytes:
    """The same 32 bytes for the same name, every time."""
    return hashlib.sha256(b"committee for tests/" + name.encode()).digest()


ROOT_SEED = seed("root")
DRILL_SEED = seed("drill")
ROOT_KEY = signing.verify_key(ROOT_SEED)


def identity(name: str) -> Identity:
    """The identity of a reader by id; also of `routing`, `secretariat` and `recovery`."""
    return Identity.from_seed(seed(name))


def recipient(name: str) -> Recipient:
    """The public half of identity(name)."""
    return from_seed(seed(name))


def signing_seed(name: str) -> bytes:
    """What a reader signs replies, states and notes with."""
    return signing.member_seed(seed(name))


def statement_seed() -> bytes:
    """What intake signs deposit statements and tally days with."""
    return seed("statement")


def ledger_signer() -> Signer:
    """The keeper of the committee's ledger, whose key the roster names."""
    return Signer(LEDGER, seed("ledger"))


def roster_fields(**changes: object) -> dict[str, object]:
    """The fields of the committee's first roster, some of them replaced."""
    fields: dict[str, object] = {
        "installation": INSTALLATION,
        "epoch": 1,
        "demo": True,
        "issued_on": "2026-01-01",
        "expires_on": "2027-12-31",
        "committee": {"name": "Example Widgets, Inc."},
        "readers": [
            {
                "id": reader_id,
                "role": role,
                "title": title,
                "name": name,
                "recipient": recipient(reader_id).text,
                "verify_key": strict.to_b64(signing.verify_key(signing_seed(reader_id))),
            }
            for reader_id, role, title, name in READERS
        ],
        "listed": [
            {"id": listed_id, "title": title, "name": name} for listed_id, title, name in LISTED
        ],
        "secretariat": recipient("secretariat").text,
        "recovery": recipient("recovery").text,
        "routing": recipient("routing").text,
        "statement_keys": [strict.to_b64(signing.verify_key(statement_seed()))],
        "ledger_key": ledger_signer().key.text,
        "previous": None,
    }
    return {**fields, **changes}


def roster(root_seed: bytes = ROOT_SEED, /, **changes: object) -> Roster:
    """A signed roster of the committee, verified unless another root signed it.

    roster(demo=False), roster(expires_on="2026-01-31") and the like change single fields.
    """
    document = sign_roster(roster_fields(**changes), root_seed)
    return verify(document, signing.verify_key(root_seed))


def next_roster(before: Roster, **changes: object) -> Roster:
    """The roster after another one: one epoch later and naming it."""
    return roster(**{"epoch": before.epoch + 1, "previous": before.hash, **changes})


def readers_without(*left_out: str) -> Mapping[str, Identity]:
    """The identities of the readers who are not left out, by id."""
    return {reader[0]: identity(reader[0]) for reader in READERS if reader[0] not in left_out}
