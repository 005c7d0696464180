"""What an operator's mistake, or somebody with the book's file, takes out of the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.errors import LedgerRefused
from review.ledger import continue_ledger
from review.store import entries
from review.store.database import reading
from tests.review.keeping import DAY, KEEPER, NOON, SECOND, House, house

pytestmark = pytest.mark.stores


@pytest.fixture
def book(tmp_path: Path) -> Iterator[House]:
    yield from house(tmp_path)


def waiting(book: House) -> int:
    with reading(book.engine) as connection:
        return len(entries.pending(connection))


def test_a_continuation_under_the_old_key_never_swallows_what_waits(book: House) -> None:
    """Attack: a book of before its ledger, and the key that is in the settings."""
    book.act(8)
    backup = book.backup()
    book.batch()
    book.batch()
    book.restore(backup)
    with pytest.raises(LedgerRefused, match="of this name already"):
        continue_ledger(book.keeper(KEEPER), DAY, NOON)
    assert waiting(book) == 8
    continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert waiting(book) == 0
    assert len(book.chain()) == 8
    book.audit(SECOND)


def test_what_no_checkpoint_of_the_book_covers_is_carried_on(book: House) -> None:
    """Attack: a kept checkpoint that is larger than the ledger in the book."""
    book.act(3)
    book.batch()
    backup = book.backup()
    book.act(2)
    book.batch()
    book.batch()
    book.restore(backup)
    book.behind_its_back("DELETE FROM checkpoints")
    continue_ledger(book.keeper(SECOND), DAY, NOON)
    assert len(book.chain()) == 3
    assert sum(each.type == "case.moved" for each in book.entries(2)) == 3


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM ledger_nodes WHERE level = 2 AND position = 1",
        "UPDATE ledger_nodes SET hash = 'text' WHERE level = 1 AND position = 3",
        "UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level = 3 AND position = 0",
        "INSERT INTO ledger_nodes VALUES (1, 1, 99, zeroblob(32))",
        "UPDATE ledger_entries SET document = 'text' WHERE \"index\" = 3",
    ],
)
def test_a_changed_inner_node_is_not_signed(book: House, change: str) -> None:
    book.act(20)
    book.batch()
    book.behind_its_back(change)
    with pytest.raises(LedgerRefused):
        book.batch()


@pytest.mark.parametrize("place", [0, 1])
def test_an_act_whose_predecessor_is_gone_is_told_all_the_same(book: House, place: int) -> None:
    """Attack: one row is deleted, and the rest of its case never reaches the ledger."""
    book.act(2)
    book.batch()
    book.act(4)
    with reading(book.engine) as connection:
        gone = entries.pending(connection)[place].id
    book.behind_its_back(f"DELETE FROM pending_entries WHERE id = '{gone}'")  # noqa: S608
    with reading(book.engine) as connection:
        assert entries.cut_off(connection) == 1
    book.batch()
    assert waiting(book) == 0
    assert len(book.chain()) == 5
    book.audit()
