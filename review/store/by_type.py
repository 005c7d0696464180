"""The ledger's entries as they are, for those who look at them rather than rely on them.

By type: what the retention auditor checked, how much was done in a quarter. By place: for pages and
checks that are to name an entry that somebody has changed, and not to break on it.

A canonical entry ends in its type, so that the database can pick without reading anything else.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress

from sqlalchemy import ColumnElement, Connection, LargeBinary, func, literal, or_, select

from crypto import entry as entries
from crypto.entry import Entry
from crypto.errors import MalformedEntry
from review.store.schema import checkpoints, ledger_entries


def raw(found: object) -> bytes:
    """An entry's bytes as a row has them, also when somebody has put a text in their place.

    SQLite keeps either in a column. What was changed so is to be named as changed like the rest.
    """
    return found if isinstance(found, bytes) else str(found).encode()


def raw_entry(connection: Connection, number: int, index: int) -> bytes:
    """What stands in a ledger's row now, whatever it is; nothing where there is no row."""
    place = (ledger_entries.c.ledger == number) & (ledger_entries.c.index == index)
    found = connection.execute(select(ledger_entries.c.document).where(place)).scalar()
    return b"" if found is None else raw(found)


def _tail(document: ColumnElement[bytes], size: int) -> ColumnElement[bytes]:
    # Counted from the beginning: what a negative place means is not the same on every database.
    return func.substr(document, func.length(document) - size + 1)


def of_types(connection: Connection, types: Collection[str]) -> Iterator[Entry]:
    """Every entry of these types that any ledger of the book has signed, ledger after ledger.

    What was appended and not signed is told of later: by the same ledger, or by the one that
    continues it, which takes it along. What was changed behind the ledger may be left out here: who
    verifies the bundle is told.
    """
    table = ledger_entries.c
    ends = [f'"type":"{name}","v":1}}'.encode("ascii") for name in sorted(types)]
    of_type = (_tail(table.document, len(end)) == literal(end, LargeBinary) for end in ends)
    signed = select(func.max(checkpoints.c.size)).where(checkpoints.c.ledger == table.ledger)
    picked = select(table.document).where(or_(*of_type), table.index < signed.scalar_subquery())
    for found in connection.execute(picked.order_by(table.ledger, table.index)).scalars():
        with suppress(MalformedEntry):
            yield entries.parse(raw(found))
