"""The ledger as the book keeps it: entries, hashes of complete subtrees, checkpoints.

A tree is appended to and proven by reading a number of hashes that grows with the logarithm of its
size. Nothing that is written here is ever changed (review.store.triggers); only a ledger's size
grows, by compare-and-set. What may be signed is decided in review.ledger.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from crypto import merkle
from crypto import note as notes
from crypto.merkle import Growth, Tree
from crypto.note import MAX_SIGNATURES, Note, NoteKey, Signature
from review.errors import LedgerMoved
from review.store import schema
from review.store.schema import case_entries, cosignatures, ledger_entries, ledgers

# So many entries are read at a time, whoever reads them all.
_PAGE = 1_000
# What appending and proving do for every single hash is written in SQL and given to the driver,
# which is several times as fast as building each statement anew.
_LEAF = 'SELECT leaf_hash FROM ledger_entries WHERE ledger = ? AND "index" = ?'
_NODE = "SELECT hash FROM ledger_nodes WHERE ledger = ? AND level = ? AND position = ?"
_ADD_ENTRY = 'INSERT INTO ledger_entries (ledger, "index", leaf_hash, document) VALUES (?, ?, ?, ?)'
_ADD_NODE = "INSERT INTO ledger_nodes (ledger, level, position, hash) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One ledger of the book; size is that of its tree, whether it was signed or not."""

    number: int
    origin: str
    vkey: str
    begun_on: datetime.date
    size: int

    @property
    def key(self) -> NoteKey:
        """The keeper's public key."""
        return NoteKey.parse(self.vkey)


class SignedHead(NamedTuple):
    """A checkpoint that the keeper signed: its tree's size, the batch's day, and the note."""

    size: int
    on: datetime.date
    note: Note


@dataclass(frozen=True)
class CaseEntry:
    """One entry of a case, and where the ledger has it; n counts a case's entries from 1."""

    n: int
    ledger: int
    index: int
    leaf_hash: bytes
    message_n: int | None = None


def all_ledgers(connection: Connection) -> list[LedgerRow]:
    """Every ledger there was, the oldest first."""
    rows = connection.execute(select(ledgers).order_by(ledgers.c.number))
    return [LedgerRow(**row._mapping) for row in rows]


def current(connection: Connection) -> LedgerRow | None:
    """The ledger that goes on, or None before the first batch."""
    row = connection.execute(select(ledgers).order_by(ledgers.c.number.desc()).limit(1)).first()
    return None if row is None else LedgerRow(**row._mapping)


def begin(connection: Connection, key: NoteKey, today: datetime.date) -> LedgerRow:
    """A new, empty ledger under this key, which is the current one from now on."""
    newest = connection.execute(select(func.max(ledgers.c.number))).scalar() or 0
    row = LedgerRow(number=newest + 1, origin=key.name, vkey=key.text, begun_on=today, size=0)
    connection.execute(insert(ledgers).values(vars(row)))
    return row


def tree(connection: Connection, ledger: LedgerRow) -> Tree:
    """The ledger's tree over what is stored. A hash that is missing raises LookupError."""

    cursor = connection.connection.cursor()
    leaf, inner = (_spelt(connection, statement) for statement in (_LEAF, _NODE))

    def node(level: int, position: int) -> bytes:
        if level == 0:
            cursor.execute(leaf, (ledger.number, position))
        else:
            cursor.execute(inner, (ledger.number, level, position))
        found = cursor.fetchone()
        if found is None:
            raise LookupError(f"no hash is stored at level {level}, position {position}")
        return bytes(found[0])

    return Tree(ledger.size, node)


def append(connection: Connection, ledger: LedgerRow, documents: Sequence[bytes]) -> LedgerRow:
    """Add entries to the ledger as it was seen, and return it as it is then.

    Raises LedgerMoved if its size is another one by now. The old size in the WHERE clause says it
    here, whatever transaction the caller uses.
    """
    leaves = [merkle.leaf_hash(document) for document in documents]
    growth = tree(connection, ledger).extend(leaves)
    moved = connection.execute(
        update(ledgers)
        .where(ledgers.c.number == ledger.number, ledgers.c.size == ledger.size)
        .values(size=growth.tree.size)
    )
    if moved.rowcount != 1:
        raise LedgerMoved("somebody else has appended to the ledger")
    _store(connection, ledger, growth, documents)
    return replace(ledger, size=growth.tree.size)


def _spelt(connection: Connection, statement: str) -> str:
    """A statement with the marks that the driver at hand has for its values."""
    qmark = connection.dialect.paramstyle == "qmark"
    return statement if qmark else statement.replace("?", "%s")


def _store(
    connection: Connection, ledger: LedgerRow, growth: Growth, documents: Sequence[bytes]
) -> None:
    number, size = ledger.number, ledger.size
    entries = [
        (number, node.position, node.hash, documents[node.position - size])
        for node in growth.nodes
        if node.level == 0
    ]
    connection.exec_driver_sql(_spelt(connection, _ADD_ENTRY), entries)
    nodes = [(number, *node) for node in growth.nodes if node.level > 0]
    if nodes:
        connection.exec_driver_sql(_spelt(connection, _ADD_NODE), nodes)


def entry_at(connection: Connection, number: int, index: int) -> bytes:
    """The bytes of one entry. Raises LookupError if the ledger has none there."""
    place = (ledger_entries.c.ledger == number) & (ledger_entries.c.index == index)
    found = connection.execute(select(ledger_entries.c.document).where(place)).scalar()
    if found is None:
        raise LookupError(f"the ledger has no entry {index}")
    return bytes(found)


def entries_from(
    connection: Connection, number: int, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """Index and bytes of the entries from start on, and before end, with flat memory."""
    for index, _leaf, document in rows_from(connection, number, start, end):
        yield index, document


def rows_from(
    connection: Connection, number: int, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, bytes, bytes]]:
    """Index, stored leaf hash and bytes of the entries from start on, and before end."""
    table = ledger_entries
    picked = select(table.c.index, table.c.leaf_hash, table.c.document).where(
        table.c.ledger == number, table.c.index >= bindparam("start")
    )
    if end is not None:
        picked = picked.where(table.c.index < end)
    picked = picked.order_by(table.c.index).limit(_PAGE)
    while True:
        page = connection.execute(picked, {"start": start}).all()
        for row in page:
            yield row[0], row[1], row[2]
        if len(page) < _PAGE:
            return
        start = page[-1][0] + 1


def add_checkpoint(connection: Connection, number: int, head: SignedHead) -> None:
    """Keep what the keeper signed."""
    note = head.note.to_bytes()
    values = {"ledger": number, "size": head.size, "on": head.on, "note": note}
    connection.execute(insert(schema.checkpoints).values(values))


def newest_checkpoint(connection: Connection, number: int) -> SignedHead | None:
    """The newest checkpoint of a ledger with its cosignatures, or None before the first."""
    found = select(schema.checkpoints).where(schema.checkpoints.c.ledger == number)
    row = connection.execute(found.order_by(schema.checkpoints.c.size.desc()).limit(1)).first()
    return None if row is None else _head(connection, row)


def signed_size(connection: Connection) -> tuple[int, int] | None:
    """Number and size of the ledger that goes on, as it was signed last; None before that."""
    row = current(connection)
    newest = None if row is None else newest_checkpoint(connection, row.number)
    return None if row is None or newest is None else (row.number, newest.size)


def checkpoint_at(connection: Connection, number: int, size: int) -> SignedHead | None:
    """The checkpoint of this size with its cosignatures, or None if none was signed."""
    place = (schema.checkpoints.c.ledger == number) & (schema.checkpoints.c.size == size)
    row = connection.execute(select(schema.checkpoints).where(place)).first()
    return None if row is None else _head(connection, row)


def checkpoints(connection: Connection, number: int) -> Iterator[SignedHead]:
    """Every checkpoint of a ledger with its cosignatures, the smallest first."""
    found = select(schema.checkpoints.c.size).where(schema.checkpoints.c.ledger == number)
    for size in connection.execute(found.order_by(schema.checkpoints.c.size)).scalars().all():
        head = checkpoint_at(connection, number, size)
        if head is not None:
            yield head


def cosigned_sizes(connection: Connection, number: int) -> list[int]:
    """The sizes of the checkpoints that anybody has cosigned, the largest first."""
    found = select(cosignatures.c.size).where(cosignatures.c.ledger == number).distinct()
    return sorted(connection.execute(found).scalars(), reverse=True)


def add_cosignature(connection: Connection, number: int, size: int, line: Signature) -> bool:
    """Keep a cosigner's line for a checkpoint; say whether it is the first of this key."""
    values = {"ledger": number, "size": size, "key_id": line.id.hex(), "name": line.name}
    known = select(cosignatures.c.line).filter_by(**values)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(insert(cosignatures).values(**values, line=line.line))
    return True


def _head(connection: Connection, row: Row[Any]) -> SignedHead:
    note = notes.parse(row.note)
    lines = (
        select(cosignatures.c.line)
        .where(cosignatures.c.ledger == row.ledger, cosignatures.c.size == row.size)
        .order_by(cosignatures.c.name, cosignatures.c.key_id)
        .limit(MAX_SIGNATURES - len(note.signatures))
    )
    for line in connection.execute(lines).scalars():
        note = note.signed(Signature.parse(line))
    return SignedHead(row.size, row.on, note)


def add_case_entries(connection: Connection, case_id: str, entries: Sequence[CaseEntry]) -> None:
    """Keep where the ledger has these entries of a case."""
    rows = [{"case_id": case_id, **vars(entry)} for entry in entries]
    connection.execute(insert(case_entries), rows)


def case_chain(connection: Connection, case_id: str) -> list[CaseEntry]:
    """A case's entries that the ledgers have, in the order in which they happened."""
    rows = connection.execute(_of_case(case_id).order_by(case_entries.c.n))
    return [CaseEntry(*row) for row in rows]


def last_of_case(connection: Connection, case_id: str) -> CaseEntry | None:
    """A case's newest entry that the ledgers have, or None."""
    newest = _of_case(case_id).order_by(case_entries.c.n.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else CaseEntry(*row)


def forget_case_entries(
    connection: Connection, number: int, start: int
) -> list[tuple[str, CaseEntry]]:
    """Drop, and return, the places of the cases' entries from index start on: they are to move."""
    place = and_(case_entries.c.ledger == number, case_entries.c.index >= start)
    columns = (case_entries.c[each.name] for each in fields(CaseEntry))
    rows = connection.execute(select(case_entries.c.case_id, *columns).where(place)).all()
    connection.execute(delete(case_entries).where(place))
    return [(row[0], CaseEntry(*row[1:])) for row in rows]


def _of_case(case_id: str) -> Select[Any]:
    columns = (case_entries.c[each.name] for each in fields(CaseEntry))
    return select(*columns).where(case_entries.c.case_id == case_id)


def keep_tally_day(connection: Connection, on: datetime.date, document: bytes) -> None:
    """Keep what intake signed for one of its days."""
    connection.execute(insert(schema.tally_days).values(on=on, document=document))


def tally_day(connection: Connection, on: datetime.date) -> bytes | None:
    """What intake signed for this day, or None if that has not come yet."""
    found = select(schema.tally_days.c.document).where(schema.tally_days.c.on == on)
    return connection.execute(found).scalar()


def tally_days(connection: Connection) -> Iterator[tuple[datetime.date, bytes]]:
    """Every day that intake has signed for, and the document, by day."""
    table = schema.tally_days
    days = connection.execute(select(table.c.on).order_by(table.c.on)).scalars().all()
    for on in days:
        document = tally_day(connection, on)
        if document is not None:
            yield on, document


def adopted_rules(connection: Connection, number: int) -> str | None:
    """The hash of the rules that the ledger was told of last, or None."""
    table = schema.adopted_rules
    newest = select(table.c.rules).where(table.c.ledger == number).order_by(table.c.n.desc())
    return connection.execute(newest.limit(1)).scalar()


def adopt_rules(connection: Connection, number: int, rules: str) -> None:
    """Remember that the ledger is being told of these rules."""
    table = schema.adopted_rules
    newest = select(func.max(table.c.n)).where(table.c.ledger == number)
    n = (connection.execute(newest).scalar() or 0) + 1
    connection.execute(insert(table).values(ledger=number, n=n, rules=rules))
