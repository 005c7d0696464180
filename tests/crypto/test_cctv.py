"""Every test vector of C2SP CCTV for age, each with the failure that it is made for.

The vectors of the two recipient types that we read run through open_stream(). The others use X25519
to carry a rule of the general format; for these the vector's own file key goes through the seam
below the recipients, so that the rule itself is put to our reader.
"""

import hashlib
import io
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_decrypt
from nacl.exceptions import CryptoError as NaclError

from crypto import age
from crypto.errors import (
    CryptoError,
    HeaderTampered,
    MalformedHeader,
    PayloadTampered,
    UnsupportedRecipient,
    WrongIdentity,
)
from crypto.identity import PREFIX, Identity, PassphraseIdentity
from crypto.stanza import Unwraps, read_header
from crypto.stream import seal_chunks
from tests.groups import find_node

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
CCTV = VECTORS / "cctv" / "age"

OUTCOMES: dict[str, type[CryptoError] | None] = {
    "success": None,
    "no match": WrongIdentity,
    "HMAC failure": HeaderTampered,
    "header failure": MalformedHeader,
    "payload failure": PayloadTampered,
}
# These hold no stanza of a type that we read, only one that looks like it or, in the last, an
# X25519 stanza with the defect inside, which is ignored like any other X25519 stanza.
ONLY_FOREIGN_STANZAS = {"hybrid_uppercase", "scrypt_uppercase", "hybrid_x25519_arg"}


@dataclass(frozen=True)
class Vector:
    """One file of the suite: what is expected, the secrets that it names, and the sealed file."""

    name: str
    expect: str
    payload: str | None
    file_key: bytes
    identities: tuple[Unwraps, ...]
    sealed: bytes

    @property
    def outcome(self) -> type[CryptoError] | None:
        """The error that our reader must raise, None for success."""
        return UnsupportedRecipient if self.name in ONLY_FOREIGN_STANZAS else OUTCOMES[self.expect]


def load(path: Path) -> Vector:
    head, sealed = path.read_bytes().split(b"\n\n", 1)
    lines = (line.partition(": ") for line in head.decode().split("\n"))
    pairs = [(name, value) for name, _, value in lines]
    fields = dict(pairs)
    if "compressed" in fields:
        sealed = zlib.decompress(sealed)
    identities: list[Unwraps] = []
    for name, value in pairs:
        if name == "identity" and value.startswith(PREFIX):
            identities.append(Identity.parse(value))
        elif name == "passphrase":
            identities.append(PassphraseIdentity(value))
    return Vector(
        path.name,
        fields["expect"],
        fields.get("payload"),
        bytes.fromhex(fields.get("file key", "00" * 16)),
        tuple(identities),
        sealed,
    )


ALL = [load(path) for path in sorted(CCTV.iterdir())]
OURS = [v for v in ALL if v.name.startswith(("hybrid", "scrypt"))]
FORMAT = [
    v for v in ALL if v.name.startswith(("empty", "header", "hmac", "stanza", "stream", "version"))
]
FOREIGN = [v for v in ALL if v.name.startswith(("armor", "x25519"))]


def named(vector: Vector) -> str:
    return vector.name


def test_the_suite_is_whole_and_every_vector_is_put_to_something() -> None:
    assert len(ALL) == 143
    assert len(OURS) + len(FORMAT) + len(FOREIGN) == len(ALL)


@pytest.mark.parametrize("vector", OURS, ids=named)
def test_a_vector_of_our_types_ends_as_it_must(vector: Vector) -> None:
    target = io.BytesIO()
    if vector.outcome is None:
        age.open_stream(io.BytesIO(vector.sealed), target, vector.identities)
        assert hashlib.sha256(target.getvalue()).hexdigest() == vector.payload
    else:
        with pytest.raises(CryptoError) as caught:
            age.open_stream(io.BytesIO(vector.sealed), target, vector.identities)
        assert type(caught.value) is vector.outcome
        assert target.getvalue() == b""


@pytest.mark.parametrize("vector", FORMAT, ids=named)
def test_a_vector_of_the_general_format_ends_as_it_must(vector: Vector) -> None:
    target = io.BytesIO()
    if vector.outcome is None:
        age._open_with_file_key(io.BytesIO(vector.sealed), target, vector.file_key)
        assert hashlib.sha256(target.getvalue()).hexdigest() == vector.payload
    else:
        with pytest.raises(CryptoError) as caught:
            age._open_with_file_key(io.BytesIO(vector.sealed), target, vector.file_key)
        assert type(caught.value) is vector.outcome


@pytest.mark.parametrize("vector", FORMAT + FOREIGN, ids=named)
def test_what_we_do_not_read_gives_a_clear_refusal_and_no_plaintext(vector: Vector) -> None:
    identities: list[Unwraps] = [Identity.from_seed(bytes(32)), PassphraseIdentity("password")]
    target = io.BytesIO()
    with pytest.raises((UnsupportedRecipient, MalformedHeader)):
        age.open_stream(io.BytesIO(vector.sealed), target, identities)
    assert target.getvalue() == b""


@pytest.mark.parametrize("vector", ALL, ids=named)
def test_an_accepted_header_renders_byte_for_byte(vector: Vector) -> None:
    source = io.BytesIO(vector.sealed)
    try:
        header = read_header(source)
    except MalformedHeader:
        assert vector.expect != "success" or vector.name.startswith("armor")
    else:
        assert vector.sealed[: source.tell()] == header.render()


@pytest.mark.parametrize("vector", [v for v in OURS + FORMAT if v.expect == "success"], ids=named)
def test_an_accepted_payload_seals_again_byte_for_byte(vector: Vector) -> None:
    source, plaintext, sealed = io.BytesIO(vector.sealed), io.BytesIO(), io.BytesIO()
    age._open_with_file_key(io.BytesIO(vector.sealed), plaintext, vector.file_key)
    read_header(source)
    nonce = source.read(16)
    plaintext.seek(0)
    seal_chunks(age._payload_key(vector.file_key, nonce), plaintext, sealed)
    assert sealed.getvalue() == source.read()


def witness(key: bytes, payload: bytes) -> bytes:
    """What libsodium gets out of a payload: a full chunk may be the last, a short one must be."""
    opened = b""
    size = 65536 + 16
    for number, start in enumerate(range(0, len(payload), size)):
        chunk = payload[start : start + size]
        for last in (b"\0", b"\1") if len(chunk) == size else (b"\1",):
            nonce = number.to_bytes(11, "big") + last
            try:
                opened += crypto_aead_chacha20poly1305_ietf_decrypt(chunk, b"", nonce, key)
            except (NaclError, ValueError):
                continue
            break
        else:
            return opened
        if last == b"\1":
            return opened
    return opened


@pytest.mark.parametrize(
    "vector", [v for v in FORMAT if v.name.startswith("stream") and v.payload], ids=named
)
def test_a_damaged_payload_gives_no_more_than_another_library_authenticates(
    vector: Vector,
) -> None:
    """The suite's hash covers the genuine chunks before the damage; ours may stop a chunk earlier.

    A full chunk that should have been the last is held back until the end of the file is seen.
    """
    source, target = io.BytesIO(vector.sealed), io.BytesIO()
    try:
        age._open_with_file_key(io.BytesIO(vector.sealed), target, vector.file_key)
    except PayloadTampered:
        assert vector.expect == "payload failure"
    read_header(source)
    key = age._payload_key(vector.file_key, source.read(16))
    opened = witness(key, source.read())
    assert hashlib.sha256(opened).hexdigest() == vector.payload
    assert opened.startswith(target.getvalue())
    assert vector.expect != "success" or opened == target.getvalue()


@pytest.mark.node
def test_the_committed_copy_is_the_package_that_is_pinned(tmp_path: Path) -> None:
    folder = find_node()
    assert folder is not None
    subprocess.run([folder / "node", VECTORS / "extract_cctv.mjs", tmp_path], check=True)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in CCTV.iterdir()}
    for path in CCTV.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
