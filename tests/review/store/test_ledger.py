"""The ledger in the book: appended to, proven, and refusing every change."""

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crypto import merkle
from crypto.checkpoint import Checkpoint
from crypto.cosignature import Signer
from crypto.merkle import leaf_hash
from crypto.note import Note
from review.errors import LedgerMoved
from review.store import ledger as store
from review.store import schema
from review.store.database import reading, writing
from review.store.ledger import CaseEntry, LedgerRow, SignedHead
from tests.browser.installation import Installation

pytestmark = pytest.mark.stores
RAW = pytest.mark.sqlite("raw SQL in SQLite's words; deploy/test_triggers.py has the server's")

DAY = datetime.date(2026, 11, 21)
KEEPER = Signer("ledger.example/one", b"k" * 32)
AUDITOR = Signer("auditor.example/grace", b"a" * 32)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Engine]:
    made = Installation(tmp_path)
    yield made.book
    made.close()


def documents(start: int, end: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(start, end)]


def begun(book: Engine, size: int = 0) -> LedgerRow:
    with writing(book) as connection:
        ledger = store.begin(connection, KEEPER.key, DAY)
        return store.append(connection, ledger, documents(0, size)) if size else ledger


def signed(book: Engine, ledger: LedgerRow) -> SignedHead:
    with writing(book) as connection:
        head = Checkpoint.of(ledger.origin, store.tree(connection, ledger))
        note = Note(head.text, (KEEPER.sign(head, 1),))
        made = SignedHead(head.size, DAY, note)
        store.add_checkpoint(connection, ledger.number, made)
    return made


def test_what_is_appended_in_any_steps_is_the_tree_of_all(book: Engine) -> None:
    ledger = begun(book)
    size = 0
    for step in (1, 1, 2, 3, 16, 5, 36):
        with writing(book) as connection:
            ledger = store.append(connection, ledger, documents(size, size + step))
        size += step
        whole = merkle.Tree().extend(map(leaf_hash, documents(0, size))).tree
        with reading(book) as connection:
            tree = store.tree(connection, ledger)
            assert (ledger.size, tree.root()) == (size, whole.root())
            assert store.current(connection) == ledger
            for index in range(size):
                leaf, proof = leaf_hash(b"entry %d" % index), tree.prove_inclusion(index)
                merkle.verify_inclusion(leaf, index, size, proof, whole.root())
            for old in range(size + 1):
                assert tree.prove_consistency(old) == whole.prove_consistency(old)


def test_who_appends_to_a_tree_that_has_grown_meanwhile_appends_nothing(book: Engine) -> None:
    """Attack: two batches at once, which would fork the ledger."""
    seen = begun(book, 16)
    with writing(book) as connection:
        grown = store.append(connection, seen, documents(16, 32))
    with pytest.raises(LedgerMoved), writing(book) as connection:
        store.append(connection, seen, documents(16, 48))
    with reading(book) as connection:
        assert store.current(connection) == grown
        assert [document for _, document in store.entries_from(connection, 1)] == documents(0, 32)


def test_entries_are_read_in_pages_and_from_anywhere(book: Engine) -> None:
    begun(book, 2_003)
    everything = list(enumerate(documents(0, 2_003)))
    with reading(book) as connection:
        assert list(store.entries_from(connection, 1)) == everything
        assert list(store.entries_from(connection, 1, 1_999)) == everything[1_999:]
        assert list(store.entries_from(connection, 1, 5, 1_500)) == everything[5:1_500]
        assert list(store.entries_from(connection, 2)) == []
        assert store.entry_at(connection, 1, 7) == b"entry 7"
        with pytest.raises(LookupError):
            store.entry_at(connection, 1, 2_003)


def test_a_checkpoint_has_the_lines_of_those_who_cosigned_it(book: Engine) -> None:
    ledger = begun(book, 16)
    with reading(book) as connection:
        assert store.newest_checkpoint(connection, 1) is None
    made = signed(book, ledger)
    line = AUDITOR.sign(Checkpoint(KEEPER.name, 16, merkle.EMPTY_ROOT), 2)
    with writing(book) as connection:
        assert store.newest_checkpoint(connection, 1) == made
        assert store.add_cosignature(connection, 1, 16, line)
        # Of one key the first line counts, whatever comes later.
        again = AUDITOR.sign(Checkpoint(KEEPER.name, 16, merkle.EMPTY_ROOT), 3)
        assert not store.add_cosignature(connection, 1, 16, again)
        cosigned = made._replace(note=made.note.signed(line))
        assert store.newest_checkpoint(connection, 1) == cosigned
        assert list(store.checkpoints(connection, 1)) == [cosigned]
        assert store.checkpoint_at(connection, 1, 15) is None
        assert store.cosigned_sizes(connection, 1) == [16]


def test_a_case_has_its_entries_in_order(book: Engine) -> None:
    begun(book)
    chain = [CaseEntry(n, 1, 40 - n, bytes([n]) * 32, message_n=n % 2 or None) for n in (1, 2, 3)]
    with writing(book) as connection:
        assert store.last_of_case(connection, "ab" * 32) is None
        store.add_case_entries(connection, "ab" * 32, chain[:2])
        store.add_case_entries(connection, "ab" * 32, chain[2:])
        assert store.case_chain(connection, "ab" * 32) == chain
        assert store.last_of_case(connection, "ab" * 32) == chain[-1]
        assert store.case_chain(connection, "cd" * 32) == []


def test_the_newest_rules_of_a_ledger_are_its_own(book: Engine) -> None:
    begun(book)
    with writing(book) as connection:
        assert store.adopted_rules(connection, 1) is None
        for rules in ("aa" * 32, "bb" * 32, "aa" * 32):
            store.adopt_rules(connection, 1, rules)
            assert store.adopted_rules(connection, 1) == rules
        other = store.begin(connection, Signer("ledger.example/two", b"2" * 32).key, DAY)
        assert store.adopted_rules(connection, other.number) is None
        assert [each.number for each in store.all_ledgers(connection)] == [1, 2]


CASE = f"'{'ab' * 32}'"
# One row of each table that is only ever added to, and the columns by which another is the same.
KEPT = {
    "pending_entries": "'id', 'cover', '2026-11-21', NULL, NULL, NULL, NULL, '{}', 'p', 'x', 1",
    "ledgers": "7, 'origin', 'vkey', '2026-11-21', 16",
    "ledger_entries": "7, 0, x'00', x'01'",
    "ledger_nodes": "7, 1, 0, x'00'",
    "checkpoints": "7, 16, '2026-11-21', x'01'",
    "cosignatures": "7, 16, '00000000', 'auditor', 'line'",
    "case_entries": f"{CASE}, 1, 7, 0, x'00', NULL",
    "adopted_rules": "7, 1, 'rules'",
    "tally_days": "'2026-11-21', x'01'",
}
DELETABLE = {"pending_entries", "case_entries"}


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The book as somebody has it who knows nothing of us: the file and SQLite's own module."""
    Installation(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "book.db")) as connection:
        connection.execute("DELETE FROM pending_entries")
        for table, values in KEPT.items():
            connection.execute(f"INSERT INTO {table} VALUES ({values})")
        connection.commit()
        yield connection


def refused(connection: sqlite3.Connection, statement: str) -> None:
    before = list(connection.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match="is never (changed|deleted|replaced)"):
        connection.execute(statement)
    connection.rollback()
    assert list(connection.iterdump()) == before


@RAW
@pytest.mark.parametrize("table", KEPT)
def test_a_raw_connection_changes_no_row_of_the_ledger(raw: sqlite3.Connection, table: str) -> None:
    """Attack: immutable in name only. Whoever opens the file rewrites what was recorded."""
    for column in schema.book.tables[table].columns:
        for verb in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
            refused(raw, f"{verb} {table} SET \"{column.name}\" = '5'")


@RAW
@pytest.mark.parametrize("table", KEPT)
def test_a_raw_connection_replaces_no_row_of_the_ledger(
    raw: sqlite3.Connection, table: str
) -> None:
    """Attack: INSERT OR REPLACE removes a row without asking the triggers against that."""
    for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        refused(raw, f"{verb} INTO {table} VALUES ({KEPT[table]})")
    column = next(iter(schema.book.tables[table].columns)).name
    upsert = f'ON CONFLICT DO UPDATE SET "{column}" = 5'
    refused(raw, f"INSERT INTO {table} VALUES ({KEPT[table]}) {upsert}")


@RAW
def test_a_second_unique_column_is_no_way_around_that(raw: sqlite3.Connection) -> None:
    """Attack: the replaced row has another key and the same origin, or the same one before it."""
    refused(raw, "INSERT OR REPLACE INTO ledgers VALUES (8, 'origin', 'v', '2026-11-21', 0)")
    other = KEPT["pending_entries"].replace("'id'", "'other'")
    refused(raw, f"INSERT OR REPLACE INTO pending_entries VALUES ({other})")


@RAW
@pytest.mark.parametrize("table", sorted(set(KEPT) - DELETABLE))
def test_a_raw_connection_deletes_no_row_of_the_ledger(raw: sqlite3.Connection, table: str) -> None:
    refused(raw, f"DELETE FROM {table}")
    # Without a WHERE clause SQLite could clear a whole table at once, past the triggers.
    refused(raw, f"DELETE FROM {table} WHERE 1")


@RAW
@pytest.mark.parametrize("size", [16, 15, 0, -1])
def test_a_ledger_never_becomes_smaller(raw: sqlite3.Connection, size: int) -> None:
    refused(raw, f"UPDATE ledgers SET size = {size}")


@RAW
def test_of_a_ledger_only_the_size_grows(raw: sqlite3.Connection) -> None:
    raw.execute("UPDATE ledgers SET size = 32")
    raw.commit()
    assert raw.execute("SELECT size FROM ledgers").fetchone() == (32,)
    refused(raw, "UPDATE ledgers SET size = 48, begun_on = '2026-11-22'")


def test_every_table_of_the_ledger_is_among_those_that_are_tried() -> None:
    there = {name for name in schema.book.tables if "ledger" in name or name in KEPT}
    assert there == set(KEPT)
