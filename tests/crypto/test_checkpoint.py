import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.errors import MalformedCheckpoint
from crypto.merkle import EMPTY_ROOT, Tree
from tests.vectors.cases import checkpoint as vectors

EXAMPLE = vectors.BASES["example"]


def test_there_are_ten_spellings_that_lenient_readers_take() -> None:
    assert len(vectors.LENIENT) == 10


@pytest.mark.parametrize("name", vectors.LENIENT)
def test_a_second_spelling_of_a_checkpoint_is_refused(name: str) -> None:
    """Attack 34: each of these was once accepted for the example by a reader in wide use."""
    changed = EXAMPLE.replace(*vectors.LENIENT[name])
    assert changed != EXAMPLE
    with pytest.raises(MalformedCheckpoint):
        checkpoint.parse(changed)


def test_a_checkpoint_is_made_of_a_tree() -> None:
    empty = Checkpoint.of("ledger.example", Tree())
    assert empty == Checkpoint("ledger.example", 0, EMPTY_ROOT)
    assert checkpoint.parse(empty.text) == empty


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, bytes(32)), ("a\nb", 1, bytes(32)), ("o" * 256, 1, bytes(32)), ("o", -1, bytes(32)),
     ("o", 1, bytes(31)), ("o", 0, bytes(32)), ("\ud800", 1, bytes(32))],
)  # fmt: skip
def test_what_is_no_head_of_a_tree_is_a_mistake_of_the_caller(
    origin: str, size: int, root: bytes
) -> None:
    with pytest.raises(ValueError, match="tree"):
        Checkpoint(origin, size, root)


@given(
    st.text(min_size=1, max_size=60).filter(checkpoint.is_origin),
    st.integers(1, 10**18 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_every_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    made = Checkpoint(origin, size, root)
    assert checkpoint.parse(made.text) == made


@given(st.text(max_size=120))
def test_what_is_read_has_one_spelling(text: str) -> None:
    try:
        parsed = checkpoint.parse(text)
    except MalformedCheckpoint:
        return
    assert parsed.text == text


def test_any_character_changed_is_another_checkpoint_or_none() -> None:
    good = checkpoint.parse(EXAMPLE)
    for at in range(len(EXAMPLE)):
        for symbol in "0+ A=\n\u2028":
            changed = EXAMPLE[:at] + symbol + EXAMPLE[at + 1 :]
            try:
                parsed = checkpoint.parse(changed)
            except MalformedCheckpoint:
                continue
            assert (parsed == good) == (changed == EXAMPLE)
