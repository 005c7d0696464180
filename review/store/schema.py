"""The tables of the case book, and of the shred keys.

Every column is one of three things, which tests/review/store/test_schema.py lists: coded (a day, a
state, an id, a hash), sealed (`sealed`: an age file under the case's shred key, which is all that
a case's words are here), or of a person with an account. What concerns a submitter is never finer
than a day, no id counts upwards but the ledger's shuffled index, and no table has a hidden row
number (WITHOUT ROWID on SQLite; slices have a random one of ours). deploy/migrations/book and shred
make the same tables and triggers; a test compares the two.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from review.store import (
    casework_schema,  # noqa: F401 - importing it puts the tables of casework into the same book
    charter_schema,  # noqa: F401 - as that of casework
    columns,
    disposition_schema,  # noqa: F401 - and of what is disposed of, and what is left to show of it
    generations_schema,  # noqa: F401 - and of who holds the keys of a case
    inbox_schema,  # noqa: F401 - likewise the inbox
    key_schema,  # noqa: F401 - and those of keys that people made
    outward_schema,  # noqa: F401 - and those of what is told outwards
    retention_schema,  # noqa: F401 - and those of legal holds and of how cases are kept
    sign_in_schema,
)
from review.store.columns import DIGEST, HASH, LARGE, PERSON_ID, RANDOM_ID, STATE, random_number
from review.store.triggers import keep_rows

# The newest migrations in deploy/migrations that this program was built for.
BOOK_VERSION = "0013"
SHRED_VERSION = "0001"

book, shred = columns.book, columns.shred
logins = sign_in_schema.logins

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

rosters = Table(
    "rosters",
    book,
    Column("hash", HASH, primary_key=True),
    Column("epoch", LARGE, nullable=False, unique=True),
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
    # By whose keys a case was sealed first, for when somebody leaves.
    Index("ix_cases_roster", "roster", "generation", "id"),
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
    # SHA-256 of the age file as it was sent; null where an earlier version has not kept it.
    Column("sealed_digest", HASH, nullable=True),
    UniqueConstraint("case_id", "thread", "n"),
    CheckConstraint("thread IN ('submitter', 'committee', 'notes')", name="thread"),
    sqlite_with_rowid=False,
)

# Slices come before the case that they belong to, a few in a transaction, so that nobody waits for
# a large file. Until an envelope names their upload nobody can see them.
slices = Table(
    "slices",
    book,
    Column("case_id", HASH, nullable=False),
    Column("upload_id", HASH, nullable=False),
    Column("index", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    random_number(),
    UniqueConstraint("case_id", "upload_id", "index"),
)

# How far into the submitter's thread each reader has got, so that the inbox can say what is new,
# and the day of which the ledger was last told that they have read the case.
readings = Table(
    "readings",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("on", Date, nullable=True),
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
    # That of the entry: a deposit's was drawn by intake, which has promised it to the submitter.
    Column("nonce", HASH, nullable=False),
    # The place in the submitter's thread, of what was received.
    Column("message_n", Integer, nullable=True),
    sqlite_with_rowid=False,
)
keep_rows(pending_entries, deletable=True)

# Every ledger there was; the newest goes on. Its size is that of the tree, signed or not yet.
ledgers = Table(
    "ledgers",
    book,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(255), nullable=False, unique=True),
    Column("vkey", Text, nullable=False),
    Column("begun_on", Date, nullable=False),
    Column("size", LARGE, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(
    ledgers,
    changed="NEW.number IS NOT OLD.number OR NEW.origin IS NOT OLD.origin "
    "OR NEW.vkey IS NOT OLD.vkey OR NEW.begun_on IS NOT OLD.begun_on OR NEW.size <= OLD.size",
)

ledger_entries = Table(
    "ledger_entries",
    book,
    Column("ledger", Integer, ForeignKey("ledgers.number"), primary_key=True),
    Column("index", LARGE, primary_key=True),
    Column("leaf_hash", DIGEST, nullable=False),
    Column("document", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(ledger_entries)

# The hashes of complete subtrees, from level 1: those of level 0 are with their entries.
ledger_nodes = Table(
    "ledger_nodes",
    book,
    Column("ledger", Integer, ForeignKey("ledgers.number"), primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("position", LARGE, primary_key=True),
    Column("hash", DIGEST, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(ledger_nodes)

# What the keeper signed, without the lines of others.
checkpoints = Table(
    "checkpoints",
    book,
    Column("ledger", Integer, ForeignKey("ledgers.number"), primary_key=True),
    Column("size", LARGE, primary_key=True),
    Column("on", Date, nullable=False),
    Column("note", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(checkpoints)

cosignatures = Table(
    "cosignatures",
    book,
    Column("ledger", Integer, primary_key=True),
    Column("size", LARGE, primary_key=True),
    Column("key_id", String(8), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("line", Text, nullable=False),
    ForeignKeyConstraint(["ledger", "size"], ["checkpoints.ledger", "checkpoints.size"]),
    sqlite_with_rowid=False,
)
keep_rows(cosignatures)

# A case's entries, from 1 on, and where the ledger has them: only the book can tell that.
case_entries = Table(
    "case_entries",
    book,
    Column("case_id", HASH, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("ledger", Integer, ForeignKey("ledgers.number"), nullable=False),
    Column("index", LARGE, nullable=False),
    Column("leaf_hash", DIGEST, nullable=False),
    Column("message_n", Integer, nullable=True),
    sqlite_with_rowid=False,
)
keep_rows(case_entries, deletable=True)

# The rules that a ledger was told of, the newest last.
adopted_rules = Table(
    "adopted_rules",
    book,
    Column("ledger", Integer, ForeignKey("ledgers.number"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("rules", HASH, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(adopted_rules)

# What intake signed for each of its days.
tally_days = Table(
    "tally_days",
    book,
    Column("on", Date, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(tally_days)

# Which proofs the mailboxes have, by which checkpoint, and whether a better one is to come.
proof_posts = Table(
    "proof_posts",
    book,
    Column("mailbox_id", HASH, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("ledger", Integer, ForeignKey("ledgers.number"), nullable=False),
    Column("size", LARGE, nullable=False),
    Column("final", Boolean(create_constraint=False), nullable=False),
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

# Which backups there are. A backup of the book does not have its own row, the next one has.
backups = Table(
    "backups",
    book,
    # That of the run which made it, the same for all stores.
    Column("id", RANDOM_ID, primary_key=True),
    Column("store", String(5), primary_key=True),
    Column("on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    # SHA-256 of the file, sealed as it is, and of what is in it.
    Column("digest", HASH, nullable=False),
    Column("contents", HASH, nullable=False),
    # The id of the one that it needs, and of a whole one the SHA-256 of the list of its contents.
    Column("base", RANDOM_ID, nullable=True),
    Column("has", HASH, nullable=True),
    Column("removed_on", Date, nullable=True),
    CheckConstraint("store IN ('drop', 'book', 'shred')", name="store"),
    sqlite_with_rowid=False,
)

# What some verified backup has had: of the book the deposits, of the shred keys the cases.
backed_up = Table(
    "backed_up",
    book,
    Column("store", String(5), primary_key=True),
    Column("id", HASH, primary_key=True),
    sqlite_with_rowid=False,
)

shred_keys = Table(
    "shred_keys",
    shred,
    Column("case_id", HASH, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
