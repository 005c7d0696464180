"""What one library made, computed again with another one."""

import hashlib
import hmac
import json
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto import passwords, shredding, strict
from crypto.shredding import RowPlace
from tests.crypto.test_vectors import load


def hkdf(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA256 straight from RFC 5869."""
    key = hmac.digest(salt or bytes(32), secret, "sha256")
    output, block = b"", b""
    for counter in range(1, -(-size // 32) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        output += block
    return output[:size]


def of(name: str, *operations: str) -> list[dict[str, Any]]:
    found = [each for each in load(name) if each["op"] in operations and each["expect"] == "ok"]
    assert found
    return found


def test_openssl_makes_the_same_signatures() -> None:
    for v in of("signing", "sign"):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(v["seed"]))
        text = json.dumps(
            v["document"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        signature = key.sign(f"underrose/v1/{v['kind']}\n".encode() + text)
        assert strict.to_b64(signature) == v["signature"]
        assert strict.to_b64(key.public_key().public_bytes_raw()) == v["key"]


def test_openssl_checks_the_signature_of_every_good_document() -> None:
    for v in of("message", "build") + of("case", "sign_mailbox") + of("roster", "sign"):
        document = json.loads(v["text"])
        kind = v["document"].get("kind", {"case": "mailbox"}.get(v["file"], v["file"]))
        seed = bytes.fromhex(v.get("seed") or v["root_seed"])
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        unsigned = {name: value for name, value in document.items() if name != "signature"}
        text = json.dumps(unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signature = strict.b64(document["signature"])
        public.verify(signature, f"underrose/v1/{kind}\n{text}".encode())


def test_openssl_has_the_same_member_keys() -> None:
    for v in of("signing", "member_seed"):
        identity = bytes.fromhex(v["identity_seed"])
        seed = hkdf(identity, b"", b"underrose/v1/member-signing", 32)
        assert seed.hex() == v["seed"]
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        assert strict.to_b64(public.public_bytes_raw()) == v["key"]


def test_openssl_has_the_same_case_keys() -> None:
    for v in of("signing", "case_signing_seed"):
        seed = hkdf(bytes.fromhex(v["case_seed"]), b"", b"underrose/v1/case-signing", 32)
        assert seed.hex() == v["seed"]
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        assert strict.to_b64(public.public_bytes_raw()) == v["key"]


def test_openssl_checks_the_case_signature_of_every_submission() -> None:
    for v in of("message", "case"):
        document = json.loads(v["text"])
        signature = strict.b64(document.pop("case_signature"))
        del document["signature"]
        seed = hkdf(bytes.fromhex(v["case_seed"]), b"", b"underrose/v1/case-signing", 32)
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        public.verify(signature, f"underrose/v1/case\n{text}".encode())


def test_libraries_differ_about_keys_of_small_order_and_we_refuse() -> None:
    point = bytes([1]) + bytes(31)
    # OpenSSL returns without an error here.
    Ed25519PublicKey.from_public_bytes(point).verify(point + bytes(32), b"anything")
    names = [v["name"] for v in load("signing") if v["expect"] == "InvalidSignature"]
    assert "a signature that the neutral point makes for everything" in names


def test_hkdf_by_hand_gives_the_same_receipt_keys() -> None:
    for v in of("receipt", "keys"):
        raw, salt = bytes.fromhex(v["raw"]), bytes.fromhex(v["installation"])
        lookup = hkdf(raw, salt, b"underrose/v1/lookup", 16)
        assert lookup.hex() == v["lookup"]
        assert hashlib.sha256(lookup).hexdigest() == v["mailbox_id"]
        assert hkdf(raw, salt, b"underrose/v1/mailbox", 32).hex() == v["mailbox_seed"]
        assert hkdf(raw, salt, b"underrose/v1/signing", 32).hex() == v["signing_seed"]


def test_openssl_checks_the_same_passwords() -> None:
    kept = passwords.hash_password("a password of somebody", "interactive")
    Argon2id.verify_phc_encoded(b"a password of somebody", kept)


def quarter(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for one, other, third, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[one] = (state[one] + state[other]) & 0xFFFFFFFF
        mixed = state[third] ^ state[one]
        state[third] = (mixed << turn | mixed >> 32 - turn) & 0xFFFFFFFF


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    state = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I4I", key + nonce)]
    for _ in range(10):
        for at in range(4):
            quarter(state, at, at + 4, at + 8, at + 12)
        for at in range(4):
            quarter(state, at, (at + 1) % 4 + 4, (at + 2) % 4 + 8, (at + 3) % 4 + 12)
    return struct.pack("<8I", *state[:4], *state[12:])


def test_chacha20_of_openssl_opens_a_sealed_row() -> None:
    key = bytes(range(32))
    place = RowPlace("00" * 16, "book", "envelopes", "sealed", "1")
    sealed = shredding.seal_row(key, b"a row", place)
    cipher = ChaCha20Poly1305(hchacha20(key, sealed[:16]))
    opened = cipher.decrypt(
        bytes(4) + sealed[16:24],
        sealed[24:],
        b'["' + b"00" * 16 + b'","book","envelopes","sealed","1"]',
    )
    assert opened == b"a row"


def test_the_block_function_by_hand_is_the_one_of_openssl() -> None:
    # ChaCha20's first block minus its input is HChaCha20's state, of which eight words are used.
    key, nonce = bytes(range(32)), bytes(range(100, 116))
    stream = Cipher(algorithms.ChaCha20(key, nonce), mode=None).encryptor().update(bytes(64))
    start = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I4I", key + nonce)]
    words = [
        (word - first) & 0xFFFFFFFF
        for word, first in zip(struct.unpack("<16I", stream), start, strict=True)
    ]
    assert struct.pack("<8I", *words[:4], *words[12:]) == hchacha20(key, nonce)
