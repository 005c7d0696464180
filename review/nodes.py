"""Compares every stored hash of a ledger's tree with the two below it."""

from collections.abc import Iterator

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
        below = (row[1] for row in _rows(connection, ledger, level - 1))
        stored = _rows(connection, ledger, level)
        made = (
            (position, merkle.node_hash(next(below), next(below)))
            for position in range(ledger.size >> level)
        )
        if any(next(stored, None) != each for each in made) or next(stored, None) is not None:
            raise LedgerRefused(f"the ledger's tree has a wrong hash at level {level}", hint)


def _rows(connection: Connection, ledger: LedgerRow, level: int) -> Iterator[tuple[int, bytes]]:
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
    for row in connection.execute(ordered, execution_options={"yield_per": 1_000}):
        yield row[0], row[1]
