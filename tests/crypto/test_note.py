import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import note
from crypto.errors import InvalidSignature, MalformedNote, NotSigned
from crypto.note import Note, NoteKey
from tests.vectors.cases import note as vectors
from tests.vectors.cases.cosigned import LEDGER
from tests.vectors.cases.fixed import seed

NOTE = note.parse(vectors.TWO.encode())
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def test_a_text_may_have_empty_lines_and_end_with_them() -> None:
    text = "\n\none\n\n\n"
    signed = Note(text, (note.sign(text, vectors.NAME, seed("note one")),))
    assert note.parse(signed.to_bytes()) == signed
    note.verify(note.parse(signed.to_bytes()), vectors.KEY)


def test_a_new_signature_takes_the_place_of_an_older_one_by_the_same_key() -> None:
    again = NOTE.signed(note.sign("other\n", vectors.NAME, seed("note one")))
    assert [each.name for each in again.signatures] == ["note.example/two", "note.example/one"]
    with pytest.raises(InvalidSignature):
        note.verify(again, vectors.KEY)
    assert again.signed(NOTE.signatures[0]).signatures == NOTE.signatures[::-1]


def test_a_line_by_somebody_unknown_neither_helps_nor_harms() -> None:
    stranger = NoteKey("stranger.example", note.ED25519, bytes(32))
    with pytest.raises(NotSigned):
        NOTE.signature_by(stranger)
    assert not NOTE.has_line_of(stranger)
    note.verify(NOTE.signed(note.Signature("stranger.example", b"abcd", b"x")), vectors.KEY)


def test_a_key_of_small_order_signs_nothing() -> None:
    """Under such a key one signature fits many texts; it must not pass for anybody's word."""
    key = NoteKey("small.example", note.ED25519, bytes.fromhex("01" + "00" * 31))
    forged = note.Signature(key.name, key.id, bytes.fromhex("01" + "00" * 63))
    with pytest.raises(InvalidSignature):
        note.verify(Note("text\n", (forged,)), key)


def test_a_key_that_signs_checkpoints_does_not_sign_texts() -> None:
    with pytest.raises(ValueError, match="does not sign texts"):
        note.verify(NOTE, LEDGER.key)


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [("", 1, 32), ("a b", 1, 32), ("a+b", 1, 32), ("n" * 256, 1, 32), ("\ud800", 1, 32),
     ("a", 1, 31), ("a", 6, 32), ("a", 2, 32)],
)  # fmt: skip
def test_a_key_that_could_not_be_spelled_is_a_mistake_of_the_caller(
    name: str, kind: int, size: int
) -> None:
    with pytest.raises(ValueError, match="not the name, kind and size"):
        NoteKey(name, kind, bytes(size))


def test_a_key_shows_neither_its_bytes_nor_a_signature_its_own() -> None:
    assert "public" not in repr(vectors.KEY)
    assert "signature=" not in repr(NOTE.signatures[0])


@given(
    st.lists(TEXTS, min_size=1, max_size=4),
    st.lists(
        st.tuples(
            TEXTS.filter(note.is_name), st.binary(min_size=4, max_size=4), st.binary(min_size=1)
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda each: each[:2],
    ),
)
def test_every_note_is_read_as_it_was_written(
    lines: list[str], signatures: list[tuple[str, bytes, bytes]]
) -> None:
    made = Note("\n".join(lines) + "\n", tuple(note.Signature(*each) for each in signatures))
    assert note.parse(made.to_bytes()) == made


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_what_is_read_has_one_spelling(data: bytes) -> None:
    try:
        parsed = note.parse(data)
    except MalformedNote:
        return
    assert parsed.to_bytes() == data


def test_any_byte_changed_is_refused_or_by_nobody_we_know() -> None:
    good = vectors.ONE.encode()
    for at in range(len(good)):
        for bit in range(8):
            changed = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            with pytest.raises((MalformedNote, InvalidSignature, NotSigned)):
                note.verify(note.parse(changed), vectors.KEY)
