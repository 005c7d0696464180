import gc
import hashlib
import subprocess
import sys
import weakref

import pytest
from nacl.bindings import crypto_scalarmult_base

from crypto import bech32
from crypto.errors import MalformedKey
from crypto.identity import Identity, PassphraseIdentity
from crypto.recipient import PassphraseRecipient, Recipient, expand, from_seed, nobody, throwaway

SEED = bytes(range(32))
# The published points of order 1, 2, 4 and 8 on Curve25519, and zero written with the modulus.
LOW_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
]


def test_a_recipient_is_its_text() -> None:
    recipient = from_seed(SEED)
    assert recipient.text.startswith("age1pq1")
    assert Recipient.parse(recipient.text) == recipient
    assert hash(Recipient.parse(recipient.text)) == hash(recipient)
    assert from_seed(bytes(32)) != recipient


def test_the_curve_half_of_a_recipient_is_what_another_library_computes() -> None:
    prefix, data = bech32.decode(from_seed(SEED).text)
    scalar = hashlib.shake_256(SEED).digest(96)[64:]
    assert prefix == "age1pq"
    assert len(data) == 1216
    assert data[1184:] == crypto_scalarmult_base(scalar)


def test_a_stanza_opens_with_the_identity_of_its_recipient_only() -> None:
    file_key = bytes(range(16))
    stanza = from_seed(SEED).wrap(file_key)
    assert Identity.from_seed(SEED).unwrap([stanza]) == file_key
    assert Identity.generate().unwrap([stanza]) is None
    assert from_seed(SEED).wrap(file_key) != stanza


def test_a_throwaway_recipient_is_a_new_one_each_time() -> None:
    assert throwaway() != throwaway()


def test_a_recipient_in_use_is_not_read_a_second_time_and_is_forgotten_afterwards() -> None:
    text = from_seed(bytes([7]) * 32).text
    first = Recipient.parse(text)
    assert Recipient.parse(text) is first
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None
    assert Recipient.parse(text).text == text


def test_nobody_is_sealed_to_like_anybody_else() -> None:
    first, second = (nobody().wrap(bytes(16)) for _ in range(2))
    assert first != second
    assert len(first.render()) == len(from_seed(SEED).wrap(bytes(16)).render())
    assert Identity.from_seed(SEED).unwrap([first]) is None


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_of_another_size_is_a_mistake_of_the_caller(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        expand(bytes(size))


def with_data(data: bytes, prefix: str = "age1pq") -> str:
    return bech32.encode(prefix, data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1pq1",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        from_seed(SEED).text.upper(),
        from_seed(SEED).text + " ",
        from_seed(SEED).text[:-1],
        Identity.from_seed(SEED).text,
        with_data(bytes(1215)),
        with_data(bytes(1217)),
        with_data(bech32.decode(from_seed(SEED).text)[1], "age1tagpq"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_not_a_recipient_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        Recipient.parse(text)


def test_a_lattice_key_that_is_not_reduced_is_refused() -> None:
    data = bech32.decode(from_seed(SEED).text)[1]
    with pytest.raises(MalformedKey):
        Recipient.parse(with_data(b"\xff" * 3 + data[3:]))


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_curve_point_of_low_order_is_refused(point: str) -> None:
    data = bech32.decode(from_seed(SEED).text)[1]
    with pytest.raises(MalformedKey):
        Recipient.parse(with_data(data[:1184] + bytes.fromhex(point)))


def test_a_passphrase_wraps_for_the_same_passphrase_only() -> None:
    file_key = bytes(range(16))
    stanza = PassphraseRecipient("über den Wolken", log_n=4).wrap(file_key)
    assert stanza.kind == "scrypt"
    assert stanza.arguments[1] == "4"
    assert PassphraseIdentity("über den Wolken").unwrap([stanza]) == file_key
    assert PassphraseIdentity("unter den Wolken").unwrap([stanza]) is None


def test_the_work_factor_is_18_unless_told() -> None:
    assert PassphraseRecipient("a")._log_n == 18


@pytest.mark.parametrize(("passphrase", "log_n"), [("", 10), ("a", 0), ("a", 31)])
def test_an_unusable_passphrase_recipient_is_a_mistake_of_the_caller(
    passphrase: str, log_n: int
) -> None:
    with pytest.raises(ValueError, match="passphrase"):
        PassphraseRecipient(passphrase, log_n)


def test_a_passphrase_recipient_does_not_show_its_passphrase() -> None:
    assert "marked" not in repr(PassphraseRecipient("marked", log_n=4))


WITHOUT_ML_KEM = """
import sys
from cryptography.hazmat.primitives import hpke

class KEM:
    X25519 = hpke.KEM.X25519

hpke.KEM = KEM
try:
    import crypto.recipient
except ImportError as refusal:
    print(refusal)
"""


def test_a_program_does_not_start_where_nothing_can_be_sealed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ML_KEM], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("the installed cryptography package has no ML-KEM-768")
