"""A case's entries, for its readers: what the ledger tells of it, or will tell with the next batch.

A leaf hash is what a reader compares with a proof or with the auditor's bundle. Where in the ledger
an entry stands is not told: that would say how much else there is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template
from sqlalchemy import Connection

from crypto import entry as entry_format
from crypto import merkle
from crypto.entry_types import TYPES
from review.roles import Act
from review.store import entries, ledger
from review.store.by_type import raw_entry
from review.store.database import reading
from review.web.cases import find_case
from review.web.guard import allowed
from review.web.parts import parts

routes = Blueprint("entries", __name__)


@dataclass(frozen=True)
class Line:
    """One act of a case as its readers see it; without a leaf hash it waits for the next batch.

    Without a meaning the book no longer has the entry that was logged.
    """

    leaf_hash: str | None
    meaning: str | None = None
    on: date | None = None
    by: str | None = None


@routes.get("/cases/<case_id>/entries")
@allowed(Act.OPEN_CASE)
def page(case_id: str) -> str:
    """What the ledger has of a case, in the order in which it happened."""
    with reading(parts().book) as connection:
        case = find_case(connection, case_id)
        lines = list(_lines(connection, case.id))
    return render_template("entries.html", case=case, lines=lines)


def _lines(connection: Connection, case_id: str) -> Iterator[Line]:
    for each in ledger.case_chain(connection, case_id):
        document = raw_entry(connection, each.ledger, each.index)
        if merkle.leaf_hash(document) != each.leaf_hash:
            yield Line(each.leaf_hash.hex())
            continue
        leaf = entry_format.parse(document)
        yield Line(each.leaf_hash.hex(), leaf.meaning, leaf.on, leaf.by)
    for waiting in entries.of_case(connection, case_id):
        yield Line(None, TYPES[waiting.type].meaning, waiting.on, waiting.by)
