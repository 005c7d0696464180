"""The tables of keys that people made in their own browsers: what waits, and what goes with a key.

Nothing here opens anything by itself: requests are public halves, the files are sealed with a
passphrase, to a passkey, or to the recovery identity, which no host holds.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from review.store.columns import HASH, PERSON_ID, book

KINDS = ("passkey", "recovery", "former")

# At most one request of a person waits for the ceremony; a later one takes its place.
enrolments = Table(
    "enrolments",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("on", Date, nullable=False),
    # SHA-256 of the recipient, as everywhere a key of a reader is named.
    Column("recipient", HASH, nullable=False),
    # The signed request, as docs/spec/enrolment.md has it.
    Column("request", LargeBinary, nullable=False),
    # The identity, sealed with its passphrase; it comes into force with the roster.
    Column("identity", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What belongs to one key of one person: a file for each passkey that opens it, the recovery copy,
# and the keys that the person had before, sealed to this one.
key_files = Table(
    "key_files",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("recipient", HASH, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("on", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # By which name a browser asks for the passkey; no secret.
    Column("passkey", String(2000), nullable=True),
    CheckConstraint("kind IN ('passkey', 'recovery', 'former')", name="kind"),
    sqlite_with_rowid=False,
)
