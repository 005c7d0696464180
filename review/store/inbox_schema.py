"""The inbox: what each reader's list shows of each case, kept ready so that a flood slows no page.

It holds nothing that is not in the other tables: review/store/inbox.py writes a case's rows anew
from them whenever something of the case has changed. Whoever stops being a reader of a case loses
the row with it, by the database itself. deploy/migrations/book makes the same table.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    text,
)

from review.store.columns import HASH, PERSON_ID, book

_OF = ("person_id", "is_drill")
_LOOKED_FOR = ("stage", "severity", "categories")
_IS_NEW = text("unread > 0")

# A case without a day to come stands behind all that have one.
inbox = Table(
    "inbox",
    book,
    Column("person_id", PERSON_ID, primary_key=True),
    Column("case_id", HASH, primary_key=True),
    Column("received_on", Date, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("severity", String(2), nullable=False),
    # The codes of its categories between spaces, such as " ACC ICF ".
    Column("categories", String(120), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("next_clock", String(20), nullable=False),
    Column("next_due", Date, nullable=False),
    Column("follow_ups", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("is_drill", Boolean(create_constraint=False), nullable=False),
    ForeignKeyConstraint(
        ["case_id", "person_id"],
        ["case_readers.case_id", "case_readers.person_id"],
        name="fk_inbox_case_readers",
        ondelete="CASCADE",
    ),
    # Whatever is looked for is answered from one of these, and fifty rows are read.
    Index("ix_inbox_due", *_OF, "next_due", "case_id", *_LOOKED_FOR),
    Index("ix_inbox_received", *_OF, "received_on", "case_id", *_LOOKED_FOR, "next_due"),
    Index("ix_inbox_stage", *_OF, "stage", "next_due", "case_id"),
    Index(
        "ix_inbox_new",
        *_OF,
        "next_due",
        "case_id",
        sqlite_where=_IS_NEW,
        postgresql_where=_IS_NEW,
    ),
    Index("ix_inbox_case", "case_id"),
    sqlite_with_rowid=False,
)
