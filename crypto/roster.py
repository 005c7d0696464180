"""The committee's public key: one signed document that says who reads and who may be named.

The root key that signs it is made at the ceremony and kept offline. Whoever seals takes recipients
from a verified roster only, and remembers the highest epoch seen, so that an older roster, with a
reader who has left, cannot be put back.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from crypto import roots as root_keys
from crypto import signing, strict
from crypto.document import MAX_IDS, VERSION, Document, parse_value
from crypto.errors import (
    MalformedNote,
    MalformedRoster,
    RosterExpired,
    RosterIsForDemo,
    RosterRejected,
    RosterRolledBack,
)
from crypto.note import ML_DSA_44, NoteKey
from crypto.receipt import ALPHABET
from crypto.recipient import Recipient

KIND = "roster"
ROLES = ("chair", "member", "alternate", "counsel")
MAX_PEOPLE = MAX_IDS
MAX_NAME = 100
MAX_COMMITTEE_NAME = 200
MAX_STATEMENT_KEYS = 8
LEAST_READERS = 2

_KEYS = (
    *("v", "installation", "epoch", "demo", "issued_on", "expires_on", "committee", "readers"),
    *("listed", "secretariat", "recovery", "routing", "statement_keys", "ledger_key", "previous"),
    "signature",
)
# Only a roster whose root key took the place of another one has these.
_ROOTS = "roots"
_LISTED_KEYS = ("id", "title", "name")
_READER_KEYS = (*_LISTED_KEYS, "role", "recipient", "verify_key")


def spoken(digest: str) -> str:
    """The first 100 bits of a hash in hexadecimal, as people read them aloud and compare."""
    number = int(digest[:25], 16)
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))
    return "-".join(symbols[at : at + 4] for at in range(0, 20, 4))


@dataclass(frozen=True)
class Reader:
    """Somebody who holds an identity: a chair, member, alternate or independent counsel."""

    id: str
    role: str
    title: str
    name: str
    recipient: Recipient = field(repr=False)
    verify_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Listed:
    """Somebody who may be named as involved and holds no key."""

    id: str
    title: str
    name: str


@dataclass(frozen=True)
class Roster:
    """A roster as it was parsed. Only verify says that the root key signed it."""

    installation: str
    epoch: int
    demo: bool
    issued_on: date
    expires_on: date
    committee: str
    readers: tuple[Reader, ...]
    listed: tuple[Listed, ...]
    secretariat: Recipient = field(repr=False)
    recovery: Recipient | None = field(repr=False)
    routing: Recipient = field(repr=False)
    statement_keys: tuple[bytes, ...] = field(repr=False)
    previous: str | None
    document: bytes = field(repr=False)
    ledger_key: NoteKey | None = field(default=None, repr=False)
    roots: tuple[root_keys.Link, ...] = field(default=(), repr=False)

    @cached_property
    def hash(self) -> str:
        """The name of exactly this roster, signature included."""
        return hashlib.sha256(self.document).hexdigest()

    @property
    def fingerprint(self) -> str:
        """The first 100 bits of the hash, for people to compare aloud."""
        return spoken(self.hash)

    @property
    def slots(self) -> int:
        """How many stanzas every grant under this roster has."""
        return len(self.readers)

    @property
    def ids(self) -> frozenset[str]:
        """Everybody whom a submitter may name as involved."""
        return frozenset([each.id for each in self.readers] + [each.id for each in self.listed])

    @property
    def verify_keys(self) -> dict[str, bytes]:
        """The keys under which readers sign replies, states and notes, by their ids."""
        return {reader.id: reader.verify_key for reader in self.readers}

    def reader(self, reader_id: str) -> Reader | None:
        """The reader with this id, or None."""
        return next((reader for reader in self.readers if reader.id == reader_id), None)


def parse(data: bytes) -> Roster:
    """The roster that these canonical bytes spell, whoever signed it. Raises MalformedRoster."""
    return _read(_document(data), data)


def _document(data: bytes) -> Document:
    value = parse_value(data, MalformedRoster)
    has_roots = isinstance(value, dict) and _ROOTS in value
    return Document(value, (*_KEYS, _ROOTS) if has_roots else _KEYS, MalformedRoster)


def _read(document: Document, data: bytes) -> Roster:
    document.version()
    roster = Roster(
        installation=document.installation(),
        epoch=document.whole("epoch", lowest=1),
        demo=document.flag("demo"),
        issued_on=document.day("issued_on"),
        expires_on=document.day("expires_on"),
        committee=document.part("committee", ["name"]).line("name", MAX_COMMITTEE_NAME),
        readers=tuple(map(_reader, document.parts("readers", MAX_PEOPLE, _READER_KEYS))),
        listed=tuple(map(_listed, document.parts("listed", MAX_PEOPLE, _LISTED_KEYS))),
        secretariat=document.recipient("secretariat"),
        recovery=None if document.is_null("recovery") else document.recipient("recovery"),
        routing=document.recipient("routing"),
        statement_keys=document.keys("statement_keys", MAX_STATEMENT_KEYS),
        previous=None if document.is_null("previous") else document.hash("previous"),
        document=data,
        ledger_key=None if document.is_null("ledger_key") else _ledger_key(document),
        roots=_roots(document),
    )
    document.signature()
    _check_consistency(roster)
    return roster


def _roots(document: Document) -> tuple[root_keys.Link, ...]:
    if _ROOTS not in document.fields:
        return ()
    previous = None if document.is_null("previous") else document.hash("previous")
    parts = document.parts(_ROOTS, root_keys.MAX_LINKS, root_keys.LINK_KEYS)
    return root_keys.read(parts, document.whole("epoch", lowest=1), previous)


def _reader(part: Document) -> Reader:
    return Reader(
        id=part.id(),
        role=part.choice("role", ROLES),
        title=part.line("title", MAX_NAME),
        name=part.line("name", MAX_NAME),
        recipient=part.recipient("recipient"),
        verify_key=part.key("verify_key"),
    )


def _listed(part: Document) -> Listed:
    return Listed(part.id(), part.line("title", MAX_NAME), part.line("name", MAX_NAME))


def _ledger_key(document: Document) -> NoteKey:
    try:
        key = NoteKey.parse(document.text("ledger_key"))
    except MalformedNote:
        raise MalformedRoster("ledger_key is not a key as name, id and base64") from None
    if key.kind != ML_DSA_44:
        raise MalformedRoster("ledger_key is not an ML-DSA-44 key")
    return key


def _check_consistency(roster: Roster) -> None:
    people = len(roster.readers) + len(roster.listed)
    if not LEAST_READERS <= len(roster.readers) <= people <= MAX_PEOPLE:
        raise MalformedRoster("a roster has at least two readers and at most twenty people")
    if len(roster.ids) != people:
        raise MalformedRoster("two people of the roster have the same id")
    # One key in two hands would make two signers or two readers of one person.
    for keys in (_recipient_texts(roster), [reader.verify_key for reader in roster.readers]):
        if len(set(keys)) != len(keys):
            raise MalformedRoster("a key of the roster is used twice")
    if sum(reader.role == "chair" for reader in roster.readers) > 1:
        raise MalformedRoster("a roster has one chair at most")
    if roster.issued_on > roster.expires_on:
        raise MalformedRoster("a roster cannot expire before it is issued")
    if (roster.epoch == 1) != (roster.previous is None):
        raise MalformedRoster("the first roster, and only that, has none before it")


def _recipient_texts(roster: Roster) -> Sequence[str]:
    own = [roster.secretariat, roster.routing]
    recovery = [roster.recovery] if roster.recovery is not None else []
    return [each.text for each in [*own, *recovery, *(r.recipient for r in roster.readers)]]


def verify(data: bytes, root_key: bytes) -> Roster:
    """The roster in data, signed by the root key or by one that the roster's line leads to from it.

    Raises MalformedRoster or InvalidSignature.
    """
    document = _document(data)
    roster = _read(document, data)
    key = root_keys.signer(roster.roots, roster.installation, root_key)
    signing.check(KIND, document.fields, key)
    return roster


def check_follows(roster: Roster, newest: Roster) -> None:
    """Return if the roster is the one after newest.

    Raises RosterRolledBack unless its epoch is higher, and RosterRejected unless it is of the same
    installation and names newest as the one before it: an installation's keys, receipt codes and
    rows are all bound to its id, so under another one nothing of what there is could be opened. A
    root key that was replaced signs no later roster, whoever has it.
    """
    if roster.epoch <= newest.epoch:
        raise RosterRolledBack(f"epoch {roster.epoch} is not above the published {newest.epoch}")
    if roster.installation != newest.installation:
        raise RosterRejected("the roster is another installation's")
    if roster.previous != newest.hash:
        raise RosterRejected("the roster does not name the published one as the one before it")
    if not root_keys.continues(newest.roots, roster.roots, roster.epoch):
        raise RosterRejected("the roster has another line of root keys than the published one")


def check_current(roster: Roster, today: date, highest_epoch: int, demo_allowed: bool) -> None:
    """Return if this roster may be used today, where this epoch is the highest seen so far.

    Raises RosterIsForDemo, RosterRolledBack or RosterExpired, in this order.
    """
    if roster.demo and not demo_allowed:
        raise RosterIsForDemo("this roster was made for a demonstration")
    if roster.epoch < highest_epoch:
        raise RosterRolledBack("a newer roster has been seen already")
    if not roster.issued_on <= today <= roster.expires_on:
        raise RosterExpired("this roster is not valid today")


def sign_roster(fields: Mapping[str, object], root_seed: bytes) -> bytes:
    """The canonical bytes of the roster with these fields, signed.

    The fields are those of the document without `v` and `signature`. Raises MalformedRoster.
    """
    signed = signing.sign(KIND, {**fields, "v": VERSION}, root_seed)
    return parse(strict.canonical(signed)).document


def replaced_keys(before: Roster, after: Roster) -> list[tuple[str, str, str | None]]:
    """Which keys another roster replaced: which kind, the SHA-256 of the new one, whose."""
    found: list[tuple[str, str, str | None]] = []
    for reader in after.readers:
        old = before.reader(reader.id)
        if old is not None and old.recipient != reader.recipient:
            found.append(("reader", key_hash(reader.recipient.text), reader.id))
    offices = {
        "routing": (before.routing, after.routing),
        "recovery": (before.recovery, after.recovery),
        "secretariat": (before.secretariat, after.secretariat),
    }
    for name, (last, new) in offices.items():
        if new is not None and new != last:
            found.append((name, key_hash(new.text), None))
    found += _plain("statement", set(before.statement_keys), after.statement_keys)
    if after.ledger_key is not None and after.ledger_key != before.ledger_key:
        found.append(("ledger", key_hash(after.ledger_key.text), None))
    known = {link.new for link in before.roots}
    return found + _plain("root", known, [link.new for link in after.roots])


def _plain(
    kind: str, before: Collection[bytes], after: Sequence[bytes]
) -> list[tuple[str, str, str | None]]:
    """Ed25519 keys of this kind that were not there before."""
    new = (key for key in after if key not in before)
    return [(kind, hashlib.sha256(key).hexdigest(), None) for key in new]


def key_hash(text: str) -> str:
    """How a public key is named where its text would be too long."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
