"""The tables of casework: what people signed, and where each case stands in its course.

All of it is coded and in clear: categories, severities, outcomes, days, ids and hashes. Whatever
says something of a person is sealed in the case's messages. deploy/migrations/book makes the same
tables.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from review.store.columns import HASH, PERSON_ID, RANDOM_ID, book
from review.store.triggers import keep_rows, keep_until_disposed

SUBJECT = String(100)
CODE = String(40)

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

# The acts that still can be signed: what took effect is out of it, with all that it overtook.
open_acts = Table(
    "open_acts",
    book,
    Column("hash", HASH, ForeignKey("acts.hash"), primary_key=True),
    Column("subject", SUBJECT, nullable=False),
    Index("ix_open_acts_subject", "subject"),
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

# Where a case stands besides its stage: coded values, and the days that its clocks run from. All
# of it follows from the case's acts, and is kept so that nobody has to read these for a list.
courses = Table(
    "courses",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("severity", String(2), nullable=False),
    Column("officer", Boolean(create_constraint=False), nullable=False),
    Column("in_scope", Boolean(create_constraint=False), nullable=False),
    Column("hold_needed", Boolean(create_constraint=False), nullable=False),
    Column("is_drill", Boolean(create_constraint=False), nullable=False),
    Column("outcome", String(20), nullable=True),
    Column("measure", String(15), nullable=True),
    Column("investigator", PERSON_ID, nullable=True),
    Column("watcher", PERSON_ID, nullable=True),
    Column("recipient", CODE, nullable=True),
    Column("remedy", CODE, nullable=True),
    Column("retention_class", CODE, nullable=True),
    Column("opened_on", Date, nullable=True),
    Column("acknowledged_on", Date, nullable=True),
    Column("triaged_on", Date, nullable=True),
    Column("classified_on", Date, nullable=True),
    Column("escalated_on", Date, nullable=True),
    Column("asked_on", Date, nullable=True),
    Column("fed_back_on", Date, nullable=True),
    Column("closed_on", Date, nullable=True),
    sqlite_with_rowid=False,
)

# What the case is about; the first is the one that it counts under.
case_categories = Table(
    "case_categories",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("category", String(4), nullable=False),
    sqlite_with_rowid=False,
)

# What was decided for each subject, who has a number in the case and no name here.
case_outcomes = Table(
    "case_outcomes",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("subject", String(16), primary_key=True),
    Column("outcome", String(20), nullable=False),
    sqlite_with_rowid=False,
)

# What happened in a case besides: another case that it goes with or went into, a check for
# retaliation, a detriment, a note that was retracted. about is the other case, or the note's place.
case_marks = Table(
    "case_marks",
    book,
    Column("case_id", HASH, ForeignKey("cases.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("about", HASH, nullable=True),
    Column("on", Date, nullable=False),
    Column("by", PERSON_ID, nullable=False),
    CheckConstraint("kind IN ('link', 'merge', 'check', 'detriment', 'retracted')", name="kind"),
    sqlite_with_rowid=False,
)

# Drills of the line that are over, as the ledger tells them too. marked is the act by which a
# reader called the case a drill; only one that passed has it.
drills = Table(
    "drills",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("outcome", String(10), nullable=False),
    Column("sent", Date, nullable=False),
    Column("answered", Date, nullable=True),
    Column("marked", HASH, ForeignKey("acts.hash"), nullable=True),
    Column("on", Date, nullable=False),
    UniqueConstraint("marked"),
    CheckConstraint("outcome IN ('passed', 'failed')", name="outcome"),
    sqlite_with_rowid=False,
)

for _kept in (acts, act_signatures, act_endings, case_marks):
    keep_until_disposed(_kept)
keep_rows(drills)

# Concerns that a member has recorded, until the next collection makes cases of them. What is sealed
# here is sealed to the case's own key and to its readers, as a deposit in the drop is; day, channel
# and roster are in the act that the member signed.
recorded_concerns = Table(
    "recorded_concerns",
    book,
    # Drawn by the member's browser, so that the same form sent again changes nothing.
    Column("id", RANDOM_ID, primary_key=True),
    Column("by", PERSON_ID, nullable=False),
    Column("act", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("mailbox_id", HASH, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("case_recipient", Text, nullable=False),
    Column("case_signature", String(88), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("grant", LargeBinary, nullable=False),
    Column("routing", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(recorded_concerns, deletable=True)
