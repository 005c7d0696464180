"""A case is a key: who is granted its seed can read the case, and nobody else can.

A grant seals the seed to the readers chosen for the case, and always to as many recipients as the
roster has readers, so that nothing outside shows that anybody was left out. The routing envelope
tells the collector whom not to show the case, and the mailbox record which key follow-ups are
sealed to.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import SystemRandom

from crypto import age, padding, signing, strict
from crypto.document import VERSION, Document
from crypto.errors import Malformed, TooFewReaders
from crypto.recipient import SEED_SIZE, Recipient, nobody
from crypto.roster import LEAST_READERS, Reader, Roster
from crypto.stanza import Unwraps, Wraps

MAILBOX = "mailbox"
_MAILBOX_KEYS = ("v", "installation", "mailbox", "generation", "case", "signature")
_ROUTING_KEYS = ("v", "roster", "excluded")


def case_id(recipient: str) -> str:
    """The name of the case whose first recipient has this text."""
    return hashlib.sha256(recipient.encode("ascii")).hexdigest()


def choose_readers(roster: Roster, excluded: Collection[str]) -> tuple[Reader, ...]:
    """Who is granted a case in which these people are involved, in the order of the roster.

    Chair, members and alternates who are not excluded; independent counsel only when fewer than
    two are left. Raises TooFewReaders when even counsel does not make two, and Malformed for an
    id that the roster does not have: a misspelt exclusion must not be a silent one.
    """
    if not roster.ids.issuperset(excluded):
        raise Malformed("somebody excluded is not on the roster")
    left = [reader for reader in roster.readers if reader.id not in excluded]
    readers = [reader for reader in left if reader.role != "counsel"]
    if len(readers) < LEAST_READERS:
        readers = left
    if len(readers) < LEAST_READERS:
        raise TooFewReaders("fewer than two people could read this")
    return tuple(readers)


def seal_grant(seed: bytes, readers: Sequence[Recipient], slots: int) -> bytes:
    """The case seed sealed to these readers, in a file that looks sealed to as many as slots."""
    if len(seed) != SEED_SIZE or not 1 <= len(readers) <= slots:
        raise ValueError("a grant takes a 32-byte seed and has a slot for every reader")
    recipients: list[Wraps] = [*readers, *(nobody() for _ in range(slots - len(readers)))]
    # In a fixed order the position of a stanza would say which reader was left out.
    SystemRandom().shuffle(recipients)
    return age.seal(seed, recipients)


def open_grant(grant: bytes, identity: Unwraps) -> bytes:
    """The case seed. Raises WrongIdentity for those whom the grant leaves out."""
    seed = age.open_sealed(grant, [identity])
    if len(seed) != SEED_SIZE:
        raise Malformed("a grant holds a seed of 32 bytes")
    return seed


def grant_size(slots: int) -> int:
    """The size of every grant with this many slots."""
    return age.sealed_size(SEED_SIZE, slots)


@dataclass(frozen=True)
class Routing:
    """Under which roster a case was sealed, and who must not be shown that it exists."""

    roster: str
    excluded: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "excluded", tuple(sorted(set(self.excluded))))

    def to_bytes(self) -> bytes:
        """The canonical bytes, without filling."""
        return strict.canonical(
            {"v": VERSION, "roster": self.roster, "excluded": list(self.excluded)}
        )


def parse_routing(data: bytes) -> Routing:
    """The routing that these canonical bytes spell. Raises Malformed."""
    document = Document.parse(data, _ROUTING_KEYS, Malformed)
    document.version()
    return Routing(document.hash("roster"), document.ids("excluded"))


def seal_routing(routing: Routing, recipient: Recipient) -> bytes:
    """The routing envelope, which has one size whatever it says."""
    data = routing.to_bytes()
    parse_routing(data)
    return age.seal(padding.pad_routing(data), [recipient])


def open_routing(sealed: bytes, identity: Unwraps) -> Routing:
    """What a routing envelope says. Raises Malformed and what age.open_sealed raises."""
    return parse_routing(padding.unpad_routing(age.open_sealed(sealed, [identity])))


def routing_size() -> int:
    """The size of every routing envelope."""
    return age.sealed_size(padding.ROUTING_SIZE)


@dataclass(frozen=True)
class MailboxRecord:
    """The submitter's word on which key the follow-ups of a mailbox are sealed to."""

    installation: str
    mailbox: str
    case: str
    generation: int
    signature: str

    def document(self) -> dict[str, object]:
        """The record as JSON."""
        return {"v": VERSION, **{key: getattr(self, key) for key in _MAILBOX_KEYS[1:]}}


def sign_mailbox(
    installation: str, mailbox: str, case: str, seed: bytes, generation: int = 1
) -> MailboxRecord:
    """The mailbox record for this case recipient, signed with the submitter's signing seed."""
    unsigned = MailboxRecord(installation, mailbox, case, generation, "")
    signed = signing.sign(MAILBOX, unsigned.document(), seed)
    return parse_mailbox(strict.canonical(signed))


def check_mailbox(record: MailboxRecord, key: bytes) -> None:
    """Return if the submitter with this key signed the record.

    Raises InvalidSignature, or Malformed for a record that is none.
    """
    parse_mailbox(strict.canonical(record.document()))
    signing.check(MAILBOX, record.document(), key)


def parse_mailbox(data: bytes) -> MailboxRecord:
    """The mailbox record that these canonical bytes spell. Raises Malformed."""
    document = Document.parse(data, _MAILBOX_KEYS, Malformed)
    document.version()
    return MailboxRecord(
        installation=document.installation(),
        mailbox=document.hash("mailbox"),
        case=document.recipient("case").text,
        generation=document.whole("generation", lowest=1),
        signature=strict.to_b64(document.signature()),
    )
