"""An authenticator made of software: passkeys, and whatever a browser would answer with them.

Each answer is built from its parts, so that a test can change any one of them.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


@dataclass
class Authenticator:
    """One passkey on one device, at one origin."""

    origin: str
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    # 0 for a passkey whose counter stands still, as those that are kept by several devices.
    step: int = 1
    rp_id: str = "localhost"
    name: bytes = field(default=b"", repr=False)
    handle: bytes | None = None

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.name = self.name or hashlib.sha256(self._public()).digest()

    def make(self, options: Mapping[str, Any], **told: object) -> str:
        """The answer to a request for a new passkey, as the page's script sends it."""
        self.handle = unb64url(options["user"]["id"])
        client = self._client("webauthn.create", options["challenge"], told)
        attested = b"\0" * 16 + struct.pack(">H", len(self.name)) + self.name + self._public()
        data = self._data(self.flags | ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(client, {"attestationObject": b64url(attestation)})

    def show(self, options: Mapping[str, Any], **told: object) -> str:
        """The answer to a request to sign in, as the page's script sends it."""
        self.counter += self.step
        client = self._client("webauthn.get", options["challenge"], told)
        data = self._data(self.flags)
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = {} if self.handle is None else {"userHandle": b64url(self.handle)}
        parts = {"authenticatorData": b64url(data), "signature": b64url(signed), **handle}
        return self._answer(client, parts)

    def _client(self, kind: str, challenge: str, told: Mapping[str, object]) -> bytes:
        fields = {"type": kind, "challenge": challenge, "origin": self.origin, **told}
        return json.dumps(fields).encode()

    def _data(self, flags: int) -> bytes:
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([flags]) + struct.pack(">I", self.counter)

    def _answer(self, client: bytes, parts: Mapping[str, str]) -> str:
        response = {"clientDataJSON": b64url(client), **parts}
        name = b64url(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _public(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
