import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle, policy, proof
from crypto.errors import (
    CryptoError,
    InvalidProof,
    InvalidSignature,
    Malformed,
    NotCosigned,
    NotSigned,
    UnknownLedger,
)
from crypto.proof import ConsistencyProof, Proof
from tests.vectors.cases.merkle import Stored, numbered
from tests.vectors.cases.note import ONE
from tests.vectors.cases.proof import BASES, HEAD, LEAF, POLICIES, PROOF

FILE = BASES["cosigned"].encode()
RULES = policy.parse(POLICIES["auditor"].encode())
HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)
WRONG = (Malformed, InvalidProof, InvalidSignature, NotSigned, NotCosigned, UnknownLedger)


def check(data: bytes) -> None:
    """What a verifier does who has nothing but the file and a policy."""
    kept = proof.parse(data)
    kept.check(kept.extra or b"", RULES)


def flip(at: int, bit: int) -> bytes:
    return FILE[:at] + bytes([FILE[at] ^ 1 << bit]) + FILE[at + 1 :]


def test_the_file_itself_is_believed() -> None:
    check(FILE)
    assert proof.parse(FILE) == PROOF


def places() -> list[int]:
    """Every byte of the file, but of the long signatures only the beginning and every ninth."""
    lines = FILE.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    return [
        at
        for start, line in zip(starts, lines, strict=True)
        for at in range(start, start + len(line))
        if len(line) < 2000 or at < start + 60 or at % 9 == 0 or at >= start + len(line) - 9
    ]


def test_a_bit_flipped_in_the_file_is_a_named_error() -> None:
    for at in places():
        with pytest.raises(WRONG):
            check(flip(at, at % 8))


@pytest.mark.slow
def test_any_bit_flipped_in_the_file_is_a_named_error() -> None:
    for at in range(len(FILE)):
        for bit in range(8):
            with pytest.raises(WRONG):
                check(flip(at, bit))


def test_any_line_dropped_doubled_or_exchanged_is_a_named_error() -> None:
    lines = FILE.splitlines(keepends=True)
    for at in range(len(lines)):
        dropped = [*lines[:at], *lines[at + 1 :]]
        doubled = [*lines[: at + 1], *lines[at:]]
        exchanged = [*lines[:at], *lines[at : at + 2][::-1], *lines[at + 2 :]]
        for changed in (dropped, doubled, exchanged):
            # The last two lines are signatures, whose order means nothing.
            if changed != lines and not (changed is exchanged and at == len(lines) - 2):
                with pytest.raises(WRONG):
                    check(b"".join(changed))


def test_a_file_cut_short_or_made_longer_is_a_named_error() -> None:
    for at in range(0, len(FILE), 37):
        with pytest.raises(WRONG):
            check(FILE[:at])
    for more in (b"\n", b"x", b" ", b"\0", FILE):
        with pytest.raises(WRONG):
            check(FILE + more)
        with pytest.raises(WRONG):
            check(more + FILE)


def test_the_entry_can_be_given_by_whoever_has_it() -> None:
    bare = proof.parse(BASES["without the entry"].encode())
    assert bare.extra is None
    assert bare.check(LEAF, policy.parse(POLICIES["nobody"].encode())).checkpoint == HEAD
    with pytest.raises(InvalidProof):
        bare.check(LEAF + b" ", policy.parse(POLICIES["nobody"].encode()))


def test_the_extra_data_are_believed_for_nothing_but_their_hash() -> None:
    other = Proof(PROOF.index, PROOF.hashes, PROOF.note, b"something else")
    assert other.check(LEAF, RULES).checkpoint == HEAD


def test_a_proof_of_another_tree_is_refused() -> None:
    """What verifies in a smaller tree of the same ledger is not a proof for this checkpoint."""
    stored = Stored([*numbered(6), LEAF, *numbered(3)])
    moved = Proof(6, stored.tree.prove_inclusion(6), PROOF.note, LEAF)
    with pytest.raises(InvalidProof):
        moved.check(LEAF, RULES)


def test_a_file_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(CryptoError, match="too long"):
        proof.parse(b"x" * (proof.SIZE_LIMIT + 1))


@given(st.integers(0, 10**18 - 1), HASHES, st.none() | st.binary(min_size=1, max_size=40))
def test_every_proof_is_read_as_it_was_written(
    index: int, hashes: tuple[bytes, ...], extra: bytes | None
) -> None:
    made = Proof(index, hashes, PROOF.note, extra)
    assert proof.parse(made.to_bytes()) == made


@given(st.integers(0, 10**18 - 1), HASHES)
def test_every_consistency_proof_is_read_as_it_was_written(
    old_size: int, hashes: tuple[bytes, ...]
) -> None:
    made = ConsistencyProof(old_size, hashes, PROOF.note)
    assert proof.parse_consistency(made.to_bytes()) == made


@given(st.lists(st.sampled_from(["c2sp.org/tlog-proof@v1", "index 0", "extra AA==", "", "old 1"])))
def test_what_is_read_has_one_spelling(lines: list[str]) -> None:
    data = "\n".join(lines).encode() + b"\n\n" + ONE.encode()
    for read in (proof.parse, proof.parse_consistency):
        try:
            parsed = read(data)
        except Malformed:
            continue
        assert parsed.to_bytes() == data


def test_neither_kind_of_proof_is_taken_for_the_other() -> None:
    with pytest.raises(Malformed):
        proof.parse_consistency(FILE)
    with pytest.raises(Malformed):
        proof.parse(BASES["consistency"].encode())


def test_no_tree_of_ours_needs_more_hashes_than_a_file_may_have() -> None:
    assert merkle.MAX_HASHES == 63
    assert (10**18 - 1).bit_length() <= merkle.MAX_HASHES
