"""How the rows of a store are written into a backup, and what a store holds in the same terms.

A row is a line of JSON, bytes in base64. Bytes of some size that an earlier backup has, the base,
are named by their SHA-256 and not written again; the hash of a table's rows is that of the whole
lines in any case, so that a backup, its copy in a database and the next backup can be compared.
"""

import base64
import datetime
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select
from sqlalchemy.sql import sqltypes

from intake import schema as intake_schema
from review.store import schema as review_schema

TABLES: Mapping[str, MetaData] = {
    "drop": intake_schema.metadata,
    "book": review_schema.book,
    "shred": review_schema.shred,
}
# A row may be a slice of a little more than 1 MiB.
_ROWS_AT_ONCE = 8
# What is smaller costs hardly more than its name.
LARGE = 1024
# Of the book the deposits, and of the shred keys the cases.
_HAD = {
    ("book", "envelopes"): review_schema.envelopes.c.keys().index("deposit_id"),
    ("shred", "shred_keys"): 0,
}
Counts = dict[str, tuple[int, str]]
Find = Callable[[str], bytes]


@dataclass
class Seen:
    """What went into a backup: ids of deposits or cases, and the large contents written."""

    had: set[str] = field(default_factory=set)
    contents: set[bytes] = field(default_factory=set)


def line(value: object) -> bytes:
    """A line of a backup."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def table_lines(
    name: str, connection: Connection, base: Collection[bytes], seen: Seen
) -> Iterator[bytes]:
    """The lines of every table of a store, those contents left out that the base has."""
    for table in TABLES[name].sorted_tables:
        yield line({"table": table.name, "columns": [column.name for column in table.columns]})
        count, digest = 0, hashlib.sha256()
        place = _HAD.get((name, table.name))
        for row in _rows(table, connection):
            whole = line([_coded(value) for value in row])
            count += 1
            digest.update(whole)
            if place is not None and row[place] is not None:
                seen.had.add(row[place])
            yield _shortened(row, whole, base, seen)
        yield line({"rows": count, "sha256": digest.hexdigest()})


def _shortened(row: Any, whole: bytes, base: Collection[bytes], seen: Seen) -> bytes:
    named: dict[int, str] = {}
    for place, value in enumerate(row):
        if isinstance(value, bytes) and len(value) >= LARGE:
            digest = hashlib.sha256(value).digest()
            if digest in base:
                named[place] = digest.hex()
            else:
                seen.contents.add(digest)
    if not named:
        return whole
    cells = [
        {"in": named[place]} if place in named else _coded(value) for place, value in enumerate(row)
    ]
    return line(cells)


def held(name: str, connection: Connection) -> Counts:
    """For each table of a store its rows and their SHA-256, as a backup would say them."""
    found = {}
    for table in TABLES[name].sorted_tables:
        count, digest = 0, hashlib.sha256()
        for row in _rows(table, connection):
            count += 1
            digest.update(line([_coded(value) for value in row]))
        found[table.name] = (count, digest.hexdigest())
    return found


def _rows(table: Table, connection: Connection) -> Iterator[Any]:
    wanted = select(table).order_by(*table.primary_key.columns)
    return iter(connection.execute(wanted.execution_options(yield_per=_ROWS_AT_ONCE)))


def _coded(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime.date) else value


def expanded(cells: list[Any], find: Find) -> list[Any]:
    """The cells of a row with the contents that the base has."""
    return [_coded(find(each["in"])) if isinstance(each, dict) else each for each in cells]


def values(table: Table, cells: list[Any]) -> dict[str, Any]:
    """The row that these cells spell. Raises ValueError or TypeError."""
    pairs = zip(table.columns, cells, strict=True)
    return {column.name: _decoded(column.type, each) for column, each in pairs}


def _decoded(kind: sqltypes.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sqltypes.LargeBinary):
        return base64.b64decode(value, validate=True)
    return datetime.date.fromisoformat(value) if isinstance(kind, sqltypes.Date) else value
