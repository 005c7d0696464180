"""The desk for documents: who may bring, see and open one, and what is taken in.

A sealed document is sealed in the browser: to the secretariat's key of the roster, or to the keys
of the committee's members. This host checks the shape of what comes and can open none of it. That
a file is the one that a record names, its hash says: of a plain one here, of a sealed one in the
browser of whoever opens it.
"""

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from crypto import age
from crypto.errors import CryptoError
from crypto.padding import SLICE
from crypto.roster import Roster
from review.errors import DocumentRefused
from review.roles import Role
from review.store import documents
from review.store.documents import KEPT, MEMBERS, PLAIN, SECRETARIAT, Document, Upload

LARGEST = 100 * 1024 * 1024
LONGEST_NAME = 200
# Of one person at the same time; what lies there longer than a day is dropped.
MOST_UNFINISHED = 3
EXPIRES = datetime.timedelta(days=1)
COMMITTEE = (Role.CHAIR, Role.MEMBER, Role.ALTERNATE)

_ID = re.compile(r"[0-9a-f]{32}")
_MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_OPENED_BY: Mapping[str, Sequence[Role]] = {SECRETARIAT: (Role.SECRETARY,), MEMBERS: COMMITTEE}


def may_fetch(role: Role, document: Document) -> bool:
    """Whether somebody of this role, who sees the charter, is given this document's bytes.

    Of a sealed one only those for whom it was sealed: the bytes are of no use to others.
    """
    return document.kept == PLAIN or role in _OPENED_BY[document.kept]


def begin(connection: Connection, upload: Upload, roster: Roster) -> None:
    """Let a document come in. Raises DocumentRefused with the reason."""
    _check(upload, roster)
    documents.expire(connection, upload.on - EXPIRES)
    if documents.unfinished(connection, upload.by) >= MOST_UNFINISHED:
        raise DocumentRefused("too-many")
    documents.begin(connection, upload)


def take_slice(
    connection: Connection, roster: Roster, upload_id: str, by: str, index: int, content: bytes
) -> None:
    """Keep one slice of this person's upload. Raises DocumentRefused."""
    upload = _mine(connection, upload_id, by)
    if index >= upload.slices:
        raise DocumentRefused("slice")
    size = min(SLICE, upload.size - index * SLICE)
    if upload.kept == PLAIN:
        if len(content) != size:
            raise DocumentRefused("slice")
    elif upload.roster != roster.hash:
        raise DocumentRefused("roster")
    else:
        _check_sealed(content, size, len(recipients_of(roster, upload.kept)))
    documents.add_slice(connection, upload.id, index, content)


def finish(
    connection: Connection, upload_id: str, by: str, sha256: str, today: datetime.date
) -> None:
    """Make an upload a document, if all of it is here. Raises DocumentRefused.

    Sent again after a lost answer it is no error.
    """
    done = documents.by_id(connection, upload_id)
    if done is not None and (done.by, done.sha256) == (by, sha256):
        return
    upload = _mine(connection, upload_id, by)
    if documents.present(connection, upload.id) != upload.slices:
        raise DocumentRefused("incomplete")
    if upload.kept == PLAIN:
        digest = hashlib.sha256()
        for content in documents.slices(connection, upload.id, upload.slices):
            digest.update(content)
        if digest.hexdigest() != sha256:
            raise DocumentRefused("hash")
    documents.finish(connection, upload, sha256, today)


def slices_of(size: int) -> int:
    """How many slices a file of this many bytes has."""
    return -(-size // SLICE)


def recipients_of(roster: Roster, kept: str) -> list[str]:
    """The recipients that a document kept in this way is sealed to."""
    if kept == SECRETARIAT:
        return [roster.secretariat.text]
    return [each.recipient.text for each in roster.readers if Role(each.role) in COMMITTEE]


def _mine(connection: Connection, upload_id: str, by: str) -> Upload:
    found = documents.upload(connection, upload_id, by)
    if found is None:
        raise DocumentRefused("unknown")
    return found


def _check(upload: Upload, roster: Roster) -> None:
    if not _ID.fullmatch(upload.id) or upload.kept not in KEPT or not _MIME.fullmatch(upload.mime):
        raise DocumentRefused("form")
    if not _is_name(upload.name):
        raise DocumentRefused("name")
    if upload.size < 1:
        raise DocumentRefused("empty")
    if upload.size > LARGEST:
        raise DocumentRefused("too-large")
    if upload.slices != slices_of(upload.size):
        raise DocumentRefused("form")
    if upload.roster != (None if upload.kept == PLAIN else roster.hash):
        raise DocumentRefused("roster")


def _is_name(name: str) -> bool:
    """Whether a name can be shown and saved: one line, no folder, nothing that cannot be seen."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name == name.strip()
        and not any(unicodedata.category(sign).startswith("C") or sign in '/\\"' for sign in name)
    )


def _check_sealed(content: bytes, size: int, stanzas: int) -> None:
    try:
        age.check_shape(content, stanzas=stanzas, plaintext_sizes=[size])
    except CryptoError:
        raise DocumentRefused("slice") from None
