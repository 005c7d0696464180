import datetime
import hashlib
import json

import pytest

from crypto import signing, strict, tally
from crypto.errors import InvalidSignature, MalformedTally
from tests.vectors.cases.fixed import INSTALLATION, seed

ON = datetime.date(2026, 11, 21)
SEED = seed("statement")
KEY = signing.verify_key(SEED)
DAY_KEY = seed("key of the day")


def value(number: int) -> str:
    return hashlib.sha256(f"deposit {number}".encode()).hexdigest()


def closed(count: int) -> bytes:
    return tally.close(INSTALLATION, ON, [value(n) for n in range(count)], DAY_KEY, SEED)


def signed_again(data: bytes, **changes: object) -> bytes:
    """The document with some fields replaced, signed by the right key."""
    fields = {**json.loads(data), **changes}
    return strict.canonical(signing.sign(tally.KIND, fields, SEED))


THREE = closed(3)


@pytest.mark.parametrize("count", range(50))
def test_a_day_shows_its_volume_only_in_steps_and_gives_its_deposits_back(count: int) -> None:
    data = closed(count)
    day = tally.verify(data, [KEY])
    assert (day.installation, day.on) == (INSTALLATION, ON)
    assert day.deposits == {value(n) for n in range(count)}
    assert len(json.loads(data)["values"]) == max(16, -(-count // 16) * 16)
    assert day.pads == len(tally.pads(count, DAY_KEY)) == max(16, -(-count // 16) * 16) - count
    assert day.hash == hashlib.sha256(data).hexdigest()


def test_pads_are_not_to_be_told_from_deposits_without_the_key() -> None:
    pads = tally.pads(3, DAY_KEY)
    assert len(set(pads)) == 13
    assert set(pads).isdisjoint(tally.pads(3, seed("another day")))
    assert pads[0] == tally.pad(DAY_KEY, 0) != tally.pad(DAY_KEY, 1)


def test_a_tally_by_a_key_that_the_roster_does_not_list_is_a_fabrication() -> None:
    other = tally.close(INSTALLATION, ON, [], DAY_KEY, seed("somebody else"))
    with pytest.raises(InvalidSignature):
        tally.verify(other, [KEY])
    with pytest.raises(InvalidSignature):
        tally.verify(THREE, [])
    tally.verify(THREE, [signing.verify_key(seed("older")), KEY])


def test_a_signature_of_another_kind_does_not_make_a_tally() -> None:
    moved = signing.sign("deposit-statement", json.loads(THREE), SEED)
    with pytest.raises(InvalidSignature):
        tally.verify(strict.canonical(moved), [KEY])


def test_a_deposit_cannot_be_declared_a_pad() -> None:
    """One value taken away and one pad more keeps the count, and not the numbers of the pads."""
    values = sorted([value(0), value(1), *(tally.pad(DAY_KEY, n) for n in range(1, 15))])
    with pytest.raises(MalformedTally, match="filled up"):
        tally.parse(signed_again(THREE, values=values))


def values_of(*deposits: str, pads: int) -> list[str]:
    return sorted([*deposits, *(tally.pad(DAY_KEY, n) for n in range(pads))])


@pytest.mark.parametrize(
    "values",
    [
        values_of(*(value(n) for n in range(3)), pads=12),
        values_of(*(value(n) for n in range(3)), pads=14),
        values_of(*(value(n) for n in range(16)), pads=16),
        values_of(*(value(n) for n in range(17)), pads=0),
        values_of(pads=0),
        values_of(pads=15),
        values_of(pads=16)[::-1],
        [*values_of(pads=15), tally.pad(DAY_KEY, 0)],
        [*values_of(pads=16)[:-1], None],
        [*values_of(pads=16)[:-1], "F" * 64],
        "values",
    ],
    ids=[
        *("one pad too few", "one too many", "a step too many", "a step not filled", "none"),
        *("fifteen", "another order", "one twice", "no text", "upper case", "no list"),
    ],
)
def test_values_that_do_not_exactly_fill_their_step_are_refused(values: object) -> None:
    with pytest.raises(MalformedTally):
        tally.parse(signed_again(THREE, values=values))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"on": "2026-11-31"},
        {"on": "20261121"},
        {"installation": "ABCD" * 8},
        {"key": "00"},
        {"key": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_document_of_other_fields_is_no_tally(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedTally):
        tally.parse(signed_again(THREE, **changes))


def test_another_spelling_is_no_tally() -> None:
    with pytest.raises(MalformedTally):
        tally.parse(THREE.replace(b'"v":1', b'"v": 1'))
    with pytest.raises(MalformedTally):
        tally.parse(THREE + b"\n")


def test_any_bit_flipped_in_a_tally_is_a_named_error() -> None:
    for at in range(len(THREE)):
        changed = THREE[:at] + bytes([THREE[at] ^ 1 << at % 8]) + THREE[at + 1 :]
        with pytest.raises((MalformedTally, InvalidSignature)):
            tally.verify(changed, [KEY])


def test_a_value_given_twice_cannot_be_closed() -> None:
    with pytest.raises(MalformedTally):
        tally.close(INSTALLATION, ON, [value(0), value(0)], DAY_KEY, SEED)


def test_a_key_of_another_size_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        tally.close(INSTALLATION, ON, [], b"short", SEED)
