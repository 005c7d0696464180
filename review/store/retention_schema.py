"""The tables of retention: legal holds with their sealed reasons, and how each case is kept.

Who placed or released a hold, and what the schedule says, are acts. The reason of a hold is sealed
in the browser to those who may read it. deploy/migrations/book makes the same tables.
"""

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, Table

from review.store.casework_schema import CODE
from review.store.columns import HASH, book
from review.store.triggers import keep_rows, keep_until_disposed

holds = Table(
    "holds",
    book,
    Column("id", HASH, primary_key=True),
    Column("act", HASH, ForeignKey("acts.hash"), nullable=False, unique=True),
    Column("on", Date, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# The class of the schedule and its version that a case got when it was closed for the n-th time;
# without them it went into another case, and is kept as that is.
kept_as = Table(
    "kept_as",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("on", Date, nullable=False),
    Column("record_class", CODE, nullable=True),
    Column("version", Integer, nullable=True),
    sqlite_with_rowid=False,
)

keep_rows(holds)
keep_until_disposed(kept_as)
