"""The tables of dispositions: what was proposed, what has gone, what was left out, and the proof.

All of it is coded: manifests and certificates are hashes, days, classes and ids. What is left of a
case that was disposed of is its stub, with the hashes that the ledger has of it as well.
deploy/migrations/book makes the same tables.
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
)

from review.store.columns import HASH, PERSON_ID, RANDOM_ID, book
from review.store.triggers import keep_rows

dispositions = Table(
    "dispositions",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    # SHA-256 of the manifest, which two people approve.
    Column("manifest", HASH, nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    Column("by", PERSON_ID, nullable=False),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# Who may know of it: whoever might be shown every record on it when it was proposed, and could
# still when these went. Counsel is called to approve where fewer than three read a case: they know
# of the list, and open no case on it.
disposition_readers = Table(
    "disposition_readers",
    book,
    Column("disposition", RANDOM_ID, ForeignKey("dispositions.id"), primary_key=True),
    Column("person_id", PERSON_ID, primary_key=True),
    Column("is_called", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# The stubs: what is left of a case. record is its line in the auditor's bundle: hashes and days.
disposed_cases = Table(
    "disposed_cases",
    book,
    Column("case_id", HASH, primary_key=True),
    Column("disposition", RANDOM_ID, ForeignKey("dispositions.id"), nullable=False),
    Column("record_class", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("triggered_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("executed_on", Date, nullable=False),
    Column("record", LargeBinary, nullable=False),
    # SHA-256 of the names of the legal holds that stood then, and whose account the job had.
    Column("holds", HASH, nullable=False),
    Column("account", String(40), nullable=False),
    # The newest signed head of the ledger then, None before the first batch.
    Column("ledger", Integer, nullable=True),
    Column("size", Integer, nullable=True),
    sqlite_with_rowid=False,
)

# Records that were approved and stayed, because of what was found at the moment of execution.
left_out_cases = Table(
    "left_out_cases",
    book,
    Column("disposition", RANDOM_ID, ForeignKey("dispositions.id"), primary_key=True),
    Column("case_id", HASH, primary_key=True),
    Column("reason", String(8), nullable=False),
    Column("on", Date, nullable=False),
    CheckConstraint("reason IN ('REOPENED', 'ON_HOLD', 'RECUSED', 'CHANGED')", name="reason"),
    sqlite_with_rowid=False,
)

# Cases whose rows have gone, while the key, the mailbox or what a file still holds may be there: a
# job that was stopped goes on with them. With the day on which the files were written anew they
# wait for somebody else to see that the mailbox is gone, and to certify it.
unfinished_disposals = Table(
    "unfinished_disposals",
    book,
    Column("case_id", HASH, ForeignKey("disposed_cases.case_id"), primary_key=True),
    Column("mailbox_id", HASH, nullable=False),
    Column("rewritten_on", Date, nullable=True),
    sqlite_with_rowid=False,
)

# Mailboxes that have gone, until no backup of the drop that has one is left.
gone_mailboxes = Table(
    "gone_mailboxes",
    book,
    Column("mailbox_id", HASH, primary_key=True),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

certificates = Table(
    "certificates",
    book,
    Column("disposition", RANDOM_ID, ForeignKey("dispositions.id"), primary_key=True),
    Column("digest", HASH, nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    Column("on", Date, nullable=False),
    # The day on which the last backup ends that could have helped, None where there was none.
    Column("backup_on", Date, nullable=True),
    sqlite_with_rowid=False,
)

# Dispositions whose last backup is gone, as the ledger was told.
ended_backups = Table(
    "ended_backups",
    book,
    Column("disposition", RANDOM_ID, ForeignKey("certificates.disposition"), primary_key=True),
    Column("on", Date, nullable=False),
    sqlite_with_rowid=False,
)

for _kept in (dispositions, disposed_cases, left_out_cases, certificates, ended_backups):
    keep_rows(_kept)
