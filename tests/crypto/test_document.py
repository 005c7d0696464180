from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import strict
from crypto.document import Document, is_hash, is_id, parse_value
from crypto.errors import Malformed, MalformedMessage, MalformedRoster

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def document(value: object) -> Document:
    return Document({"a": value}, ["a"], MalformedMessage)


@given(JSON)
def test_any_value_is_read_as_its_type_or_refused_by_name(value: object) -> None:
    each = document(value)
    readers: list[tuple[type, Callable[[], object]]] = [
        (str, lambda: each.text("a")),
        (int, lambda: each.whole("a")),
        (bool, lambda: each.flag("a")),
        (date, lambda: each.day("a")),
        (str, lambda: each.hash("a")),
        (bytes, lambda: each.key("a")),
        (tuple, lambda: each.ids("a")),
        (tuple, lambda: each.keys("a", 3)),
        (list, lambda: each.parts("a", 3, ["x"])),
        (str, lambda: each.line("a", 5)),
        (str, lambda: each.choice("a", ["x"])),
    ]
    for kind, read in readers:
        try:
            found = read()
        except MalformedMessage:
            continue
        assert type(found) is kind


@pytest.mark.parametrize("value", [None, [], "a", 1, {}, {"b": 1}, {"a": 1, "b": 1}])
def test_an_object_has_exactly_its_keys(value: object) -> None:
    with pytest.raises(MalformedRoster):
        Document(value, ["a"], MalformedRoster)


@given(st.dates())
def test_every_day_has_one_spelling(day: date) -> None:
    assert document(day.isoformat()).day("a") == day
    for other in (day.strftime("%Y%m%d"), day.isoformat() + " ", day.strftime("%G-W%V-%u")):
        with pytest.raises(MalformedMessage):
            document(other).day("a")


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, -1, 2**53])
def test_a_whole_number_is_nothing_else(value: object) -> None:
    with pytest.raises(MalformedMessage):
        document(value).whole("a")


def test_the_largest_whole_number_is_the_largest_that_every_reader_holds() -> None:
    assert document(2**53 - 1).whole("a") == 2**53 - 1


@pytest.mark.parametrize("value", [1, 0, "true", None])
def test_true_and_false_are_spelled_so(value: object) -> None:
    with pytest.raises(MalformedMessage):
        document(value).flag("a")


def test_lengths_count_characters_and_not_bytes() -> None:
    assert document("🌹" * 5).text("a", longest=5) == "🌹" * 5
    with pytest.raises(MalformedMessage):
        document("🌹" * 6).text("a", longest=5)


@pytest.mark.parametrize("text", ["", "a\nb", "a\tb", "a\u2028b", "a\x7f", "a\x85", "a" * 6])
def test_a_line_is_one_line(text: str) -> None:
    with pytest.raises(MalformedMessage):
        document(text).line("a", 5)


def test_ids_are_in_order_and_without_repeats() -> None:
    assert document(["a", "b-1"]).ids("a") == ("a", "b-1")
    for wrong in (
        ["b", "a"],
        ["a", "a"],
        ["A"],
        [""],
        ["a" * 17],
        ["a", 1],
        [f"i{n}" for n in range(21)],
    ):
        with pytest.raises(MalformedMessage):
            document(wrong).ids("a")


@pytest.mark.parametrize("text", ["a", "a-b", "0" * 16, "-"])
def test_an_id_is_short_and_plain(text: str) -> None:
    assert is_id(text)
    assert not is_id(text + "\n")
    assert not is_id(text.upper() + "_")


def test_a_hash_has_one_spelling() -> None:
    assert is_hash("0f" * 32)
    for wrong in ("0F" * 32, "0f" * 31, "0f" * 32 + "\n", " " + "0f" * 31 + "0"):
        assert not is_hash(wrong)


def test_only_version_one_is_read() -> None:
    Document({"v": 1}, ["v"], Malformed).version()
    for other in (0, 2, "1", True, 1.0, None):
        with pytest.raises(Malformed):
            Document({"v": other}, ["v"], Malformed).version()


def test_an_error_names_the_field_and_not_its_value() -> None:
    with pytest.raises(MalformedMessage) as refused:
        document("marked-secret").whole("a")
    assert str(refused.value) == "a is not a whole number in its range"


def test_bytes_that_are_not_canonical_are_refused_in_the_formats_own_name() -> None:
    assert parse_value(strict.canonical({"a": 1}), MalformedRoster) == {"a": 1}
    with pytest.raises(MalformedRoster):
        parse_value(b'{"a": 1}', MalformedRoster)
