import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedHeader
from crypto.stanza import HEADER_LIMIT, Header, Stanza, read_header, scrypt_parameters

ARGUMENT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=80)
# Types of ours have rules of their own, which test_cctv.py covers.
STANZA = st.builds(
    Stanza,
    ARGUMENT.filter(lambda kind: kind not in ("scrypt", "mlkem768x25519")),
    st.lists(ARGUMENT, max_size=3).map(tuple),
    st.binary(max_size=200),
)
HEADER = st.builds(
    Header, st.lists(STANZA, min_size=1, max_size=4).map(tuple), st.binary(min_size=32, max_size=32)
)


def read(data: bytes) -> Header:
    return read_header(io.BytesIO(data))


@given(HEADER, st.binary(max_size=20))
def test_a_header_is_read_back_and_the_rest_is_left(header: Header, rest: bytes) -> None:
    source = io.BytesIO(header.render() + rest)
    assert read_header(source) == header
    assert source.read() == rest


@given(HEADER, st.data())
def test_a_changed_header_is_refused_or_is_another_one(header: Header, draw: st.DataObject) -> None:
    """No header has two spellings: whatever is accepted renders as it was read."""
    data = bytearray(header.render())
    place = draw.draw(st.integers(0, len(data) - 1))
    action = draw.draw(st.sampled_from(["change", "remove", "insert"]))
    byte = draw.draw(st.sampled_from(b"\n\r -=A/\x00\x7f\xff"))
    if action == "insert":
        data.insert(place, byte)
    elif action == "remove":
        del data[place]
    else:
        data[place] = byte
    source = io.BytesIO(data)
    try:
        changed = read_header(source)
    except MalformedHeader:
        return
    assert changed.render() == bytes(data)[: source.tell()]
    assert changed != header or bytes(data).startswith(header.render())


@given(HEADER)
def test_a_header_cut_anywhere_is_refused(header: Header) -> None:
    data = header.render()
    for size in range(len(data)):
        with pytest.raises(MalformedHeader):
            read(data[:size])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_render_again(data: bytes) -> None:
    for start in (b"", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> a\n"):
        try:
            header = read(start + data)
        except MalformedHeader:
            continue
        assert (start + data).startswith(header.render())


@pytest.mark.parametrize("size", [0, 47, 48, 49, 96])
def test_a_body_ends_in_a_line_shorter_than_the_others(size: int) -> None:
    lines = Stanza("a", (), bytes(size)).render().decode().split("\n")
    assert lines.pop() == ""
    assert [len(line) for line in lines[1:-1]] == [64] * (size // 48)
    assert len(lines[-1]) < 64


def test_a_header_needs_a_stanza() -> None:
    with pytest.raises(MalformedHeader):
        read(Header((), bytes(32)).render())


def test_an_endless_line_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1, /) -> bytes:
            raise AssertionError("a header is read by lines")

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= HEADER_LIMIT + 1
            self.taken += size
            return b"a" * size

    source = Endless()
    with pytest.raises(MalformedHeader):
        read_header(source)
    assert source.taken <= HEADER_LIMIT + 1


def test_more_stanzas_than_fit_the_limit_are_refused() -> None:
    with pytest.raises(MalformedHeader, match="too long"):
        read(Header((Stanza("a", (), bytes(800)),) * 1000, bytes(32)).render())


@pytest.mark.parametrize("log_n", ["0", "01", "+1", "1 ", "１", "-1", "0x1", "", "1" * 30])
def test_a_work_factor_has_one_spelling(log_n: str) -> None:
    with pytest.raises(MalformedHeader):
        scrypt_parameters(Stanza("scrypt", ("AAAAAAAAAAAAAAAAAAAAAA", log_n), bytes(32)))
