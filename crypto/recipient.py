"""The public half: who holds a Recipient can seal, and nothing else.

The intake process holds Recipients. Opening is crypto.identity, which it must never reach. Two
types, both age's own: mlkem768x25519 (X-Wing, safe against a later quantum computer) for people and
cases, and scrypt for files that a passphrase opens.

Importing this module fails with a clear sentence where the OpenSSL below has no ML-KEM: a program
that cannot seal must not start.
"""

import hashlib
import os
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from crypto import bech32
from crypto.errors import MalformedKey
from crypto.stanza import ENCAPSULATED_SIZE, MLKEM768X25519, SALT_SIZE, SCRYPT, Stanza
from crypto.strict import to_b64raw

PREFIX = "age1pq"
INFO = b"age-encryption.org/mlkem768x25519"
SEED_SIZE = 32
X25519_SIZE = 32
_MLKEM_SIZE = 1184
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"


def _suite() -> hpke.Suite:
    try:
        MLKEM768PrivateKey.from_seed_bytes(bytes(64))
        return hpke.Suite(
            hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305
        )
    except (AttributeError, UnsupportedAlgorithm):
        raise ImportError(
            "the installed cryptography package has no ML-KEM-768 with X25519, so nothing can be "
            "sealed; install cryptography 48 or newer from its own wheels"
        ) from None


SUITE = _suite()


@dataclass(frozen=True)
class Recipient:
    """A person's or a case's public key, as age's text `age1pq1…`."""

    text: str
    _key: hpke.MLKEM768X25519PublicKey = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        _in_use[self.text] = self

    @staticmethod
    def parse(text: str) -> "Recipient":
        """The recipient that text names, which must be in lower case. Raises MalformedKey."""
        known = _in_use.get(text)
        if known is not None:
            return known
        prefix, data = bech32.decode(text)
        if prefix != PREFIX or len(data) != _MLKEM_SIZE + X25519_SIZE:
            raise MalformedKey("not a recipient of the type age1pq1…")
        return Recipient(text, _public_key(data))

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza from which only the matching Identity gets file_key back."""
        return _wrap(self._key, file_key)


# What somebody in this process holds at the moment and no longer. A document that was just made is
# read back as its reader will read it, and a recipient takes longer to read than all the rest.
_in_use: WeakValueDictionary[str, Recipient] = WeakValueDictionary()


@dataclass(frozen=True)
class Nobody:
    """A recipient without a text, whose identity nobody ever held."""

    _key: hpke.MLKEM768X25519PublicKey = field(repr=False)

    def wrap(self, file_key: bytes) -> Stanza:
        """A stanza that stays closed."""
        return _wrap(self._key, file_key)


def _wrap(key: hpke.MLKEM768X25519PublicKey, file_key: bytes) -> Stanza:
    sealed = SUITE.encrypt(file_key, key, info=INFO)
    encapsulated, body = sealed[:ENCAPSULATED_SIZE], sealed[ENCAPSULATED_SIZE:]
    return Stanza(MLKEM768X25519, (to_b64raw(encapsulated),), body)


def from_seed(seed: bytes) -> Recipient:
    """The recipient of the identity that is this 32-byte seed."""
    private = expand(seed)
    mlkem, x25519 = private[0].public_key(), private[1].public_key()
    text = bech32.encode(PREFIX, mlkem.public_bytes_raw() + x25519.public_bytes_raw())
    return Recipient(text, hpke.MLKEM768X25519PublicKey(mlkem, x25519))


def throwaway() -> Recipient:
    """A recipient whose identity nobody ever held: what is sealed to it stays closed."""
    return from_seed(os.urandom(SEED_SIZE))


def nobody() -> Nobody:
    """The same without a text, which takes as long to spell as all the rest."""
    mlkem, x25519 = expand(os.urandom(SEED_SIZE))
    return Nobody(hpke.MLKEM768X25519PublicKey(mlkem.public_key(), x25519.public_key()))


def expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The two private keys that an X-Wing seed stands for."""
    if len(seed) != SEED_SIZE:
        raise ValueError("a seed has 32 bytes")
    material = hashlib.shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(material[:64]),
        X25519PrivateKey.from_private_bytes(material[64:]),
    )


def _public_key(data: bytes) -> hpke.MLKEM768X25519PublicKey:
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(data[:_MLKEM_SIZE])
        x25519 = X25519PublicKey.from_public_bytes(data[_MLKEM_SIZE:])
        # A point of low order gives everybody the same secret. The exchange refuses it, so one is
        # tried here: better when a roster is read than when somebody seals to it.
        X25519PrivateKey.generate().exchange(x25519)
    except ValueError:
        raise MalformedKey("a recipient that nobody could hold the identity of") from None
    return hpke.MLKEM768X25519PublicKey(mlkem, x25519)


class PassphraseRecipient:
    """Seals so that a passphrase opens, which must be the file's only recipient.

    log_n is the base-two logarithm of scrypt's work factor: 18 takes about a second and 256 MiB.
    """

    def __init__(self, passphrase: str, log_n: int = 18) -> None:
        if not passphrase or not 1 <= log_n <= 30:
            raise ValueError("a passphrase has characters, and a work factor from 1 to 30")
        self._passphrase = passphrase.encode("utf-8")
        self._log_n = log_n

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza from which only the passphrase gets file_key back."""
        salt = os.urandom(SALT_SIZE)
        key = passphrase_key(self._passphrase, salt, self._log_n)
        # The nonce is fixed because the key comes from a fresh salt and seals one thing.
        body = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
        return Stanza(SCRYPT, (to_b64raw(salt), str(self._log_n)), body)


def passphrase_key(passphrase: bytes, salt: bytes, log_n: int) -> bytes:
    """The key that wraps the file key of a file sealed with a passphrase."""
    scrypt = Scrypt(salt=_SCRYPT_LABEL + salt, length=32, n=1 << log_n, r=8, p=1)
    return scrypt.derive(passphrase)
