"""A book of very many cases, filled fast: copies of a few that the product made.

Every row of a case is copied as it is, with new ids and keys; its acts are signed anew, because
they name it. What is sealed stays what it was, and does not open under the copy's key.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, or_, select

from crypto import act as act_format
from review.casework.course import Step
from review.store import schema
from review.store.casework_schema import act_signatures, acts
from review.store.database import reading, writing
from review.store.shred import Locksmith
from tests import committee
from tests.browser.installation import Installation
from tests.review.web.course import Course

# An id, a hash or a nonce, wherever it stands in a row.
_ID = re.compile(r"\b[0-9a-f]{32,64}\b")
# How many of every hundred cases stand where: in a flood most were not looked at yet.
SHARES: Mapping[str, int] = {"received": 70, "answered": 14, "triaged": 15, "waiting": 1}
_AT_ONCE = 250
Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """All rows of one case by their table, as the product wrote them."""

    case_id: str
    rows: tuple[tuple[Table, tuple[Row, ...]], ...]


def make(installation: Installation, course: Course, where: str) -> Kind:
    """A case that was brought so far by the product itself, with all of its rows."""
    course.submitter.submit()
    installation.collect()
    if where == "answered":
        course.desk("chair").post(f"{course.path}/opened")
        course.reply()
    elif where != "received":
        course.triage()
    if where == "waiting":
        data = {"retention_class": ["RC-04"]}
        assert course.take(Step.SET_ASIDE, "chair", data, sealed=True) == 202
    with reading(installation.book) as connection:
        return read(connection, course.submitter.case_id)


def read(connection: Connection, case_id: str) -> Kind:
    """Every row of the book that is about a case."""
    found = []
    for table in schema.book.sorted_tables:
        where = _about(table, case_id)
        if where is not None:
            rows = connection.execute(select(table).where(where)).mappings()
            found.append((table, tuple(map(dict, rows))))
    return Kind(case_id, tuple(each for each in found if each[1]))


def _about(table: Table, case_id: str) -> ColumnElement[bool] | None:
    if table is act_signatures:
        return table.c.hash.in_(select(acts.c.hash).where(acts.c.subject == case_id))
    names = [name for name in ("case_id", "subject") if name in table.c]
    columns = [table.c[name] for name in names] or ([table.c.id] if table.name == "cases" else [])
    return or_(*(column == case_id for column in columns)) if columns else None


def copies(kind: Kind, count: int) -> Iterator[tuple[str, Mapping[str, list[Row]]]]:
    """So many more cases of the kind: the id and the rows of each, by the name of their table."""
    own = _own_ids(kind)
    for _ in range(count):
        fresh = {each: secrets.token_hex(len(each) // 2) for each in own}
        documents = _signed_anew(kind, fresh)
        made: dict[str, list[Row]] = {}
        for table, rows in kind.rows:
            made[table.name] = [
                {name: _other(value, fresh, documents) for name, value in row.items()}
                for row in rows
            ]
        yield fresh[kind.case_id], made


def _own_ids(kind: Kind) -> frozenset[str]:
    """The ids that no two cases share: of the case, of its rows, and what rows are found by."""
    found = {kind.case_id}
    for table, rows in kind.rows:
        unique = {column.name for column in table.c if column.unique or column.primary_key}
        found |= {
            row[name]
            for row in rows
            for name in unique
            if isinstance(row[name], str) and _ID.fullmatch(row[name])
        }
        found |= {row["nonce"] for row in rows if "nonce" in row}
    return frozenset(found)


def _signed_anew(kind: Kind, fresh: dict[str, str]) -> Mapping[bytes, bytes]:
    """New documents and signatures by the ones before; fresh learns the hashes of the acts."""
    rows = dict(kind.rows)
    changed: dict[bytes, bytes] = {}
    by_previous = {row["previous"]: row for row in rows.get(acts, ())}
    row = by_previous.get(None)
    while row is not None:
        act = act_format.parse(_ids_replaced(row["document"].decode(), fresh).encode())
        fresh[row["hash"]], changed[row["document"]] = act.hash, act.document
        for each in rows[act_signatures]:
            if each["hash"] == row["hash"]:
                seed = committee.signing_seed(each["by"])
                changed[each["signature"]] = act_format.sign(act, each["by"], seed).signature
        row = by_previous.get(row["hash"])
    return changed


def _ids_replaced(text: str, fresh: Mapping[str, str]) -> str:
    return _ID.sub(lambda found: fresh.get(found[0], found[0]), text)


def _other(value: object, fresh: Mapping[str, str], documents: Mapping[bytes, bytes]) -> object:
    if isinstance(value, str):
        return _ids_replaced(value, fresh)
    return documents.get(value, value) if isinstance(value, bytes) else value


def fill(
    installation: Installation, locksmith: Locksmith, kinds: Mapping[str, Kind], count: int
) -> None:
    """Bring a book that holds one case of each kind to this many, each kind by its share."""
    for name, share in SHARES.items():
        more = max(count * share // 100 - 1, 0)
        for start in range(0, more, _AT_ONCE):
            batch = list(copies(kinds[name], min(_AT_ONCE, more - start)))
            with writing(installation.book) as connection:
                for table, _rows in kinds[name].rows:
                    rows = [row for _id, made in batch for row in made[table.name]]
                    connection.execute(insert(table), rows)
            with writing(installation.shred) as connection:
                for case_id, _made in batch:
                    locksmith.make_key(connection, case_id)
