"""A ledger of sixteen entries, made from what waits in a drop: for tests of who gets the proofs.

The real one is made by review from its book; here is what its proofs look like to a submitter.
"""

import datetime
import hashlib
from collections.abc import Sequence

from crypto import case, entry, merkle
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.entry import Entry
from crypto.note import Note
from crypto.proof import Proof
from intake import drop
from tests import committee
from tests.intake.house import House

SIGNED_AT = int(datetime.datetime(2026, 11, 22, 3, tzinfo=datetime.UTC).timestamp())
SIZE = 16


def received(house: House, deposit: drop.Deposit) -> Entry:
    """The entry of a deposit, as its collector writes it."""
    recipient = house.mailbox_of(deposit).case_recipient
    assert deposit.nonce is not None
    nonce = bytes.fromhex(deposit.nonce)
    return Entry(
        type=f"{deposit.kind}.received",
        on=deposit.on,
        nonce=nonce,
        subject=entry.subject(case.case_id(recipient), nonce),
        digest=hashlib.sha256(deposit.envelope).hexdigest(),
        commitment=deposit.commitment,
        data={"slices": deposit.slices},
    )


def proofs_of(
    entries: Sequence[Entry],
    *,
    signers: Sequence[Signer] = (),
    keeper: Signer | None = None,
) -> list[bytes]:
    """A proof of each entry, in a ledger that the keeper and these others have signed."""
    fillers = (entry.cover(committee.TODAY, bytes([n]) * 32) for n in range(SIZE - len(entries)))
    leaves = [each.to_bytes() for each in (*entries, *fillers)]
    grown = merkle.Tree().extend(map(merkle.leaf_hash, leaves))
    head = Checkpoint.of(committee.LEDGER, grown.tree)
    keeper = keeper or committee.ledger_signer()
    signed = [each.sign(head, SIGNED_AT) for each in (keeper, *signers)]
    note = Note(head.text, tuple(signed))
    return [
        Proof(index, grown.tree.prove_inclusion(index), note, leaves[index]).to_bytes()
        for index in range(len(entries))
    ]


def record(house: House, signers: Sequence[Signer] = ()) -> list[bytes]:
    """Put a proof of everything that waits in the drop into its mailbox; returns them in order."""
    deposits = house.deposits()
    proofs = proofs_of([received(house, each) for each in deposits], signers=signers)
    for deposit, proof in zip(deposits, proofs, strict=True):
        post(house, deposit, proof)
    return proofs


def post(house: House, deposit: drop.Deposit, proof: bytes) -> None:
    """Put a proof into the mailbox of a deposit, at the deposit's place."""
    with drop.writing(house.engine) as connection:
        recipient = drop.mailbox_recipient(connection, deposit.mailbox_id)
        assert recipient is not None
        envelope = drop.seal_proof(proof, recipient)
        drop.post_proof(connection, deposit.mailbox_id, deposit.n, envelope, committee.TODAY)
