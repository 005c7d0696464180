"""The tables of who holds the keys of a case: later keys, recusals, shares, releases.

What is sealed here is a grant or a link, under the case's shred key; all else is coded: ids of
people, hashes, recipients. deploy/migrations/book makes the same tables.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from review.store.columns import HASH, PERSON_ID, book
from review.store.triggers import keep_until_disposed

# From generation 2 on. sealed is the link to the generation before, keying what the submitter gets.
case_keys = Table(
    "case_keys",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("act", HASH, ForeignKey("acts.hash"), nullable=False, unique=True),
    Column("on", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("keying", LargeBinary, nullable=False),
    Column("posted", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)

# Who is out of a case since it came, and the generation that was the newest they were granted.
recusals = Table(
    "recusals",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("act", HASH, ForeignKey("acts.hash"), nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)
keep_until_disposed(recusals)

# The files of an act that waits for its second signature, by its hash.
offered_files = Table(
    "offered_files",
    book,
    Column("act", HASH, ForeignKey("acts.hash"), primary_key=True),
    Column("name", String(5), primary_key=True),
    Column("case_id", HASH, ForeignKey("cases.id"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("name IN ('grant', 'link')", name="name"),
    sqlite_with_rowid=False,
)

# With whom a generation is shared who is no reader of the roster; it ends with the generation.
shares = Table(
    "shares",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("verify_key", HASH, nullable=False),
    Column("act", HASH, ForeignKey("acts.hash"), nullable=False),
    Column("on", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_until_disposed(shares)

# Cases from which somebody is left out and which the others have let into what all are told.
releases = Table(
    "releases",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("act", HASH, ForeignKey("acts.hash"), nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)
keep_until_disposed(releases)
