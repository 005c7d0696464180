"""ML-DSA-44 signatures that stay the same.

Our library draws randomness for each of these, so that nobody could make the vectors again. So
they are signed once, with `python -m tests.vectors.generate_ledger --sign`, and kept in mldsa.json
beside this module under the hash of what is signed; everything else follows from fixed keys.
"""

import hashlib
import json
from pathlib import Path

from crypto import strict
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer, signed_message
from crypto.note import Note, Signature
from tests.vectors.cases.fixed import seed

STORE = Path(__file__).with_name("mldsa.json")
# 2026-11-21, 03:00 UTC: when the keeper signs; the cosigners do on the next day.
SIGNED_AT = 1795230000
COSIGNED_AT = 1795341600

LEDGER = Signer("ledger.example/one", seed("ledger one"))
OTHER_LEDGER = Signer("ledger.example/one", seed("ledger one, stolen name"))
SECOND_LEDGER = Signer("ledger.example/two", seed("ledger two"))
AUDITOR = Signer("auditor.example/grace", seed("auditor"))
FIRM = Signer("firm.example/witness", seed("firm"))


class Signatures:
    """The kept signatures, by what they sign; signing adds to them only if it was asked to."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = json.loads(STORE.read_text()) if STORE.exists() else {}
        self.may_sign = False

    def sign(self, signer: Signer, head: Checkpoint, timestamp: int) -> Signature:
        """The kept signature line, or a new one to keep."""
        message = signed_message(signer.name, timestamp, head)
        name = hashlib.sha256(signer.seed + message).hexdigest()
        if name not in self._kept:
            if not self.may_sign:
                raise LookupError("a signature of the vectors was never made: use --sign")
            self._kept[name] = strict.to_b64(signer.sign(head, timestamp).signature)
            STORE.write_text(json.dumps(self._kept, indent=1, sort_keys=True) + "\n")
        return Signature(signer.name, signer.key.id, strict.b64(self._kept[name]))


KEPT = Signatures()


def signed_note(head: Checkpoint, *signers: Signer, cosigned_at: int = COSIGNED_AT) -> Note:
    """The checkpoint, signed by the first at the keeper's time and by the others later."""
    first, *others = signers
    lines = [KEPT.sign(first, head, SIGNED_AT)]
    lines += [KEPT.sign(each, head, cosigned_at) for each in others]
    return Note(head.text, tuple(lines))
