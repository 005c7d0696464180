"""The tables of the charter's book: its heads and records, and the documents that show them.

They hold nothing of any case. What a record says stands here in clear; a document is sealed in the
browser unless somebody has chosen otherwise. deploy/migrations/book makes the same tables.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from review.store.columns import HASH, LARGE, PERSON_ID, RANDOM_ID, book, random_number
from review.store.triggers import keep_rows, keep_unless_ended

# The head of the charter's book: company, charter, what it is kept for, people, firms, settings.
# Each head but the first names the one it follows, so that two cannot follow the same.
charter_heads = Table(
    "charter_heads",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("previous", RANDOM_ID, nullable=True, unique=True),
    Column("on", Date, nullable=False),
    Column("by", PERSON_ID, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

# A record of the charter's book, as its file has it. It holds nothing of any case. The nonce keeps
# its hash in the ledger from being guessed.
charter_records = Table(
    "charter_records",
    book,
    Column("id", String(64), primary_key=True),
    Column("on", Date, nullable=False),
    Column("by", PERSON_ID, nullable=False),
    Column("document", Text, nullable=False),
    Column("nonce", HASH, nullable=False),
    Column("digest", HASH, nullable=False, unique=True),
    sqlite_with_rowid=False,
)

# What is left of a record that has ended by its schedule: that there was one, and its hash.
charter_stubs = Table(
    "charter_stubs",
    book,
    Column("id", String(64), primary_key=True),
    Column("type", String(64), nullable=False),
    Column("event_on", Date, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("record_class", String(10), nullable=False),
    Column("ended_on", Date, nullable=False),
    Column("digest", HASH, nullable=False, unique=True),
    sqlite_with_rowid=False,
)

for _kept in (charter_heads, charter_stubs):
    keep_rows(_kept)
keep_unless_ended(charter_records, charter_stubs)


def _described() -> tuple[SchemaItem, ...]:
    """What is known of a document from the moment that it is announced."""
    return (
        Column("by", PERSON_ID, nullable=False),
        Column("on", Date, nullable=False),
        Column("name", String(200), nullable=False),
        Column("mime", String(100), nullable=False),
        Column("size", LARGE, nullable=False),
        Column("slices", Integer, nullable=False),
        Column("kept", String(12), nullable=False),
        Column("roster", HASH, nullable=True),
        CheckConstraint("kept IN ('SECRETARIAT', 'MEMBERS', 'PLAIN')", name="kept"),
    )


# A document while it comes in: nobody can see it, and it goes when it is not finished in time.
document_uploads = Table(
    "document_uploads",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    *_described(),
    sqlite_with_rowid=False,
)

# A document that is whole. The hash is that of the file, which only a reader's browser can compare
# for one that is sealed; the roster is the one whose people it was sealed to.
documents = Table(
    "documents",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("sha256", HASH, nullable=False),
    *_described(),
    sqlite_with_rowid=False,
)

# Their bytes, a MiB of the file in each: an age file, or the bytes themselves where that was
# chosen. No foreign key: slices come before the document that they belong to.
document_slices = Table(
    "document_slices",
    book,
    Column("document_id", RANDOM_ID, nullable=False),
    Column("index", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    random_number(),
    UniqueConstraint("document_id", "index"),
)

for _going in (document_uploads, documents, document_slices):
    keep_rows(_going, deletable=True)
