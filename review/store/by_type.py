"""The ledger's entries of one type or another, for those who ask what happened and not in which
case: what the retention auditor checked, and how much was done in a quarter.

A canonical entry ends in its type, so that the database can pick without reading anything else.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, LargeBinary, func, literal, or_, select

from crypto import entry as entries
from crypto.entry import Entry
from review.store.schema import checkpoints, ledger_entries


def of_types(connection: Connection, types: Collection[str]) -> Iterator[Entry]:
    """Every entry of these types that any ledger of the book has signed, ledger after ledger.

    What was appended and not signed is told of later: by the same ledger, or by the one that
    continues it, which takes it along.
    """
    table = ledger_entries.c
    ends = [f'"type":"{name}","v":1}}'.encode("ascii") for name in sorted(types)]
    of_type = (func.substr(table.document, -len(end)) == literal(end, LargeBinary) for end in ends)
    signed = select(func.max(checkpoints.c.size)).where(checkpoints.c.ledger == table.ledger)
    picked = select(table.document).where(or_(*of_type), table.index < signed.scalar_subquery())
    for found in connection.execute(picked.order_by(table.ledger, table.index)).scalars():
        yield entries.parse(found)
