"""Sealing and opening whole files in the age v1 format (https://c2sp.org/age).

What is sealed here opens with any age tool of 2026 or later, and the other way round, for the two
recipient types of crypto.recipient. This module sees recipients only as Wraps and identities only
as Unwraps; it never imports crypto.identity, so a program may seal without being able to open.
"""

import hmac
import io
import os
from collections.abc import Collection, Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import (
    HeaderTampered,
    MalformedHeader,
    TooLong,
    UnsupportedRecipient,
    WrongIdentity,
)
from crypto.stanza import (
    ENCAPSULATED_SIZE,
    FILE_KEY_SIZE,
    HEADER_LIMIT,
    MAC_SIZE,
    MLKEM768X25519,
    SCRYPT,
    WRAPPED_SIZE,
    Header,
    ReadsLines,
    Stanza,
    Unwraps,
    Wraps,
    authenticated,
    read_header,
)
from crypto.stream import Reads, Writes, open_chunks, payload_size, read_full, seal_chunks

_NONCE_SIZE = 16


def seal(plaintext: bytes, recipients: Sequence[Wraps]) -> bytes:
    """Plaintext as a sealed file that each one of the recipients can open alone."""
    target = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), target, recipients)
    return target.getvalue()


def seal_stream(source: Reads, target: Writes, recipients: Sequence[Wraps]) -> None:
    """Write all of source to target, sealed so that each one of the recipients can open it alone.

    Memory stays constant. Raises TooLong when there are more recipients than a header holds.
    """
    _seal_from_parts(source, target, recipients, os.urandom(FILE_KEY_SIZE), os.urandom(_NONCE_SIZE))


def _seal_from_parts(
    source: Reads, target: Writes, recipients: Sequence[Wraps], file_key: bytes, nonce: bytes
) -> None:
    """Seal under a given file key and nonce, which vectors need and nothing else may."""
    if not recipients:
        raise ValueError("a file must be sealed to somebody")
    stanzas = tuple(recipient.wrap(file_key) for recipient in recipients)
    if len(stanzas) > 1 and any(stanza.kind == SCRYPT for stanza in stanzas):
        raise ValueError("a passphrase must be the only recipient")
    header = Header(stanzas, _mac(file_key, stanzas)).render()
    if len(header) > HEADER_LIMIT:
        raise TooLong("too many recipients for one file")
    target.write(header)
    target.write(nonce)
    seal_chunks(_payload_key(file_key, nonce), source, target)


def open_sealed(sealed: bytes, identities: Sequence[Unwraps]) -> bytes:
    """The plaintext of a sealed file; nothing of it unless all of it is genuine.

    Raises as open_stream() does.
    """
    target = io.BytesIO()
    open_stream(io.BytesIO(sealed), target, identities)
    return target.getvalue()


def open_stream(source: ReadsLines, target: Writes, identities: Sequence[Unwraps]) -> None:
    """Write to target the plaintext of the sealed file in source, in constant memory.

    Each chunk of 64 KiB is authenticated before it is written, and only a normal return says that
    it was all: on PayloadTampered the caller must discard what target has received. Raises
    MalformedHeader, UnsupportedRecipient when no stanza is of a type that we read, WrongIdentity
    when none opens, HeaderTampered and PayloadTampered.
    """
    header = read_header(source)
    _open_payload(source, target, header, _unwrap(header.stanzas, identities))


def _open_with_file_key(source: ReadsLines, target: Writes, file_key: bytes) -> None:
    """Open with a file key got elsewhere: for vectors of recipient types that are not read here."""
    _open_payload(source, target, read_header(source), file_key)


def sealed_size(plaintext_size: int, stanzas: int = 1) -> int:
    """The size of a plaintext of this size once sealed to so many X-Wing recipients."""
    stanza = Stanza(MLKEM768X25519, (_base64_columns(ENCAPSULATED_SIZE),), bytes(WRAPPED_SIZE))
    header = Header((stanza,) * stanzas, bytes(MAC_SIZE)).render()
    return len(header) + _NONCE_SIZE + payload_size(plaintext_size)


def check_shape(sealed: bytes, *, stanzas: int, plaintext_sizes: Collection[int]) -> None:
    """Refuse what cannot be a file sealed to so many X-Wing recipients, with one of these sizes.

    For those who store what they cannot open. Says nothing of the content, not even that anybody
    can open it. Raises MalformedHeader.
    """
    header = read_header(io.BytesIO(sealed))
    if len(header.stanzas) != stanzas:
        raise MalformedHeader("sealed to another number of recipients")
    if any(stanza.kind != MLKEM768X25519 for stanza in header.stanzas):
        raise MalformedHeader("sealed to a recipient of another type")
    if all(len(sealed) != sealed_size(size, stanzas) for size in plaintext_sizes):
        raise MalformedHeader("not of a size that can be")


def _unwrap(stanzas: Sequence[Stanza], identities: Sequence[Unwraps]) -> bytes:
    for identity in identities:
        file_key = identity.unwrap(stanzas)
        if file_key is not None:
            return file_key
    kinds = tuple(stanza.kind for stanza in stanzas)
    if MLKEM768X25519 in kinds or SCRYPT in kinds:
        raise WrongIdentity("the file is sealed to somebody else")
    raise UnsupportedRecipient("the file is sealed in a way that is not read here", kinds)


def _open_payload(source: Reads, target: Writes, header: Header, file_key: bytes) -> None:
    if not hmac.compare_digest(header.mac, _mac(file_key, header.stanzas)):
        raise HeaderTampered("the header was changed after sealing")
    nonce = read_full(source, _NONCE_SIZE)
    if len(nonce) != _NONCE_SIZE:
        raise MalformedHeader("the file ends right after its header")
    open_chunks(_payload_key(file_key, nonce), source, target)


def _mac(file_key: bytes, stanzas: Sequence[Stanza]) -> bytes:
    key = HKDF(SHA256(), 32, salt=b"", info=b"header").derive(file_key)
    return hmac.digest(key, authenticated(stanzas), "sha256")


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key)


def _base64_columns(size: int) -> str:
    return "A" * -(-size * 4 // 3)
