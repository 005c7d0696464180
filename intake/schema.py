"""The tables of the drop.

A row holds sealed bytes, hashes and days. No column is finer than a day, no id counts upwards, and
on SQLite no table has a hidden row number (WITHOUT ROWID, or a random one of ours). So no row says
when in a day it came, or after which other. The file does, until it is written anew: what is large
lies in pages of its own, one behind the other as it arrived. drop.tidy writes it anew at the end of
each collection, in the order of the random keys.

What was counted stays counted: the tally only grows, and triggers refuse whoever tries otherwise,
this program included. deploy/migrations/drop makes the same tables and triggers; a test compares
the two.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

# The newest migration in deploy/migrations/drop/versions that this program was built for.
VERSION = "0007"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

HASH = String(64)
RANDOM_ID = String(32)
# As large on PostgreSQL as an integer is on SQLite.
LARGE = Integer().with_variant(BigInteger(), "postgresql")

rosters = Table(
    "rosters",
    metadata,
    Column("hash", HASH, primary_key=True),
    Column("epoch", LARGE, nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    Column("published_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", HASH, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("case_recipient", Text, nullable=False, unique=True),
    Column("generation", Integer, nullable=False),
    Column("case_signature", String(88), nullable=False),
    Column("head_n", Integer, nullable=False),
    Column("head_digest", HASH, nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

deposits = Table(
    "deposits",
    metadata,
    Column("id", RANDOM_ID, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("mailbox_id", HASH, nullable=False),
    # The place in the submitter's thread, so that a collector can keep follow-ups in order.
    Column("n", Integer, nullable=False),
    # One form counts once, however often its answer was lost and it was sent again.
    Column("once", HASH, nullable=False, unique=True),
    Column("on", Date, nullable=False),
    Column("roster", HASH, nullable=True),
    Column("digest", HASH, nullable=False),
    Column("commitment", HASH, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("grant", LargeBinary, nullable=True),
    Column("routing", LargeBinary, nullable=True),
    Column("case_recipient", Text, nullable=True),
    Column("upload_id", HASH, nullable=True),
    Column("slices", Integer, nullable=False),
    Column("collected", Boolean(create_constraint=False), nullable=False),
    # That of the deposit's entry in the ledger; only rows of before there was a ledger have none.
    Column("nonce", HASH, nullable=True),
    # What the sender got for it: canonical bytes, or null where nobody could sign.
    Column("statement", LargeBinary, nullable=True),
    UniqueConstraint("mailbox_id", "n"),
    CheckConstraint("kind IN ('submission', 'follow-up')", name="kind"),
    sqlite_with_rowid=False,
)

letters = Table(
    "letters",
    metadata,
    Column("id", RANDOM_ID, primary_key=True),
    Column("mailbox_id", HASH, ForeignKey("mailboxes.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("on", Date, nullable=False),
    UniqueConstraint("mailbox_id", "n"),
    sqlite_with_rowid=False,
)

# Later keys of cases, for the submitter alone: what takes the place of mailboxes.case_recipient.
keyings = Table(
    "keyings",
    metadata,
    Column("mailbox_id", HASH, ForeignKey("mailboxes.id"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# The committee's own texts with the act by which two agreed to them: public, and never changed.
texts = Table(
    "texts",
    metadata,
    Column("lang", String(8), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("act", LargeBinary, nullable=False),
    Column("signatures", LargeBinary, nullable=False),
    Column("published_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", HASH, primary_key=True),
    Column("on", Date, nullable=False),
    Column("deposit_id", RANDOM_ID, ForeignKey("deposits.id"), nullable=True, unique=True),
    sqlite_with_rowid=False,
)

slices = Table(
    "slices",
    metadata,
    Column("upload_id", HASH, ForeignKey("uploads.id"), nullable=False),
    Column("index", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("on", Date, nullable=False),
    # A random number, which on SQLite is the row's own. In a table without row numbers, looking
    # for one slice would read some others whole, a mebibyte each.
    Column("id", LARGE, primary_key=True, autoincrement=False),
    UniqueConstraint("upload_id", "index"),
)

tally = Table(
    "tally",
    metadata,
    # That of a deposit, or of one of the pads that fill a closed day.
    Column("value", HASH, primary_key=True),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

tally_days = Table(
    "tally_days",
    metadata,
    Column("on", Date, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("collected", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)

proofs = Table(
    "proofs",
    metadata,
    Column("mailbox_id", HASH, ForeignKey("mailboxes.id"), primary_key=True),
    # The place in the submitter's thread of what is proved.
    Column("n", Integer, primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# What a form is answered with whose deposit has left, see intake.answered.
answered = Table(
    "answered",
    metadata,
    Column("id", HASH, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    # With whose end it goes; null in rows of an earlier version.
    Column("mailbox_id", HASH, nullable=True),
    Index("ix_answered_mailbox_id", "mailbox_id"),
    sqlite_with_rowid=False,
)

# Neither UPDATE nor DELETE nor a second row for a key: INSERT OR REPLACE would slip past the first
# two. A tally day may be marked as collected, and as not: a book that was restored needs it again.
TRIGGERS = {
    tally: (
        """CREATE TRIGGER tally_is_not_changed BEFORE UPDATE ON tally
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""",
        """CREATE TRIGGER tally_is_not_deleted BEFORE DELETE ON tally
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""",
        """CREATE TRIGGER tally_is_not_replaced BEFORE INSERT ON tally
WHEN EXISTS (SELECT 1 FROM tally WHERE value = NEW.value)
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""",
    ),
    tally_days: (
        """CREATE TRIGGER tally_days_are_not_changed BEFORE UPDATE ON tally_days
WHEN NOT (NEW."on" = OLD."on" AND NEW.document = OLD.document
AND NEW.collected IN (0, 1))
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""",
        """CREATE TRIGGER tally_days_are_not_deleted BEFORE DELETE ON tally_days
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""",
        """CREATE TRIGGER tally_days_are_not_replaced BEFORE INSERT ON tally_days
WHEN EXISTS (SELECT 1 FROM tally_days WHERE "on" = NEW."on")
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""",
    ),
}
# The same on PostgreSQL, which has no INSERT OR REPLACE, and has TRUNCATE. An UPDATE that changes
# nothing is none: underrose_tidy() writes rows anew.
REFUSE = """CREATE OR REPLACE FUNCTION underrose_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0]; END $$"""
POSTGRESQL_TRIGGERS = {
    tally: (
        REFUSE,
        """CREATE TRIGGER tally_is_not_changed BEFORE UPDATE ON tally FOR EACH ROW
WHEN (NEW.* IS DISTINCT FROM OLD.*) EXECUTE FUNCTION underrose_refuse('the tally only grows')""",
        """CREATE TRIGGER tally_is_not_deleted BEFORE DELETE ON tally FOR EACH ROW
EXECUTE FUNCTION underrose_refuse('the tally only grows')""",
        """CREATE TRIGGER tally_is_not_emptied BEFORE TRUNCATE ON tally FOR EACH STATEMENT
EXECUTE FUNCTION underrose_refuse('the tally only grows')""",
    ),
    tally_days: (
        REFUSE,
        """CREATE TRIGGER tally_days_are_not_changed BEFORE UPDATE ON tally_days FOR EACH ROW
WHEN (NOT (NEW."on" = OLD."on" AND NEW.document = OLD.document))
EXECUTE FUNCTION underrose_refuse('a closed day is closed')""",
        """CREATE TRIGGER tally_days_are_not_deleted BEFORE DELETE ON tally_days FOR EACH ROW
EXECUTE FUNCTION underrose_refuse('a closed day is closed')""",
        """CREATE TRIGGER tally_days_are_not_emptied BEFORE TRUNCATE ON tally_days
FOR EACH STATEMENT EXECUTE FUNCTION underrose_refuse('a closed day is closed')""",
    ),
}
for _dialect, _tables in (("sqlite", TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
    for _table, _triggers in _tables.items():
        for _trigger in _triggers:
            _made = DDL(_trigger)  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _made.execute_if(dialect=_dialect))
