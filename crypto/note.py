"""Signed notes and the keys that sign them, as C2SP signed-note has them.

A note is text, an empty line and signature lines. Anybody may add lines, so a line by a key that is
not known counts for nothing and does no harm; a line by a known key must verify. This module reads
and writes notes, and signs and checks with Ed25519; ML-DSA-44, which signs a checkpoint and not the
text, is crypto.cosignature.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto import strict
from crypto.errors import InvalidSignature, Malformed, MalformedNote, NotSigned

ED25519 = 0x01
ML_DSA_44 = 0x06
ID_SIZE = 4
# Cosignatures hold the name of their key with one byte for its length.
MAX_NAME_SIZE = 255
MAX_SIGNATURES = 64
SIZE_LIMIT = 1 << 20
SEED_SIZE = 32
_KEY_SIZES = {ED25519: 32, ML_DSA_44: 1312}
_PRIVATE = "PRIVATE+KEY+"
_ED25519_SIGNATURE_SIZE = 64
_LINE = re.compile("\u2014 ([^ \n]+) ([A-Za-z0-9+/]+={0,2})")
# Control characters could make a terminal show something else than what was signed.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


def is_name(name: str) -> bool:
    """Whether name can be the name of a key."""
    encodable = not re.search("[\ud800-\udfff]", name)
    wrong = any(symbol.isspace() or symbol == "+" for symbol in name)
    return bool(name) and encodable and not wrong and not _CONTROL.search(name)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes by which a signature line says which key of this name made it.

    They only tell keys apart: that a signature is the key's is known by verifying it.
    """
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:ID_SIZE]


@dataclass(frozen=True)
class NoteKey:
    """A public key with its name and its kind of signature, as the text `name+id+base64`."""

    name: str
    kind: int
    public: bytes = field(repr=False)

    def __post_init__(self) -> None:
        fits = is_name(self.name) and len(self.name.encode()) <= MAX_NAME_SIZE
        if not fits or len(self.public) != _KEY_SIZES.get(self.kind):
            raise ValueError("not the name, kind and size of a key")

    @property
    def id(self) -> bytes:
        """The key's four bytes in a signature line."""
        return key_id(self.name, self.kind, self.public)

    @property
    def text(self) -> str:
        """The key as policies spell it."""
        return f"{self.name}+{self.id.hex()}+{strict.to_b64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that text spells. Raises MalformedNote, also for a kind that is not read here."""
        name, key_hash, data = _key_parts(text)
        key = cls._known(name, data)
        if key.id.hex() != key_hash:
            raise MalformedNote("the key and the id in its text do not belong together")
        return key

    @classmethod
    def _known(cls, name: str, data: bytes) -> Self:
        if data[0] not in _KEY_SIZES:
            raise MalformedNote(f"keys of kind {data[0]} are not read here")
        try:
            return cls(name, data[0], data[1:])
        except ValueError:
            raise MalformedNote("the key has a wrong size or name") from None


def _key_parts(text: str) -> tuple[str, str, bytes]:
    """Name, hexadecimal id, and kind with key; at least the kind is there."""
    # Base64 has plus signs of its own, names have none.
    name, _, rest = text.partition("+")
    key_hash, _, spelled = rest.partition("+")
    try:
        strict.hex_bytes(key_hash, ID_SIZE)
        data = strict.b64(spelled)
    except Malformed:
        data = b""
    if not data or not is_name(name):
        raise MalformedNote("not a key as name, id and base64")
    return name, key_hash, data


def private_text(key: NoteKey, seed: bytes) -> str:
    """The private text of a key, which has the same parts and the seed for the public bytes."""
    spelled = strict.to_b64(bytes([key.kind]) + seed)
    return f"{_PRIVATE}{key.name}+{key.id.hex()}+{spelled}"


def parse_private(text: str, kind: int) -> tuple[str, str, bytes]:
    """Name, hexadecimal id and seed of a private text of this kind. Raises MalformedNote.

    Whether the id belongs to the seed is for the caller to see, who can make a key from it.
    """
    if not text.startswith(_PRIVATE):
        raise MalformedNote("not a private key for notes")
    name, key_hash, data = _key_parts(text.removeprefix(_PRIVATE))
    if data[0] != kind or len(data) != 1 + SEED_SIZE:
        raise MalformedNote("not a private key of the kind that is wanted here")
    return name, key_hash, data[1:]


@dataclass(frozen=True)
class Signature:
    """A signature line: who says to have signed, and the bytes."""

    name: str
    id: bytes
    signature: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The line without its line feed."""
        return f"\u2014 {self.name} {strict.to_b64(self.id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The signature that a line spells. Raises MalformedNote."""
        match = _LINE.fullmatch(line)
        if match is None or not is_name(match[1]):
            raise MalformedNote("not a signature line")
        try:
            data = strict.b64(match[2])
        except Malformed:
            data = b""
        if len(data) <= ID_SIZE:
            raise MalformedNote("not a signature in base64")
        return cls(match[1], data[:ID_SIZE], data[ID_SIZE:])


@dataclass(frozen=True)
class Note:
    """Text and its signatures, none of which has been checked."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is written."""
        lines = "".join(f"{each.line}\n" for each in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def signature_by(self, key: NoteKey) -> bytes:
        """The bytes that the line of this key has. Raises NotSigned if there is no such line."""
        for each in self.signatures:
            if (each.name, each.id) == (key.name, key.id):
                return each.signature
        raise NotSigned(f"there is no signature by {key.name}")

    def has_line_of(self, key: NoteKey) -> bool:
        """Whether a line says to be by this key, verified or not."""
        return any((each.name, each.id) == (key.name, key.id) for each in self.signatures)

    def signed(self, signature: Signature) -> "Note":
        """The note with this signature last, in place of an earlier one by the same key."""
        others = [s for s in self.signatures if (s.name, s.id) != (signature.name, signature.id)]
        return replace(self, signatures=(*others, signature))


def parse(data: bytes) -> Note:
    """The note that these bytes are. Raises MalformedNote.

    The text is all before the last empty line, and may itself have empty lines. A key that signs
    twice is refused: the second line could only say something else.
    """
    text, lines = _split(data)
    signatures = tuple(map(Signature.parse, lines))
    if len({(each.name, each.id) for each in signatures}) != len(signatures):
        raise MalformedNote("a key has signed twice")
    note = Note(text, signatures)
    if note.to_bytes() != data:
        raise MalformedNote("not the one spelling of a note")
    return note


def _split(data: bytes) -> tuple[str, list[str]]:
    if len(data) > SIZE_LIMIT:
        raise MalformedNote("too long for a note")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote("not text in UTF-8") from None
    if _CONTROL.search(whole):
        raise MalformedNote("a control character is in the note")
    at = whole.rfind("\n\n")
    if at < 0 or not whole.endswith("\n"):
        raise MalformedNote("not a text, an empty line and signature lines")
    lines = whole[at + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote("too many signatures")
    return whole[: at + 1], lines


def ed25519_key(name: str, seed: bytes) -> NoteKey:
    """The public half of an Ed25519 seed, under this name."""
    return NoteKey(name, ED25519, bytes(SigningKey(seed).verify_key))


def sign(text: str, name: str, seed: bytes) -> Signature:
    """The Ed25519 signature line of this name and seed under a text."""
    signature = SigningKey(seed).sign(text.encode()).signature
    return Signature(name, ed25519_key(name, seed).id, signature)


def verify(note: Note, key: NoteKey) -> None:
    """Return if the Ed25519 key has signed the note. Raises NotSigned or InvalidSignature."""
    if key.kind != ED25519:
        raise ValueError("this key does not sign texts")
    signature = note.signature_by(key)
    wrong = InvalidSignature(f"the signature by {key.name} does not verify")
    if len(signature) != _ED25519_SIGNATURE_SIZE:
        raise wrong
    try:
        VerifyKey(key.public).verify(note.text.encode(), signature)
    except BadSignatureError:
        raise wrong from None
