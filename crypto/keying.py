"""A case's later keys: what two readers sign when a case gets a new one, and the way back.

A new generation is a new identity, granted to those who are to read from then on. Two of them sign
which recipient takes the place of which, so that neither the console nor the drop can name one of
its own; the submitter gets the same document, sealed to the mailbox. A link, the seed of the
generation before sealed to the new recipient, leads back from every key to the first and never
forward: whoever holds an old key learns nothing of a new one.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crypto import act as acts
from crypto import age, padding, strict
from crypto.act import Act, Signature
from crypto.case import case_id
from crypto.document import VERSION, Document
from crypto.errors import (
    InvalidSignature,
    Malformed,
    RosterRejected,
    RosterRolledBack,
    WrongPlace,
)
from crypto.recipient import SEED_SIZE, Recipient, from_seed
from crypto.roster import LEAST_READERS, Roster
from crypto.stanza import Unwraps

REKEY = "rekey"
LEAST_SIGNERS = 2
_KEYS = ("v", "recipient", "act", "signatures")
_DATA = ("before", "generation", "grant", "link", "readers", "recipient")
FindRoster = Callable[[str], Roster | None]


@dataclass(frozen=True)
class Change:
    """What an act says of a new key: hashes of recipients and of sealed bytes, and who reads."""

    generation: int
    recipient: str
    before: str
    grant: str
    link: str
    readers: tuple[str, ...]


def data_of(
    generation: int,
    recipient: str,
    before: str,
    sealed: tuple[bytes, bytes],
    readers: Iterable[str],
) -> dict[str, acts.Value]:
    """The data of an act that gives a case a key: recipients as texts, sealed as grant and link."""
    grant, link = sealed
    return {
        "generation": generation,
        "recipient": case_id(recipient),
        "before": case_id(before),
        "grant": hashlib.sha256(grant).hexdigest(),
        "link": hashlib.sha256(link).hexdigest(),
        "readers": sorted(set(readers)),
    }


def change_in(act: Act) -> Change:
    """What an act says of a new key. Raises Malformed for any other act."""
    if act.act != REKEY:
        raise Malformed("the act gives no key")
    data = Document(dict(act.data), _DATA, Malformed)
    readers = data.ids("readers")
    if len(readers) < LEAST_READERS:
        raise Malformed("fewer than two people would read")
    return Change(
        generation=data.whole("generation", lowest=2),
        recipient=data.hash("recipient"),
        before=data.hash("before"),
        grant=data.hash("grant"),
        link=data.hash("link"),
        readers=readers,
    )


def check_signed(
    act: Act, signatures: Iterable[Signature], roster: Roster
) -> tuple[Change, frozenset[str]]:
    """What the act says of a new key, and who signed it: two at least of those who will read.

    Raises Malformed or InvalidSignature.
    """
    change = change_in(act)
    signers = acts.check_all(act, signatures, roster)
    if not signers <= set(change.readers) <= set(roster.verify_keys):
        raise InvalidSignature("somebody signed or reads who is not among the readers")
    if len(signers) < LEAST_SIGNERS:
        raise InvalidSignature("a new key takes two signatures")
    return change, signers


@dataclass(frozen=True)
class Keying:
    """What the submitter gets of a new key: its recipient, and the act with its signatures."""

    recipient: Recipient
    act: Act
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return strict.canonical(
            {
                "v": VERSION,
                "recipient": self.recipient.text,
                "act": strict.parse_canonical(self.act.document),
                "signatures": strict.parse_canonical(acts.signatures_document(self.signatures)),
            }
        )


def parse(data: bytes) -> Keying:
    """The keying that these canonical bytes spell, whoever signed it. Raises Malformed."""
    document = Document.parse(data, _KEYS, Malformed)
    document.version()
    keying = Keying(
        recipient=document.recipient("recipient"),
        act=acts.parse(strict.canonical(document.fields["act"])),
        signatures=acts.parse_signatures(strict.canonical(document.fields["signatures"])),
    )
    change_in(keying.act)
    return keying


def seal(keying: Keying, mailbox: Recipient) -> bytes:
    """The keying for the submitter, in the size of a short letter."""
    return age.seal(padding.pad_message(keying.to_bytes()), [mailbox])


def open_keying(sealed: bytes, identity: Unwraps) -> Keying:
    """The keying in an envelope. Raises Malformed and what age.open_sealed raises."""
    return parse(padding.unpad_message(age.open_sealed(sealed, [identity])))


def follow(
    installation: str, first: str, keyings: Sequence[Keying], find_roster: FindRoster
) -> str:
    """The recipient that is sealed to now, from the first one of the case and what came after.

    Each keying takes the place of exactly the recipient before it, so none can be left out between
    others, repeated, or taken from another case. Raises WrongPlace, InvalidSignature, Malformed,
    RosterRejected for a roster that there is none of, and RosterRolledBack for one that is older
    than that of the keying before.
    """
    recipient, epoch = first, 0
    for generation, keying in enumerate(keyings, start=2):
        roster = find_roster(keying.act.roster)
        if roster is None:
            raise RosterRejected("a new key names a roster that was never published")
        if roster.epoch < epoch:
            raise RosterRolledBack("a new key names an older roster than the key before it")
        change, _ = check_signed(keying.act, keying.signatures, roster)
        told = (keying.act.installation, keying.act.subject, change.generation, change.before)
        if told != (installation, case_id(first), generation, case_id(recipient)):
            raise WrongPlace("a new key does not take the place of the one before")
        if change.recipient != case_id(keying.recipient.text):
            raise WrongPlace("a new key is not the one that was signed")
        recipient, epoch = keying.recipient.text, roster.epoch
    return recipient


def seal_link(before: bytes, recipient: Recipient) -> bytes:
    """The seed of a generation for those who are granted the next one."""
    if len(before) != SEED_SIZE:
        raise ValueError("a case seed is 32 bytes")
    return age.seal(before, [recipient])


def link_size() -> int:
    """The size of every link."""
    return age.sealed_size(SEED_SIZE)


def open_link(link: bytes, identity: Unwraps) -> bytes:
    """The seed of the generation before. Raises Malformed and what age.open_sealed raises."""
    seed = age.open_sealed(link, [identity])
    if len(seed) != SEED_SIZE:
        raise Malformed("a link holds a seed of 32 bytes")
    return seed


def check_seeds(case: str, seeds: Mapping[int, bytes], recipients: Mapping[int, str]) -> None:
    """Return if the seed of each generation is the one that was signed for it.

    recipients are the hashes of those of later generations; the first is named by the case. Raises
    WrongPlace.
    """
    for generation, seed in seeds.items():
        expected = case if generation == 1 else recipients.get(generation)
        if case_id(from_seed(seed).text) != expected:
            raise WrongPlace("a key of the case is not the one that was signed")
