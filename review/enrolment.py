"""Keys that people make in their own browsers: what is taken in, handed to the ceremony, and when
it comes into force.

The console keeps a request and sealed files and believes neither: whether the key is its maker's
is for the ceremony, which hears the fingerprint from the person. With the roster that has the key
its files come into force; nothing else here changes who reads.
"""

import datetime
import io
import re
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import enrolment as format_
from crypto.enrolment import Enrolled, Request
from crypto.errors import CryptoError
from crypto.roster import Roster, key_hash, replaced_keys
from crypto.stanza import MLKEM768X25519, SCRYPT, read_header
from review import investigators
from review.errors import KeyRefused
from review.roles import Role
from review.store import entries, keys, logins
from review.store import people as people_store
from review.store.entries import Entry
from review.store.keys import FORMER, PASSKEY, RECOVERY, Waiting

# An identity sealed with a passphrase or to a passkey takes some 300 bytes, a copy some 1,900, and
# one key more in the file of former keys 80.
LARGEST = 16_384
MOST_PASSKEYS = 8
_FIDO2PRF = "age-encryption.org/fido2prf"
_PASSKEY = re.compile(r"AGE-PLUGIN-FIDO2PRF-1[02-9AC-HJ-NP-Z]{1,1900}")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a browser made: the request, the sealed identity, and the copies that go with it."""

    request: bytes = field(repr=False)
    identity: bytes = field(repr=False)
    recovery: bytes | None = field(repr=False)
    former: bytes | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PasskeyFile:
    """A file that a passkey opens: of which key, and by which name browsers ask for the passkey."""

    key: str
    passkey: str
    sealed: bytes = field(repr=False)


def offer(
    connection: Connection, roster: Roster, person_id: str, made: Offer, today: datetime.date
) -> Request:
    """Keep what this person's browser made until the ceremony has decided. Raises KeyRefused.

    An investigator's counts at once: no ceremony takes it in, and it opens nothing before two
    readers have heard its fingerprint and signed it into a share.
    """
    request = _read(made.request, roster, person_id)
    if request.on != today:
        raise KeyRefused("another-day")
    _check_sealed(made.identity, SCRYPT)
    if (made.recovery is None) is not (roster.recovery is None):
        raise KeyRefused("no-recovery-copy")
    try:
        format_.check_copy(request, made.recovery)
    except CryptoError:
        raise KeyRefused("other-copy") from None
    recipient = key_hash(request.recipient.text)
    keys.wait(
        connection,
        Waiting(
            person_id=person_id,
            on=today,
            recipient=recipient,
            request=made.request,
            identity=made.identity,
        ),
    )
    for kind, sealed in ((RECOVERY, made.recovery), (FORMER, made.former)):
        if sealed is not None:
            _check_sealed(sealed, MLKEM768X25519)
            keys.add_file(connection, person_id, recipient, kind, sealed, today)
    if investigators.has_account(connection, roster, person_id):
        people_store.set_identity(connection, person_id, made.identity)
    return request


def add_passkey(
    connection: Connection,
    roster: Roster,
    person_id: str,
    made: PasskeyFile,
    today: datetime.date,
) -> None:
    """Keep one more file that opens a person's key by a passkey: the key that waits for the
    ceremony, or the one in force. Raises KeyRefused."""
    _check_sealed(made.sealed, _FIDO2PRF)
    if not _PASSKEY.fullmatch(made.passkey):
        raise KeyRefused("not-sealed")
    waiting = keys.of_person(connection, person_id)
    reader = roster.reader(person_id)
    known = {waiting.recipient} if waiting is not None else set()
    known |= {key_hash(reader.recipient.text)} if reader is not None else set()
    if made.key not in known:
        raise KeyRefused("no-key")
    if len(keys.files(connection, person_id, made.key, PASSKEY)) >= MOST_PASSKEYS:
        raise KeyRefused("too-many")
    keys.add_file(connection, person_id, made.key, PASSKEY, made.sealed, today, made.passkey)


def requests(connection: Connection, roster: Roster) -> bytes:
    """The file for the offline machine: every request that the next roster could take in."""
    return format_.write_list(
        Enrolled(request, _copy(connection, each))
        for each in waiting(connection, roster)
        if (request := _fitting(each, roster)) is not None
    )


def waiting(connection: Connection, roster: Roster) -> list[Waiting]:
    """The keys that wait for the ceremony, by person: an investigator's never does."""
    return [
        each
        for each in keys.all_waiting(connection)
        if not investigators.has_account(connection, roster, each.person_id)
    ]


def own_key(connection: Connection, roster: Roster, person_id: str) -> str | None:
    """The name of the key that somebody has in force, or None."""
    reader = roster.reader(person_id)
    if reader is not None:
        return key_hash(reader.recipient.text)
    made = investigators.key_of(connection, roster, person_id)
    return None if made is None else made.recipient_hash


def take_effect(
    connection: Connection, before: Roster | None, after: Roster, today: datetime.date
) -> None:
    """What follows from a roster that was just published, in the same transaction.

    The keys that it has come into force with their files, and what waited for another roster stays
    until its maker offers it anew. Whoever it has no more can sign in no more.
    """
    for each in keys.all_waiting(connection):
        reader = after.reader(each.person_id)
        if reader is not None and key_hash(reader.recipient.text) == each.recipient:
            people_store.set_identity(connection, each.person_id, each.identity)
            keys.withdraw(connection, each.person_id)
    _seat_candidates(connection, after, today)
    if before is not None:
        _let_go(connection, before, after, today)
        for key, fingerprint, by in replaced_keys(before, after):
            data = {"key": key, "fingerprint": fingerprint}
            entries.record(connection, Entry(type="key.rotated", on=today, by=by, data=data))


def _seat_candidates(connection: Connection, roster: Roster, today: datetime.date) -> None:
    for person in people_store.candidates(connection):
        reader = roster.reader(person.id)
        if reader is not None:
            people_store.seat(connection, person.id, Role(reader.role), reader.name)
            data = {"role": reader.role}
            enrolled = Entry(type="person.enrolled", on=today, by=person.id, data=data)
            entries.record(connection, enrolled)


def _let_go(connection: Connection, before: Roster, after: Roster, today: datetime.date) -> None:
    for reader in before.readers:
        person = people_store.by_id(connection, reader.id)
        if after.reader(reader.id) is None and person is not None and person.active:
            people_store.deactivate(connection, person.id)
            logins.end_all(connection, person.id)
            data = {"role": reader.role}
            entries.record(connection, Entry(type="person.left", on=today, by=person.id, data=data))


def _read(data: bytes, roster: Roster, person_id: str) -> Request:
    try:
        request = format_.verify(data)
        format_.check_fits(request, roster)
    except CryptoError:
        raise KeyRefused("no-request") from None
    if request.seat != person_id:
        raise KeyRefused("other-seat")
    return request


def _fitting(waiting: Waiting, roster: Roster) -> Request | None:
    try:
        return _read(waiting.request, roster, waiting.person_id)
    except KeyRefused:
        return None


def fits(waiting: Waiting, roster: Roster) -> bool:
    """Whether the next roster could take this request in, as far as the console can tell."""
    return _fitting(waiting, roster) is not None


def _copy(connection: Connection, waiting: Waiting) -> bytes | None:
    copies = keys.files(connection, waiting.person_id, waiting.recipient, RECOVERY)
    return copies[0].sealed if copies else None


def _check_sealed(sealed: bytes, kind: str) -> None:
    # An identity in clear, sent by mistake, must not end up on the server.
    try:
        kinds = [stanza.kind for stanza in read_header(io.BytesIO(sealed)).stanzas]
    except CryptoError:
        kinds = []
    if len(sealed) > LARGEST or kinds != [kind]:
        raise KeyRefused("not-sealed")
