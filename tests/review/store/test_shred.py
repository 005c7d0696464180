"""The second lock on every row: bound to its place, gone with its key."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto.errors import PayloadTampered
from review.errors import KeyDestroyed
from review.store.database import open_shred, reading, writing
from review.store.schema import shred_keys
from review.store.shred import Locksmith, RowKey
from tests.stores import here

pytestmark = pytest.mark.stores

CASE, OTHER = "ab" * 32, "cd" * 32
LOCKSMITH = Locksmith("11" * 16, bytes(range(32)))


@pytest.fixture
def shred(tmp_path: Path) -> Engine:
    """An empty store of shred keys."""
    return open_shred(here().make(tmp_path, "shred"))


def test_a_key_is_made_once_and_found_again(shred: Engine) -> None:
    with writing(shred) as connection:
        first = LOCKSMITH.make_key(connection, CASE)
        assert LOCKSMITH.make_key(connection, CASE) == first
        assert LOCKSMITH.make_key(connection, OTHER) != first
    with reading(shred) as connection:
        assert LOCKSMITH.key_of(connection, CASE) == first


def test_a_key_is_not_stored_in_clear(shred: Engine) -> None:
    with writing(shred) as connection:
        LOCKSMITH.make_key(connection, CASE, lambda: b"k" * 32)
        wrapped = connection.execute(shred_keys.select()).one().wrapped
    assert b"kkkk" not in wrapped
    assert "kkkk" not in repr(RowKey("11" * 16, b"k" * 32))


def test_without_the_key_the_case_is_gone(shred: Engine) -> None:
    with writing(shred) as connection:
        LOCKSMITH.make_key(connection, CASE)
        connection.execute(shred_keys.delete())
        with pytest.raises(KeyDestroyed):
            LOCKSMITH.key_of(connection, CASE)


def test_another_store_key_opens_nothing(shred: Engine) -> None:
    with writing(shred) as connection:
        LOCKSMITH.make_key(connection, CASE)
        with pytest.raises(PayloadTampered):
            Locksmith("11" * 16, bytes(32)).key_of(connection, CASE)


def test_a_row_opens_in_its_own_place_and_in_no_other() -> None:
    """Attack: an envelope moved to another row, table or installation."""
    places = [
        ("envelopes", "e1"),
        ("envelopes", "e2"),
        ("outbox", "e1"),
        ("grants", CASE, 1),
        ("grants", CASE, 2),
        ("grants", OTHER, 1),
        ("slices", CASE, "u", 0),
        ("slices", CASE, "u", 1),
        ("slices", CASE, "v", 0),
    ]
    keys = [
        RowKey("11" * 16, b"k" * 32),
        RowKey("22" * 16, b"k" * 32),
        RowKey("11" * 16, bytes(32)),
    ]
    for (key, place), (other_key, other) in itertools.product(
        itertools.product(keys, places), repeat=2
    ):
        sealed = key.seal(b"an age file", str(place[0]), *place[1:])
        if (key, place) == (other_key, other):
            assert other_key.open(sealed, str(other[0]), *other[1:]) == b"an age file"
        else:
            with pytest.raises(PayloadTampered):
                other_key.open(sealed, str(other[0]), *other[1:])
