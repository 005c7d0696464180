"""The multipart reader: every body or a named refusal, in flat memory, whatever arrives."""

import io
import tracemalloc
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import BodyTooLarge, IntakeError, MalformedBody
from intake.upload import (
    CHUNK,
    MAX_PARTS,
    TEXT_LIMIT,
    Body,
    Drain,
    files,
    read_small,
    read_texts,
)

BOUNDARY = "----mark"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
Text = tuple[str, bytes]
File = tuple[str, bytes, str]


def encoded(parts: Sequence[Text | File]) -> bytes:
    out = b""
    for part in parts:
        name = f'; filename="{part[2]}"' if len(part) == 3 else ""
        kind = "Content-Type: text/plain\r\n" if len(part) == 3 else ""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part[0]}"{name}\r\n{kind}\r\n'
        )
        out += head.encode() + part[1] + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def body(data: bytes, kind: str = TYPE) -> Body:
    return Body(io.BytesIO(data), kind)


def contents(data: bytes) -> list[tuple[str, bytes, str | None]]:
    return [(part.name, part.read(1 << 24), part.file_name) for part in body(data)]


class Arriving(io.RawIOBase):
    """A stream that gives what it has in pieces of given sizes."""

    def __init__(self, data: bytes, sizes: Iterator[int]) -> None:
        self._data, self._sizes = data, sizes

    def read(self, most: int = -1) -> bytes:
        size = min(max(1, next(self._sizes, 1 << 16)), most)
        piece, self._data = self._data[:size], self._data[size:]
        return piece


def test_parts_come_in_order_with_their_names() -> None:
    data = encoded([("token", b"1"), ("what", b"a\r\nb"), ("files", b"\x00\xff", "a.bin")])
    assert contents(data) == [
        ("token", b"1", None),
        ("what", b"a\r\nb", None),
        ("files", b"\x00\xff", "a.bin"),
    ]


def test_texts_are_read_up_to_the_first_chosen_file() -> None:
    data = encoded([("a", b"1"), ("a", b"2"), ("files", b"", ""), ("files", b"x", "f"), ("z", b"")])
    texts = read_texts(body(data))
    assert texts.values == {"a": ["1", "2"]}
    assert texts.first_file is not None
    assert texts.first_file.file_name == "f"


def test_files_follow_one_after_the_other_and_a_button_may_stand_after_them() -> None:
    parts: list[Text | File] = [("files", b"1", "a"), ("files", b"2", "b"), ("act", b"send")]
    reader = body(encoded(parts))
    texts = read_texts(reader)
    found = [(part.file_name, part.read(9)) for part in files(reader, texts.first_file)]
    assert found == [("a", b"1"), ("b", b"2")]


def test_a_question_after_the_files_is_refused_rather_than_lost() -> None:
    reader = body(encoded([("files", b"1", "a"), ("what", b"words")]))
    texts = read_texts(reader)
    with pytest.raises(MalformedBody):
        list(files(reader, texts.first_file))


def test_bytes_that_are_no_text_are_kept_readable() -> None:
    assert read_texts(body(encoded([("what", b"caf\xe9")]))).values == {"what": ["caf\ufffd"]}


def test_no_byte_is_added_wherever_the_connection_cuts() -> None:
    parts: list[Text | File] = [
        ("empty", b""),
        ("files", b"line\r\nline\n\r", "n"),
        ("files", b"", "e"),
        ("dashes", b"-\r\n--\r\n-----mar"),
    ]
    whole = encoded(parts)
    wanted = [(part[0], part[1], part[2] if len(part) == 3 else None) for part in parts]
    cuts = [[first, more] for first in range(1, len(whole)) for more in (1, 2, 3)]
    for sizes in [*cuts, [1] * len(whole), [2] * len(whole), [3] * len(whole)]:
        stream = Arriving(whole, iter(sizes))
        reader = Body(stream, TYPE)  # type: ignore[arg-type]
        assert [(part.name, part.read(99), part.file_name) for part in reader] == wanted


@pytest.mark.parametrize(
    ("sent", "name"), [("we%22ird.txt", 'we"ird.txt'), ("///", "file"), ("../up.txt", "up.txt")]
)
def test_a_chosen_file_always_has_a_plain_name(sent: str, name: str) -> None:
    assert contents(encoded([("files", b"x", sent)]))[0][2] == name


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary=\u00e9",
    ],
)
def test_only_multipart_forms_are_read(kind: str) -> None:
    with pytest.raises(MalformedBody):
        body(b"", kind)


def test_a_truncated_body_is_refused_wherever_it_ends() -> None:
    data = encoded([("token", b"1"), ("files", b"content", "a.txt")])
    # The last line end is not needed: the closing mark before it says that all is there.
    for end in range(len(data) - 4):
        with pytest.raises(MalformedBody):
            contents(data[:end])


def test_too_much_text_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        read_texts(body(encoded([("what", b"x" * TEXT_LIMIT), ("how", b"x")])))


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(BodyTooLarge):
        contents(encoded([("a", b"")] * (MAX_PARTS + 1)))


def test_an_endless_head_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        contents(f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 10 * CHUNK)


def test_a_small_body_has_each_part_once() -> None:
    assert read_small(body(encoded([("a", b"1"), ("b", b"\x00", "b")])), 99) == {
        "a": b"1",
        "b": b"\x00",
    }
    with pytest.raises(MalformedBody):
        read_small(body(encoded([("a", b"1"), ("a", b"1")])), 99)
    with pytest.raises(BodyTooLarge):
        read_small(body(encoded([("a", b"x" * 60), ("b", b"x" * 60)])), 99)


def test_a_drained_body_has_named_all_its_files() -> None:
    reader = body(encoded([("what", b"x"), ("files", b"1" * 99, "a"), ("files", b"2" * 99, "b")]))
    read_texts(reader)
    reader.drain(Drain(1000, 1.0))
    assert reader.file_names == ["a", "b"]


def test_draining_ends_at_its_limit() -> None:
    stream = io.BytesIO(encoded([("files", b"1" * 100 * CHUNK, "a")]))
    reader = Body(stream, TYPE)
    read_texts(reader)
    reader.drain(Drain(2 * CHUNK, 1.0))
    assert stream.tell() < 10 * CHUNK


def test_draining_ends_when_its_time_is_over() -> None:
    data = encoded([("files", bytes(8 * CHUNK), "a"), ("files", b"", "b")])
    reader = body(data)
    next(reader)
    seconds = iter(range(100))
    reader.drain(Drain(len(data), 3.0), lambda: float(next(seconds)))
    assert reader.file_names == ["a"]


def test_a_large_file_passes_in_flat_memory() -> None:
    piece = bytes(range(256)) * 256
    head, tail = encoded([("files", b"@", "a.bin")]).split(b"@")

    class Large(io.RawIOBase):
        left = 2000

        def read(self, _size: int = -1) -> bytes:
            nonlocal head
            if head:
                found, head = head, b""
                return found
            self.left -= 1
            return piece if self.left >= 0 else tail if self.left == -1 else b""

    reader = Body(Large(), TYPE)  # type: ignore[arg-type]
    texts = read_texts(reader)
    assert texts.first_file is not None
    tracemalloc.start()
    size = sum(len(chunk) for chunk in texts.first_file.chunks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 2000 * len(piece)
    assert peak < 2 << 20


PARTS = st.lists(
    st.one_of(
        st.tuples(st.from_regex("[a-z]{1,9}", fullmatch=True), st.binary(max_size=200)),
        st.tuples(
            st.from_regex("[a-z]{1,9}", fullmatch=True),
            st.binary(max_size=200),
            st.from_regex("[a-z]{1,9}", fullmatch=True),
        ),
    ),
    max_size=8,
)


@given(PARTS, st.lists(st.integers(1, 40)))
def test_what_was_encoded_is_read_however_it_is_cut(
    parts: list[Text | File], sizes: list[int]
) -> None:
    if any(BOUNDARY.encode() in part[1] for part in parts):
        return
    stream = Arriving(encoded(parts), iter(sizes))
    found = [
        (part.name, part.read(999), part.file_name)
        for part in Body(stream, TYPE)  # type: ignore[arg-type]
    ]
    assert found == [(part[0], part[1], part[2] if len(part) == 3 else None) for part in parts]


@given(st.binary(max_size=400))
def test_any_bytes_are_parts_or_a_named_refusal(data: bytes) -> None:
    for start in (b"", f"--{BOUNDARY}\r\n".encode()):
        try:
            contents(start + data)
        except IntakeError:
            continue


@given(st.data())
def test_a_damaged_body_is_parts_or_a_named_refusal(data: st.DataObject) -> None:
    whole = bytearray(encoded([("token", b"1"), ("what", b"words"), ("files", b"2", "a.txt")]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        contents(bytes(whole))
    except IntakeError:
        return
