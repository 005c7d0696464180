import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import entry, merkle, strict
from crypto.entry import Entry
from crypto.entry_types import TYPES
from crypto.errors import MalformedEntry, WrongPlace, WrongText
from tests.vectors.cases.entry import (
    COMMITMENT,
    NONCE,
    ON,
    RECEIVED,
    TEXT,
    TEXT_NONCE,
    example,
)
from tests.vectors.cases.fixed import CASE_ID, seed

OTHER_CASE = seed("another case").hex()
READ = example(TYPES["case.read"], full=True)


def changed(made: Entry, key: str, value: str | None) -> Entry:
    """The entry with another value in one of its fields that are text or null."""
    fields: dict[str, Any] = {key: value}
    return dataclasses.replace(made, **fields)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("full", [True, False])
def test_an_entry_of_every_type_is_read_as_it_was_written(name: str, full: bool) -> None:
    made = example(TYPES[name], full=full)
    assert entry.parse(made.to_bytes()) == made
    assert made.leaf_hash == merkle.leaf_hash(made.to_bytes()).hex()


@pytest.mark.parametrize("name", TYPES)
def test_an_entry_of_every_type_has_the_same_fields(name: str) -> None:
    """Whoever holds many leaves learns what acts they are from the type alone."""
    value = strict.parse_canonical(example(TYPES[name], full=True).to_bytes())
    assert isinstance(value, dict)
    assert set(value) == {
        *("v", "type", "on", "subject", "digest", "commitment", "by", "data", "previous"),
        "nonce",
    }


@pytest.mark.parametrize("name", TYPES)
def test_a_required_field_may_not_be_missing(name: str) -> None:
    kind = TYPES[name]
    for key in kind.required:
        with pytest.raises(MalformedEntry, match=f"without {key}"):
            changed(example(kind, full=False), key, None).to_bytes()


@pytest.mark.parametrize("name", TYPES)
def test_a_field_that_the_type_does_not_have_must_be_null(name: str) -> None:
    kind = TYPES[name]
    values = {"subject": OTHER_CASE, "digest": OTHER_CASE, "commitment": COMMITMENT, "by": "ada"}
    for key in values.keys() - kind.required - kind.optional:
        with pytest.raises(MalformedEntry, match=f"with {key}"):
            changed(example(kind, full=False), key, values[key]).to_bytes()


def test_what_cannot_be_an_entry_is_not_written() -> None:
    with pytest.raises(MalformedEntry, match="not known"):
        Entry(type="submission.lost", on=ON, nonce=NONCE).to_bytes()
    with pytest.raises(MalformedEntry, match="nonce"):
        entry.cover(ON, NONCE[:-1]).to_bytes()
    with pytest.raises(MalformedEntry, match="too long"):
        entry.parse(b"x" * (entry.SIZE_LIMIT + 1))


def test_an_entry_is_about_one_case_and_says_so_to_nobody_else() -> None:
    RECEIVED.check_case(CASE_ID)
    assert CASE_ID.encode() not in RECEIVED.to_bytes()
    with pytest.raises(WrongPlace):
        RECEIVED.check_case(OTHER_CASE)
    with pytest.raises(WrongPlace):
        entry.cover(ON, NONCE).check_case(CASE_ID)


def test_two_entries_of_one_case_share_nothing_that_links_them() -> None:
    first, second = (entry.subject(CASE_ID, seed(name)) for name in ("one", "two"))
    assert first != second


def test_the_order_of_a_case_is_read_from_what_each_entry_names_before() -> None:
    then = dataclasses.replace(READ, previous=RECEIVED.leaf_hash)
    RECEIVED.check_follows(None)
    then.check_follows(RECEIVED)
    for wrong in (None, READ, then):
        with pytest.raises(WrongPlace):
            then.check_follows(wrong)
    with pytest.raises(WrongPlace):
        RECEIVED.check_follows(then)


def test_the_kept_text_is_the_one_that_was_received_and_no_other_is() -> None:
    RECEIVED.check_text(TEXT_NONCE, TEXT.encode())
    for nonce, text in ((NONCE, TEXT), (TEXT_NONCE, TEXT[:-1]), (TEXT_NONCE, TEXT + " ")):
        with pytest.raises(WrongText):
            RECEIVED.check_text(nonce, text.encode())


def test_an_entry_without_a_commitment_vouches_for_no_text() -> None:
    with pytest.raises(WrongText, match="no text"):
        READ.check_text(TEXT_NONCE, TEXT.encode())


def test_a_nonce_of_another_size_is_a_mistake_of_the_caller() -> None:
    """Nonce and text are joined without a mark: a shorter nonce could borrow from the text."""
    with pytest.raises(ValueError, match="32 bytes"):
        entry.commitment(TEXT_NONCE[:-1], TEXT.encode())
    with pytest.raises(ValueError, match="32 bytes"):
        entry.tally_value(COMMITMENT, NONCE[:-1])


def test_a_cover_differs_from_every_other_by_its_nonce_alone() -> None:
    first, second = (entry.cover(ON, seed(name)) for name in ("one", "two"))
    assert first.leaf_hash != second.leaf_hash
    assert len(first.to_bytes()) == len(second.to_bytes())


@given(st.binary(max_size=60))
def test_whatever_is_offered_as_an_entry_ends_in_a_named_error(data: bytes) -> None:
    with pytest.raises(MalformedEntry):
        entry.parse(data)


def test_any_bit_flipped_in_an_entry_is_refused_or_another_leaf() -> None:
    good = RECEIVED.to_bytes()
    for at in range(len(good)):
        for bit in range(8):
            flipped = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            try:
                parsed = entry.parse(flipped)
            except MalformedEntry:
                continue
            assert parsed.to_bytes() == flipped
            assert parsed.leaf_hash != RECEIVED.leaf_hash
