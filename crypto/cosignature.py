"""ML-DSA-44 signatures over checkpoints, as C2SP tlog-cosignature has them.

The ledger's keeper and the cosigners sign the same way: a cosignature says that its maker has seen
this tree to continue every earlier one, and that it was the largest at the time told. It commits to
the maker's name, so one key under two names is still two signers with a signature each; a policy
must not count them twice. These signatures stay hard to forge for a later quantum computer.
"""

import struct
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature as _Refused
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.errors import InvalidSignature, MalformedNote
from crypto.note import ML_DSA_44, Note, NoteKey, Signature, parse_private, private_text

MAX_TIMESTAMP = (1 << 63) - 1
SIGNATURE_SIZE = 2420
_LABEL = b"subtree/v1\n\x00"
_TIMESTAMP_SIZE = 8
# A checkpoint is about the whole tree, so the subtree that is signed starts at the first leaf.
_START = 0


def _check_library() -> None:
    try:
        MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    except UnsupportedAlgorithm:
        raise ImportError(
            "the installed cryptography package has no ML-DSA-44, so the ledger cannot be signed "
            "or checked; install cryptography 48 or newer from its own wheels"
        ) from None


_check_library()


def signed_message(name: str, timestamp: int, signed: Checkpoint) -> bytes:
    """The bytes that a signer of this name signs for a checkpoint."""
    return b"".join(
        (
            _LABEL,
            _short(name.encode()),
            struct.pack(">Q", timestamp),
            _short(signed.origin.encode()),
            struct.pack(">QQ", _START, signed.size),
            signed.root,
        )
    )


def _short(data: bytes) -> bytes:
    # NoteKey and Checkpoint see to it that names and origins have 1 to 255 bytes.
    return bytes([len(data)]) + data


@dataclass(frozen=True)
class Signer:
    """A name with the seed of its ML-DSA-44 key: the keeper, whose name is the origin, or another.

    The private text is what key files hold; the key is what policies list.
    """

    name: str
    seed: bytes = field(repr=False)

    @property
    def key(self) -> NoteKey:
        """The public half."""
        public = MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key()
        return NoteKey(self.name, ML_DSA_44, public.public_bytes_raw())

    @property
    def private_text(self) -> str:
        """The text that a key file holds."""
        return private_text(self.key, self.seed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The signer that a private text spells. Raises MalformedNote."""
        name, key_hash, seed = parse_private(text, ML_DSA_44)
        signer = cls(name, seed)
        try:
            key = signer.key
        except ValueError:
            raise MalformedNote("the name of the key is too long") from None
        if key.id.hex() != key_hash:
            raise MalformedNote("the private key and the id in its text do not belong together")
        return signer

    def sign(self, head: Checkpoint, timestamp: int) -> Signature:
        """The signature line for a checkpoint, made at this time (seconds since 1970, or 0)."""
        if not 0 <= timestamp <= MAX_TIMESTAMP:
            raise ValueError("not a time that can be signed")
        private = MLDSA44PrivateKey.from_seed_bytes(self.seed)
        made = private.sign(signed_message(self.name, timestamp, head))
        return Signature(self.name, self.key.id, struct.pack(">Q", timestamp) + made)


def verify(note: Note, key: NoteKey) -> int:
    """The time at which this ML-DSA-44 key signed the checkpoint that the note's text is.

    Raises NotSigned, InvalidSignature or MalformedCheckpoint.
    """
    if key.kind != ML_DSA_44:
        raise ValueError("this key does not sign checkpoints")
    signature = note.signature_by(key)
    head = checkpoint.parse(note.text)
    wrong = InvalidSignature(f"the signature by {key.name} does not verify")
    if len(signature) != _TIMESTAMP_SIZE + SIGNATURE_SIZE:
        raise wrong
    (timestamp,) = struct.unpack(">Q", signature[:_TIMESTAMP_SIZE])
    if timestamp > MAX_TIMESTAMP:
        raise wrong
    message = signed_message(key.name, timestamp, head)
    try:
        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[_TIMESTAMP_SIZE:], message)
    except _Refused:
        raise wrong from None
    return int(timestamp)
