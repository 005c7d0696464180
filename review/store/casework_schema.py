"""The tables of casework: what people signed, and where each case stands in its course.

All of it is coded and in clear: categories, severities, outcomes, days, ids and hashes. Whatever
says something of a person is sealed in the case's messages. deploy/migrations/book makes the same
tables.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from review.store.columns import HASH, PERSON_ID, book
from review.store.triggers import keep_rows

SUBJECT = String(100)

# What was signed, by at least one person. Those of a case have its id for their subject.
acts = Table(
    "acts",
    book,
    Column("hash", HASH, primary_key=True),
    Column("subject", SUBJECT, nullable=False),
    Column("act", String(40), nullable=False),
    Column("roster", HASH, ForeignKey("rosters.hash"), nullable=False),
    Column("on", Date, nullable=False),
    Column("previous", HASH, nullable=True),
    Column("document", LargeBinary, nullable=False),
    Index("ix_acts_subject", "subject"),
    sqlite_with_rowid=False,
)

act_signatures = Table(
    "act_signatures",
    book,
    Column("hash", HASH, ForeignKey("acts.hash"), primary_key=True),
    Column("by", PERSON_ID, primary_key=True),
    Column("on", Date, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# How an act has ended: done, as its subject's n-th, or withdrawn. One without a row is a proposal.
act_endings = Table(
    "act_endings",
    book,
    Column("hash", HASH, ForeignKey("acts.hash"), primary_key=True),
    Column("subject", SUBJECT, nullable=False),
    Column("n", Integer, nullable=True),
    Column("on", Date, nullable=False),
    Column("by", PERSON_ID, nullable=False),
    Column("ending", String(10), nullable=False),
    UniqueConstraint("subject", "n"),
    CheckConstraint("ending IN ('done', 'withdrawn')", name="ending"),
    sqlite_with_rowid=False,
)

for _kept in (acts, act_signatures, act_endings):
    keep_rows(_kept)
