"""Later keys of cases as the readers of the test committee make and sign them."""

import datetime
from collections.abc import Sequence

from crypto import act as act_format
from crypto import case, keying
from crypto.act import Act
from crypto.keying import Keying
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster
from tests import acts, committee

SIGNERS = ("member-1", "alternate")
READERS = ("alternate", "chair", "member-1")


def seed_of(case_id: str, generation: int) -> bytes:
    """The seed of a later generation, the same each time."""
    return committee.seed(f"key {generation} of {case_id}")


def recipient_of(case_id: str, generation: int) -> Recipient:
    """What is sealed to in a later generation."""
    return from_seed(seed_of(case_id, generation))


def sealed(
    case_id: str, generation: int, before: bytes, readers: Sequence[str], roster: Roster
) -> tuple[bytes, bytes]:
    """The grant of a new generation, and its link to the one before."""
    recipients = [each.recipient for each in roster.readers if each.id in readers]
    new = recipient_of(case_id, generation)
    grant = case.seal_grant(seed_of(case_id, generation), recipients, roster.slots)
    return grant, keying.seal_link(before, new)


def act(
    case_id: str,
    before: str,
    made: tuple[bytes, bytes] = (b"grant", b"link"),
    *,
    generation: int = 2,
    recipient: str | None = None,
    readers: Sequence[str] = READERS,
    previous: str | None = None,
    roster: Roster = acts.ROSTER,
    on: datetime.date = committee.TODAY,
) -> Act:
    """The act that puts a new key in the place of the one before."""
    new = recipient or recipient_of(case_id, generation).text
    return act_format.build(
        installation=committee.INSTALLATION,
        subject=case_id,
        act=keying.REKEY,
        data=keying.data_of(generation, new, before, made, readers),
        roster=roster.hash,
        on=on,
        previous=previous,
    )


def signed(done: Act, recipient: Recipient, signers: Sequence[str] = SIGNERS) -> Keying:
    """The document for the submitter, signed by these."""
    signatures = sorted(act_format.sign(done, by, committee.signing_seed(by)) for by in signers)
    return Keying(recipient, done, tuple(signatures))
