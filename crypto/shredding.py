"""A second lock on every stored row, whose key can be destroyed.

Each case has a shred key in a store of its own, wrapped by a store key outside any database. When
the key is gone, every copy of the case's rows is noise, in old backups too. A row's place is part
of what is authenticated, so that a row moved elsewhere does not open.
"""

import os
from dataclasses import astuple, dataclass

from nacl import bindings
from nacl.exceptions import CryptoError as SodiumError

from crypto import strict
from crypto.errors import PayloadTampered

KEY_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_WRAPPING = b"underrose/v1/shred-key"


@dataclass(frozen=True)
class RowPlace:
    """The one place where a sealed value opens."""

    installation: str
    store: str
    table: str
    column: str
    row: str

    def to_bytes(self) -> bytes:
        """The place as it is authenticated: a list, in which no two places look the same."""
        return strict.canonical(list(astuple(self)))


def new_key() -> bytes:
    """A fresh shred key or store key."""
    return os.urandom(KEY_SIZE)


def wrap(store_key: bytes, key: bytes) -> bytes:
    """A shred key as it is stored."""
    return _seal(store_key, key, _WRAPPING, os.urandom(_NONCE_SIZE))


def unwrap(store_key: bytes, wrapped: bytes) -> bytes:
    """The shred key. Raises PayloadTampered under another store key."""
    return _open(store_key, wrapped, _WRAPPING)


def seal_row(key: bytes, plaintext: bytes, place: RowPlace) -> bytes:
    """The value of a column of a row, to be stored there and nowhere else."""
    return _seal(key, plaintext, place.to_bytes(), os.urandom(_NONCE_SIZE))


def open_row(key: bytes, sealed: bytes, place: RowPlace) -> bytes:
    """The value again. Raises PayloadTampered if it was changed, moved or has another key."""
    return _open(key, sealed, place.to_bytes())


def _seal(key: bytes, plaintext: bytes, place: bytes, nonce: bytes) -> bytes:
    # 24 random bytes never repeat in practice, so a nonce needs no counter that a restored backup
    # could set back.
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, place, nonce, key)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    nonce, ciphertext = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
    if len(sealed) < _NONCE_SIZE + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES:
        raise PayloadTampered("a sealed row is cut short")
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, place, nonce, key)
    except SodiumError:
        raise PayloadTampered("this key does not open this row at this place") from None
