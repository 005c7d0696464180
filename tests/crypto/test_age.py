import io
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import age
from crypto.errors import (
    CryptoError,
    HeaderTampered,
    Malformed,
    PayloadTampered,
    TooLong,
    UnsupportedRecipient,
    WrongIdentity,
)
from crypto.identity import Identity, PassphraseIdentity
from crypto.recipient import PassphraseRecipient, from_seed, throwaway
from crypto.stanza import Header, Stanza, Wraps, read_header
from crypto.stream import CHUNK_SIZE
from tests.groups import find_node

IDENTITY = Identity.from_seed(bytes(range(32)))
RECIPIENT = IDENTITY.recipient
OTHER = Identity.from_seed(bytes(32))
SHORT = age.seal(b"what happened", [RECIPIENT])


class Grease:
    """A recipient of a type that nobody knows, as future tools may add."""

    def wrap(self, file_key: bytes) -> Stanza:
        return Stanza("example.com/grease", ("a", "b"), bytes(70))


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, 200_000]
)
@pytest.mark.parametrize("stanzas", [1, 3])
def test_what_is_sealed_opens_and_has_the_size_foretold(size: int, stanzas: int) -> None:
    plaintext = os.urandom(size)
    sealed = age.seal(plaintext, [throwaway() for _ in range(stanzas - 1)] + [RECIPIENT])
    assert len(sealed) == age.sealed_size(size, stanzas)
    assert age.open_sealed(sealed, [IDENTITY]) == plaintext


def test_every_recipient_opens_alone_and_every_identity_is_tried() -> None:
    sealed = age.seal(b"a", [RECIPIENT, OTHER.recipient])
    assert age.open_sealed(sealed, [IDENTITY]) == b"a"
    assert age.open_sealed(sealed, [OTHER]) == b"a"
    assert age.open_sealed(SHORT, [PassphraseIdentity("x"), OTHER, IDENTITY]) == b"what happened"


def test_a_passphrase_opens() -> None:
    sealed = age.seal(b"a", [PassphraseRecipient("correct", log_n=4)])
    assert age.open_sealed(sealed, [PassphraseIdentity("correct")]) == b"a"
    with pytest.raises(WrongIdentity):
        age.open_sealed(sealed, [PassphraseIdentity("wrong")])


def test_sealing_twice_gives_two_files_without_a_byte_run_in_common() -> None:
    again = age.seal(b"what happened", [RECIPIENT])
    assert again[40:1500] != SHORT[40:1500]
    assert again[-29:] != SHORT[-29:]


def test_a_stanza_of_an_unknown_type_beside_ours_is_ignored() -> None:
    sealed = age.seal(b"a", [Grease(), RECIPIENT, Grease()])
    assert age.open_sealed(sealed, [IDENTITY]) == b"a"


def test_a_file_for_nobody_we_read_names_what_it_is_for() -> None:
    with pytest.raises(UnsupportedRecipient) as caught:
        age.open_sealed(age.seal(b"a", [Grease()]), [IDENTITY])
    assert caught.value.kinds == ("example.com/grease",)


def test_another_identity_or_none_does_not_open() -> None:
    for identities in ([OTHER], []):
        with pytest.raises(WrongIdentity):
            age.open_sealed(SHORT, identities)


def test_a_passphrase_must_be_alone() -> None:
    phrase = PassphraseRecipient("a", log_n=4)
    mixed: list[list[Wraps]] = [[phrase, RECIPIENT], [RECIPIENT, phrase], [phrase, phrase]]
    for recipients in mixed:
        with pytest.raises(ValueError, match="only recipient"):
            age.seal(b"a", recipients)


def test_sealing_to_nobody_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="somebody"):
        age.seal(b"a", [])


def test_more_recipients_than_a_header_holds_are_refused_before_anything_is_written() -> None:
    target = io.BytesIO()
    with pytest.raises(TooLong):
        age.seal_stream(io.BytesIO(b"a"), target, [RECIPIENT] * 700)
    assert target.getvalue() == b""


def test_the_same_parts_give_the_same_payload() -> None:
    """The seam by which vectors fix what is otherwise drawn."""
    targets = io.BytesIO(), io.BytesIO()
    for target in targets:
        parts = (io.BytesIO(b"a"), target, [Grease()], b"k" * 16, b"n" * 16)
        age._seal_from_parts(*parts)
    assert targets[0].getvalue() == targets[1].getvalue()


def assert_refused(sealed: bytes, identity: Identity | PassphraseIdentity) -> None:
    with pytest.raises(CryptoError):
        age.open_sealed(sealed, [identity])


def test_every_single_flipped_bit_of_a_file_is_noticed() -> None:
    for place in range(len(SHORT)):
        for bit in range(8):
            flipped = bytearray(SHORT)
            flipped[place] ^= 1 << bit
            assert_refused(bytes(flipped), IDENTITY)


def test_every_single_flipped_bit_of_a_passphrase_file_is_noticed() -> None:
    sealed = age.seal(b"a", [PassphraseRecipient("correct", log_n=2)])
    identity = PassphraseIdentity("correct", max_log_n=10)
    for place in range(len(sealed)):
        for bit in range(8):
            flipped = bytearray(sealed)
            flipped[place] ^= 1 << bit
            assert_refused(bytes(flipped), identity)


def test_a_file_cut_anywhere_is_noticed() -> None:
    for size in range(len(SHORT)):
        assert_refused(SHORT[:size], IDENTITY)


@given(st.binary(min_size=1, max_size=100))
def test_an_extended_file_is_noticed(extra: bytes) -> None:
    with pytest.raises(PayloadTampered):
        age.open_sealed(SHORT + extra, [IDENTITY])
    assert_refused(extra + SHORT, IDENTITY)


LONG = age.seal(os.urandom(2 * CHUNK_SIZE + 100), [RECIPIENT])


@settings(max_examples=60)
@given(st.integers(0, len(LONG) - 1), st.integers(0, 7))
def test_a_flipped_bit_of_a_long_file_is_noticed(place: int, bit: int) -> None:
    flipped = bytearray(LONG)
    flipped[place] ^= 1 << bit
    assert_refused(bytes(flipped), IDENTITY)


@settings(max_examples=60)
@given(st.integers(0, len(LONG) - 1), st.integers(1, 70_000))
def test_a_piece_taken_out_of_a_long_file_is_noticed(start: int, size: int) -> None:
    assert_refused(LONG[:start] + LONG[start + size :], IDENTITY)


def split(sealed: bytes) -> tuple[Header, bytes]:
    source = io.BytesIO(sealed)
    return read_header(source), source.read()


def test_stanzas_in_any_other_order_or_number_are_noticed() -> None:
    header, payload = split(age.seal(b"a", [RECIPIENT, OTHER.recipient, throwaway()]))
    for count in range(1, 5):
        for choice in itertools.product(header.stanzas, repeat=count):
            if choice != header.stanzas and header.stanzas[0] in choice:
                with pytest.raises(HeaderTampered):
                    age.open_sealed(Header(choice, header.mac).render() + payload, [IDENTITY])


def test_a_payload_under_the_header_of_another_file_is_noticed() -> None:
    first, payload = split(SHORT)
    second, _ = split(age.seal(b"what happened", [RECIPIENT]))
    with pytest.raises(PayloadTampered):
        age.open_sealed(second.render() + payload, [IDENTITY])
    with pytest.raises(HeaderTampered):
        age.open_sealed(Header(first.stanzas, second.mac).render() + payload, [IDENTITY])


def test_nothing_is_given_out_when_the_end_is_damaged() -> None:
    with pytest.raises(PayloadTampered):
        age.open_sealed(LONG[:-1], [IDENTITY])


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_refused_by_name(data: bytes) -> None:
    assert_refused(data, IDENTITY)
    assert_refused(b"age-encryption.org/v1\n" + data, IDENTITY)


def test_the_shape_of_what_cannot_be_opened_is_checked() -> None:
    sealed = age.seal(bytes(4096), [RECIPIENT, throwaway()])
    age.check_shape(sealed, stanzas=2, plaintext_sizes=(512, 4096))
    age.check_shape(sealed, stanzas=2, plaintext_sizes={4096})


@pytest.mark.parametrize(
    ("sealed", "stanzas", "sizes"),
    [
        (age.seal(bytes(4096), [RECIPIENT]), 2, (4096,)),
        (age.seal(bytes(4096), [RECIPIENT]), 1, (4095, 4097)),
        (age.seal(bytes(4096), [RECIPIENT]), 1, ()),
        (age.seal(bytes(4096), [RECIPIENT]) + b"\0", 1, (4096,)),
        (age.seal(bytes(4096), [RECIPIENT, Grease()]), 2, (4096,)),
        (age.seal(bytes(4096), [PassphraseRecipient("a", log_n=4)]), 1, (4096,)),
        (bytes(age.sealed_size(4096)), 1, (4096,)),
        (b"", 1, (4096,)),
    ],
)
def test_another_shape_is_refused(sealed: bytes, stanzas: int, sizes: tuple[int, ...]) -> None:
    with pytest.raises(Malformed):
        age.check_shape(sealed, stanzas=stanzas, plaintext_sizes=sizes)


GIBIBYTE = """
import hashlib, os, sys, threading
from crypto import age
from crypto.identity import Identity

SIZE = int(sys.argv[1])
BLOCK = bytes(range(256)) * 1024


class Source:
    # Repeats a block, so that no file of this size is needed.
    left = SIZE
    digest = hashlib.sha256()

    def read(self, size):
        data = BLOCK[: min(size, self.left, len(BLOCK))]
        self.left -= len(data)
        self.digest.update(data)
        return data


class Target:
    size = 0
    digest = hashlib.sha256()

    def write(self, data):
        self.size += len(data)
        self.digest.update(data)


def seal():
    with os.fdopen(end_in, "wb") as pipe:
        age.seal_stream(source, pipe, [identity.recipient])


identity = Identity.generate()
source, target = Source(), Target()
end_out, end_in = os.pipe()
sealing = threading.Thread(target=seal)
sealing.start()
with os.fdopen(end_out, "rb") as pipe:
    age.open_stream(pipe, target, [identity])
sealing.join()
assert target.size == SIZE
assert target.digest.digest() == source.digest.digest()
# Not getrusage(): its peak starts from that of the process which started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]))
"""


def peak_kibibytes(size: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", GIBIBYTE, str(size)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_a_gibibyte_streams_both_ways_under_64_mebibytes_of_memory() -> None:
    assert peak_kibibytes(1 << 30) < 64 * 1024


SEAL_IN_NODE = """
import { Encrypter, Decrypter, identityToRecipient } from "age-encryption";
import { readFileSync, writeFileSync } from "node:fs";
const [identity, folder, ...sizes] = process.argv.slice(2);
const recipient = await identityToRecipient(identity);
writeFileSync(`${folder}/recipient`, recipient);
for (const size of sizes) {
  const plain = readFileSync(`${folder}/${size}.plain`);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const opened = await decrypter.decrypt(readFileSync(`${folder}/${size}.python.age`));
  writeFileSync(`${folder}/${size}.opened`, opened);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  writeFileSync(`${folder}/${size}.node.age`, await encrypter.encrypt(plain));
}
const phrase = new Encrypter();
phrase.setPassphrase("correct horse");
phrase.setScryptWorkFactor(10);
writeFileSync(`${folder}/phrase.node.age`, await phrase.encrypt("node"));
const opener = new Decrypter();
opener.addPassphrase("correct horse");
const text = await opener.decrypt(readFileSync(`${folder}/phrase.python.age`), "text");
writeFileSync(`${folder}/phrase.opened`, text);
"""


@pytest.mark.node
def test_files_pass_both_ways_with_npm_age_encryption(tmp_path: Path, repository: Path) -> None:
    folder = find_node()
    assert folder is not None
    sizes = [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1, 200_000]
    for size in sizes:
        plaintext = os.urandom(size)
        (tmp_path / f"{size}.plain").write_bytes(plaintext)
        sealed = age.seal(plaintext, [throwaway(), from_seed(IDENTITY.seed)])
        (tmp_path / f"{size}.python.age").write_bytes(sealed)
    phrase = age.seal(b"python", [PassphraseRecipient("correct horse", log_n=10)])
    (tmp_path / "phrase.python.age").write_bytes(phrase)
    subprocess.run(
        [folder / "node", "--input-type=module", "-", IDENTITY.text, tmp_path, *map(str, sizes)],
        input=SEAL_IN_NODE.encode(),
        cwd=repository / "crypto" / "browser",
        check=True,
    )
    assert (tmp_path / "recipient").read_text() == RECIPIENT.text
    for size in sizes:
        plaintext = (tmp_path / f"{size}.plain").read_bytes()
        assert (tmp_path / f"{size}.opened").read_bytes() == plaintext
        sealed = (tmp_path / f"{size}.node.age").read_bytes()
        assert age.open_sealed(sealed, [IDENTITY]) == plaintext
        assert len(sealed) == age.sealed_size(size)
    assert (tmp_path / "phrase.opened").read_text() == "python"
    sealed = (tmp_path / "phrase.node.age").read_bytes()
    assert age.open_sealed(sealed, [PassphraseIdentity("correct horse")]) == b"node"
