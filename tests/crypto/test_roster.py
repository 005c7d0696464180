import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import roster, signing, strict
from crypto.errors import (
    CryptoError,
    InvalidSignature,
    MalformedRoster,
    RosterExpired,
    RosterIsForDemo,
    RosterRolledBack,
)
from tests.vectors.cases import fixed
from tests.vectors.cases.fixed import FULL, SMALL, reader, roster_fields

ROOT = signing.verify_key(fixed.seed("root"))
TEXT = fixed.signed_roster(FULL).encode()
PARSED = roster.verify(TEXT, ROOT)


def signed(**changed: object) -> bytes:
    return roster.sign_roster(SMALL | changed, fixed.seed("root"))


def test_a_roster_is_read_as_it_was_signed() -> None:
    assert PARSED.document == TEXT
    assert [each.id for each in PARSED.readers] == ["ada", "ben", "cleo", "dan", "eve"]
    assert PARSED.slots == 5
    assert PARSED.ids == {"ada", "ben", "cleo", "dan", "eve", "secretary", "it-1"}
    assert PARSED.reader("ada") == PARSED.readers[0]
    assert PARSED.reader("secretary") is None
    assert PARSED.verify_keys["ada"] == PARSED.readers[0].verify_key
    assert PARSED.committee == "Audit Committee of Example, Inc."


def test_a_flipped_bit_anywhere_in_a_roster_is_noticed() -> None:
    text = signed()
    # A prime step walks through every field and every bit position without taking half a minute.
    for at in range(0, len(text), 13):
        changed = bytearray(text)
        changed[at] ^= 1 << at % 8
        with pytest.raises((MalformedRoster, InvalidSignature)):
            roster.verify(bytes(changed), ROOT)


def test_only_the_root_key_makes_a_roster() -> None:
    with pytest.raises(InvalidSignature):
        roster.verify(TEXT, signing.verify_key(fixed.seed("somebody else")))


@given(st.integers(1, 9), st.integers(0, 9), st.integers(-400, 400), st.booleans(), st.booleans())
def test_a_roster_is_current_when_nothing_speaks_against_it(
    epoch: int, highest: int, day: int, demo: bool, demo_allowed: bool
) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    today = first + timedelta(day)
    parsed = replace(PARSED, epoch=epoch, demo=demo, issued_on=first, expires_on=last)
    refused: type[CryptoError] | None = None
    if demo and not demo_allowed:
        refused = RosterIsForDemo
    elif epoch < highest:
        refused = RosterRolledBack
    elif not first <= today <= last:
        refused = RosterExpired
    if refused is None:
        roster.check_current(parsed, today, highest, demo_allowed)
    else:
        with pytest.raises(refused):
            roster.check_current(parsed, today, highest, demo_allowed)


def test_a_fingerprint_is_a_hundred_bits_in_five_groups() -> None:
    assert [len(group) for group in PARSED.fingerprint.split("-")] == [4] * 5
    bits = f"{int(PARSED.hash, 16):0256b}"[:100]
    symbols = PARSED.fingerprint.replace("-", "")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert "".join(f"{alphabet.index(symbol):05b}" for symbol in symbols) == bits


def test_one_reader_is_too_few_and_twenty_one_people_too_many() -> None:
    for readers, listed in [(1, 0), (0, 5), (2, 19), (21, 0)]:
        fields = roster_fields(
            [reader(f"r{n}", "member") for n in range(readers)],
            listed=[{"id": f"p{n}", "title": "P", "name": "P"} for n in range(listed)],
        )
        with pytest.raises(MalformedRoster):
            roster.sign_roster(fields, fixed.seed("root"))


@pytest.mark.parametrize(
    "changed",
    [{"more": 1}, {"ledger_key": "key"}, {"epoch": 0}, {"recovery": ""}, {"previous": "00" * 32}],
    ids=lambda changed: next(iter(changed)),
)
def test_nothing_is_signed_that_a_reader_would_refuse(changed: dict[str, object]) -> None:
    with pytest.raises(MalformedRoster):
        signed(**changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(TEXT))), st.integers(0, 9), JSON)
def test_any_value_anywhere_is_fine_or_refused_by_name(key: str, at: int, value: object) -> None:
    document = json.loads(TEXT)
    inner = document[key]
    if isinstance(inner, list) and inner and isinstance(inner[0], dict):
        person = inner[at % len(inner)]
        person[sorted(person)[at % len(person)]] = value
    else:
        document[key] = value
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    data = text.encode("utf-8", "surrogatepass")
    try:
        parsed = roster.parse(data)
    except MalformedRoster:
        return
    assert strict.canonical(json.loads(parsed.document)) == data


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(MalformedRoster):
        roster.parse(data)
