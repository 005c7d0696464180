"""The tables of the case book, and of the shred keys.

Every column is one of three things, which tests/review/store/test_schema.py lists: coded (a day, a
state, an id, a hash), sealed (`sealed`: an age file under the case's shred key, which is all that
a case's words are here), or of a person with an account. What concerns a submitter is never finer
than a day, no id counts upwards, and no table has a hidden row number (WITHOUT ROWID on SQLite).
deploy/migrations/book and shred make the same tables; a test compares the two.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# The newest migrations in deploy/migrations that this program was built for.
BOOK_VERSION = "0001"
SHRED_VERSION = "0001"

_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
HASH = String(64)
RANDOM_ID = String(32)
PERSON_ID = String(16)
STATE = String(16)

book = MetaData(naming_convention=_CONVENTION)
shred = MetaData(naming_convention=_CONVENTION)

people = Table(
    "people",
    book,
    Column("id", PERSON_ID, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    Column("username", String(64), nullable=False, unique=True),
    Column("password_hash", String(128), nullable=True),
    # The person's identity, sealed with a passphrase that no server has seen.
    Column("identity", LargeBinary, nullable=True),
    Column("active", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)

logins = Table(
    "logins",
    book,
    Column("token_hash", HASH, primary_key=True),
    Column("person_id", PERSON_ID, ForeignKey("people.id"), nullable=False),
    Column("csrf", HASH, nullable=False),
    # Seconds since 1970: they are about a person with an account, never about a submitter.
    Column("started_at", Integer, nullable=False),
    Column("seen_at", Integer, nullable=False),
    sqlite_with_rowid=False,
)

rosters = Table(
    "rosters",
    book,
    Column("hash", HASH, primary_key=True),
    Column("epoch", Integer, nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

cases = Table(
    "cases",
    book,
    Column("id", HASH, primary_key=True),
    Column("mailbox_id", HASH, nullable=False, unique=True),
    Column("on", Date, nullable=False),
    Column("roster", HASH, ForeignKey("rosters.hash"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("state", STATE, nullable=False),
    Column("generation", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Who may be shown the case: an allow-list, so that somebody whom nobody thought of is left out.
case_readers = Table(
    "case_readers",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    sqlite_with_rowid=False,
)

# What the routing said, for the readers to compare with what the submitter sealed.
case_exclusions = Table(
    "case_exclusions",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    sqlite_with_rowid=False,
)

grants = Table(
    "grants",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

envelopes = Table(
    "envelopes",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("case_id", HASH, ForeignKey("cases.id"), nullable=False),
    Column("thread", String(10), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("n", Integer, nullable=False),
    Column("on", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("by", PERSON_ID, nullable=True),
    Column("deposit_id", RANDOM_ID, nullable=True, unique=True),
    Column("upload_id", HASH, nullable=True),
    Column("slices", Integer, nullable=False),
    UniqueConstraint("case_id", "thread", "n"),
    CheckConstraint("thread IN ('submitter', 'committee', 'notes')", name="thread"),
    sqlite_with_rowid=False,
)

# Slices come before the case that they belong to, a few in a transaction, so that nobody waits for
# a large file. Until an envelope names their upload nobody can see them.
slices = Table(
    "slices",
    book,
    Column("case_id", HASH, primary_key=True),
    Column("upload_id", HASH, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# How far into the submitter's thread each reader has got, so that the inbox can say what is new.
readings = Table(
    "readings",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    Column("n", Integer, nullable=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("case_id", HASH, ForeignKey("cases.id"), nullable=False),
    Column("mailbox_id", HASH, nullable=False),
    Column("n", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("posted", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("case_id", "n"),
    sqlite_with_rowid=False,
)

pending_entries = Table(
    "pending_entries",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("type", String(32), nullable=False),
    Column("on", Date, nullable=False),
    Column("case_id", HASH, nullable=True),
    Column("digest", HASH, nullable=True),
    Column("commitment", HASH, nullable=True),
    Column("by", PERSON_ID, nullable=True),
    # Canonical JSON of coded values.
    Column("data", Text, nullable=False),
    # The entry of the same case before this one. Unique, so that a case's entries are one line.
    Column("previous", RANDOM_ID, nullable=True, unique=True),
    sqlite_with_rowid=False,
)

# Deposits that stay in the drop, so that each is reported once and nobody's collection stops.
set_aside = Table(
    "set_aside",
    book,
    Column("deposit_id", RANDOM_ID, primary_key=True),
    Column("on", Date, nullable=False),
    Column("reason", String(16), nullable=False),
    sqlite_with_rowid=False,
)

shred_keys = Table(
    "shred_keys",
    shred,
    Column("case_id", HASH, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
