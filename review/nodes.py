"""Compares every stored hash of a ledger's tree with the two below it."""

from collections.abc import Generator, Iterator
from contextlib import closing

from sqlalchemy import Connection, select

from crypto import merkle
from review.errors import LedgerRefused
from review.store.ledger import LedgerRow
from review.store.schema import ledger_entries, ledger_nodes


def check_nodes(connection: Connection, ledger: LedgerRow, hint: str) -> None:
    """Return if the inner hashes are those of the leaves, none missing and none too many.

    The leaves must have been checked. Roots and proofs read few of these hashes, so a wrong one
    would show only when somebody's proof needs it. Raises LedgerRefused with the hint.
    """
    top = ledger_nodes.c.level >= ledger.size.bit_length()
    above = select(ledger_nodes.c.level).where(ledger_nodes.c.ledger == ledger.number, top)
    if connection.execute(above.limit(1)).first() is not None:
        raise LedgerRefused("the ledger's tree has hashes that nothing was logged for", hint)
    for level in range(1, ledger.size.bit_length()):
        under, stored = _rows(connection, ledger, level - 1), _rows(connection, ledger, level)
        # A leaf without a neighbour is not asked for, and a server's cursor would stay open.
        with closing(under), closing(stored):
            if not _is_made_of(stored, under, ledger.size >> level):
                raise LedgerRefused(f"the ledger's tree has a wrong hash at level {level}", hint)


def _is_made_of(
    stored: Iterator[tuple[int, bytes]], under: Iterator[tuple[int, bytes]], count: int
) -> bool:
    """Whether the hashes of a level are those that the level under it gives, and so many."""
    below = (row[1] for row in under)
    made = ((place, merkle.node_hash(next(below), next(below))) for place in range(count))
    return all(next(stored, None) == each for each in made) and next(stored, None) is None


def _rows(
    connection: Connection, ledger: LedgerRow, level: int
) -> Generator[tuple[int, bytes], None, None]:
    """The stored hashes of a level with their positions, in order."""
    if level == 0:
        picked = select(ledger_entries.c.index, ledger_entries.c.leaf_hash).where(
            ledger_entries.c.ledger == ledger.number
        )
        ordered = picked.order_by(ledger_entries.c.index)
    else:
        picked = select(ledger_nodes.c.position, ledger_nodes.c.hash).where(
            ledger_nodes.c.ledger == ledger.number, ledger_nodes.c.level == level
        )
        ordered = picked.order_by(ledger_nodes.c.position)
    found = connection.execute(ordered, execution_options={"yield_per": 1_000})
    try:
        for row in found:
            yield row[0], row[1]
    finally:
        found.close()
