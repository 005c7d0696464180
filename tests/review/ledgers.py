"""The keeper of an installation's ledger, the retention auditor with a key, and their policy."""

import datetime
from dataclasses import replace

from flask import Flask

from crypto import attestation, cosigning, policy, proof
from crypto.cosignature import Signer
from crypto.note import Note
from crypto.policy import Policy
from review import ledger
from review.kept import KeptCheckpoint
from review.ledger import Keeper
from review.store.ledger import SignedHead
from review.web.parts import attach
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import parts_of

AUDITOR = Signer("auditor.example/grace", committee.seed("auditor's own"))
STRANGER = Signer("elsewhere.example/mallory", committee.seed("stranger's own"))
# The batch's hour on the committee's day.
AT = 1_795_305_600


def keeper(installation: Installation, signer: Signer | None = None) -> Keeper:
    """Who signs the ledger of this installation."""
    kept = KeptCheckpoint(installation.folder / "ledger.checkpoint")
    return Keeper(book=installation.book, signer=signer or committee.ledger_signer(), kept=kept)


def batch(installation: Installation, on: datetime.date = committee.TODAY) -> SignedHead:
    """What the daily job does."""
    return ledger.run_batch(keeper(installation), on, AT)


def policy_text(*witnesses: Signer) -> bytes:
    """A policy that believes the committee's keeper and wants no cosignature."""
    lines = [f"log {committee.ledger_signer().key.text}"]
    lines += [f"witness w{n} {each.key.text}" for n, each in enumerate(witnesses)]
    return ("\n".join([*lines, "quorum none"]) + "\n").encode()


def rules(*witnesses: Signer) -> Policy:
    """The same, parsed."""
    return policy.parse(policy_text(*witnesses))


def believe(app: Flask, *witnesses: Signer) -> None:
    """Tell a console whose signatures count."""
    attach(app, replace(parts_of(app), policy=rules(*witnesses)))


def cosigned(installation: Installation, signer: Signer = AUDITOR) -> Note:
    """The newest checkpoint with the signature of somebody who has seen nothing before."""
    asked = proof.parse_consistency(ledger.consistency(installation.book, 0))
    signed, _seen = cosigning.cosign(asked, cosigning.Seen(), rules(signer), signer, AT, first=True)
    return signed


def signed_report(fields: dict[str, object], signer: Signer = AUDITOR) -> bytes:
    """A report as an auditor signs it."""
    return attestation.sign(attestation.AUDIT_REPORT, fields, signer)
