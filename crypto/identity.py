"""The private half: an Identity opens what was sealed to its Recipient.

Only a member's machine, a submitter's browser and, for a submitter without scripts, the memory of
one request may hold one. tests/test_layers.py keeps this module out of the reach of everything else
in intake. Nothing here is printed: repr() and every error hide the seed and the passphrase.
"""

import os
from collections.abc import Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from crypto import bech32
from crypto.errors import MalformedHeader, MalformedKey
from crypto.recipient import (
    INFO,
    SEED_SIZE,
    SUITE,
    X25519_SIZE,
    Recipient,
    expand,
    from_seed,
    passphrase_key,
)
from crypto.stanza import MLKEM768X25519, SCRYPT, Stanza, scrypt_parameters
from crypto.strict import b64raw

PREFIX = "AGE-SECRET-KEY-PQ-"


class Identity:
    """A private key, as age's text `AGE-SECRET-KEY-PQ-1…` or as its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        mlkem, self._x25519 = expand(seed)
        self._key = MLKEM768X25519PrivateKey(mlkem, self._x25519)

    @classmethod
    def generate(cls) -> Self:
        """A new identity from 32 random bytes."""
        return cls(os.urandom(SEED_SIZE))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The identity that is this seed."""
        return cls(seed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identity that text spells, which must be in upper case. Raises MalformedKey."""
        prefix, seed = bech32.decode(text)
        if prefix != PREFIX or len(seed) != SEED_SIZE:
            raise MalformedKey("not an identity of the type AGE-SECRET-KEY-PQ-1…")
        return cls(seed)

    @property
    def text(self) -> str:
        """The identity as text, which whoever reads it can open everything with."""
        return bech32.encode(PREFIX, self.seed)

    @property
    def recipient(self) -> Recipient:
        """The recipient whose envelopes this identity opens."""
        return from_seed(self.seed)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key from the first stanza that opens, or None."""
        for stanza in stanzas:
            if stanza.kind == MLKEM768X25519:
                file_key = self._unwrap_one(stanza)
                if file_key is not None:
                    return file_key
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        encapsulated = b64raw(stanza.arguments[0])
        try:
            return SUITE.decrypt(encapsulated + stanza.body, self._key, info=INFO)
        except InvalidTag:
            self._refuse_low_order(encapsulated[-X25519_SIZE:])
            return None

    def _refuse_low_order(self, point: bytes) -> None:
        """Tell a stanza for somebody else from one that no honest sender makes.

        With a point of low order everybody gets the same secret. SUITE refuses it as it refuses a
        wrong key, so what went wrong is asked again here.
        """
        try:
            self._x25519.exchange(X25519PublicKey.from_public_bytes(point))
        except ValueError:
            raise MalformedHeader("a stanza's encapsulated key is not a possible one") from None

    def __repr__(self) -> str:
        return "<Identity>"


class PassphraseIdentity:
    """Opens files that a passphrase opens.

    A file that asks for more work than max_log_n is refused as MalformedHeader: its maker decides
    the work and the memory (twice as much per step, 1 GiB at 20), and could ask for any.
    """

    def __init__(self, passphrase: str, max_log_n: int = 20) -> None:
        self._passphrase = passphrase.encode("utf-8")
        self._max_log_n = max_log_n

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None when the passphrase is another or none was used."""
        for stanza in stanzas:
            if stanza.kind == SCRYPT:
                return self._unwrap_one(stanza)
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        salt, log_n = scrypt_parameters(stanza)
        if log_n > self._max_log_n:
            raise MalformedHeader("the file asks for more passphrase work than is allowed here")
        key = passphrase_key(self._passphrase, salt, log_n)
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), stanza.body, None)
        except InvalidTag:
            return None

    def __repr__(self) -> str:
        return "<PassphraseIdentity>"


def read_identity_file(data: bytes) -> list[Identity]:
    """The identities in an age identity file: one a line, beside empty lines and # comments.

    Raises MalformedKey, naming the line and never what stands in it.
    """
    identities = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        text = line.removesuffix(b"\r").decode("latin-1")
        if not text or text.startswith("#"):
            continue
        try:
            identities.append(Identity.parse(text))
        except MalformedKey:
            raise MalformedKey(f"line {number} of the identity file is not an identity") from None
    if not identities:
        raise MalformedKey("the identity file holds no identity")
    return identities
