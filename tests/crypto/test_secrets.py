"""Nothing that is printed, logged or shown in a traceback tells a secret."""

import dataclasses
import importlib
import json
import pkgutil
import traceback
from collections.abc import Iterator
from datetime import date

import pytest

import crypto
from crypto.case import MailboxRecord, Routing
from crypto.cosignature import Signer
from crypto.errors import CryptoError
from crypto.identity import Identity
from crypto.kept import Kept
from crypto.message import Attachment, Message, Place
from crypto.receipt import ReceiptCode, ReceiptKeys
from crypto.shredding import RowPlace
from tests.crypto.test_vectors import CASES, RUN, Vector

MARK = "marked-secret"
MARKED = MARK.encode()
PLACE = Place("00" * 16, "00" * 32, 1, None)
SECRETIVE = [
    ReceiptCode(b"marked-secret-1"),
    ReceiptKeys(MARKED, MARKED, MARKED),
    Attachment(MARK, MARK, 1, 0, 1, "00" * 32),
    Routing("00" * 32, (MARK,)),
    Identity.from_seed((MARKED * 3)[:32]),
    Signer("ledger.example", (MARKED * 3)[:32]),
    Kept((MARKED * 3)[:32], MARKED),
    Message(
        kind="note",
        place=PLACE,
        roster="00" * 32,
        on=date(2026, 11, 21),
        lang="en",
        body={"text": MARK},
        excluded=(MARK,),
        attachments=(Attachment(MARK, MARK, 1, 0, 1, "00" * 32),),
        sealed_in="browser",
        mailbox=MARK,
        submitter_key=MARKED,
        signature=MARKED,
    ),
]
# What these hold is public: hashes, positions, the names of people on a published roster, keys
# that only seal.
PUBLIC = {"Place", "MailboxRecord", "RowPlace", "Reader", "Listed", "Roster", "Recipient", "Link"}
PUBLIC |= {"Nobody"}
# What goes and has gone of records: hashes, days, classes and ids.
PUBLIC |= {"Line", "Certificate", "Approver", "Ended", "Run", "Head", "Backups", "Export"}
# Parts of an age file's header, and names and counts in an archive: for anybody who has the file.
PUBLIC |= {"Stanza", "Header", "Case", "Opened"}
# What an export says of itself, and what is wrong with it: hashes, numbers, names of files.
PUBLIC |= {"Manifest", "CaseLine", "FileLine", "Head", "Complaint", "Outcome"}
# The ledger: keys, signatures, heads of trees, proofs, policies, and entries, which are coded.
PUBLIC |= {"NoteKey", "Signature", "Note", "Checkpoint", "Tree", "Proof", "ConsistencyProof"}
PUBLIC |= {"Witness", "Group", "Policy", "Cosigned", "Witnessed", "Seen"}
# What a person sends to the ceremony: public keys and a sealed copy.
PUBLIC |= {"Request", "Enrolled"}
PUBLIC |= {"Entry", "EntryType", "Statement", "TallyDay"}
# Acts are coded values and hashes, and go to the auditor.
PUBLIC |= {"Act"}
# The mark of a drill: a day, a public key and a signature.
PUBLIC |= {"Mark"}
# The committee's own texts, for everybody to read.
PUBLIC |= {"Texts"}
# What is signed of a case's later keys: hashes, ids of readers, a key that only seals.
PUBLIC |= {"Change", "Keying", "Share"}


def our_dataclasses() -> Iterator[str]:
    for module in pkgutil.iter_modules(crypto.__path__, "crypto."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and dataclasses.is_dataclass(value) and not name.startswith("_"):
                yield name


def test_every_value_that_holds_secrets_hides_them() -> None:
    for value in SECRETIVE:
        for text in (repr(value), str(value), f"{value}", f"{[value]}"):
            assert MARK not in text
            assert MARKED.hex() not in text
            assert str(getattr(value, "text", MARK)) not in text


def test_every_dataclass_was_thought_of() -> None:
    hiding = {type(value).__name__ for value in SECRETIVE}
    unknown = {*our_dataclasses()} - hiding - PUBLIC
    assert unknown == set()
    assert {MailboxRecord.__name__, RowPlace.__name__} <= PUBLIC


def values(text: str) -> Iterator[str]:
    """Whatever in a refused document could be somebody's words or key."""
    yield text
    try:
        waiting = [json.loads(text)]
    except ValueError:
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            yield value


# The kind of a document is known to whoever asks for one, and an error may name it.
KINDS = ("submission", "follow-up")
REFUSED = [each for each in CASES if each["expect"] != "ok"]


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: f"{v['file']}: {v['name']}")
def test_a_refusal_does_not_repeat_what_it_refused(vector: Vector) -> None:
    with pytest.raises(CryptoError) as refused:
        RUN[vector["file"]][vector["op"]](vector)
    told = str(refused.value) + repr(refused.value)
    # Source lines in a traceback are ours; what an error adds to them must not be the document's.
    told += "".join(traceback.format_exception_only(refused.value))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    for secret in values(str(vector.get("text", ""))):
        assert len(secret) < 6 or secret in KINDS or secret not in told
