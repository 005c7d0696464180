"""The tables of how people sign in: passkeys, one-time codes, invitations, what was spent.

They are about people with an account and never about a submitter. A passkey's row is its public
half; what makes one-time codes is sealed under a key made from the store key; an invitation is kept
as a hash.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from review.store.columns import HASH, LARGE, PERSON_ID, RANDOM_ID, book

logins = Table(
    "logins",
    book,
    Column("token_hash", HASH, primary_key=True),
    Column("person_id", PERSON_ID, ForeignKey("people.id"), nullable=False),
    Column("csrf", HASH, nullable=False),
    Column("means", String(16), nullable=False),
    # The passkey that began it, which may be gone by now.
    Column("passkey", RANDOM_ID, nullable=True),
    # Seconds since 1970: they are about a person with an account, never about a submitter.
    Column("started_at", LARGE, nullable=False),
    Column("seen_at", LARGE, nullable=False),
    # When they last showed that it is them.
    Column("confirmed_at", LARGE, nullable=False),
    sqlite_with_rowid=False,
)

passkeys = Table(
    "passkeys",
    book,
    Column("id", RANDOM_ID, primary_key=True),
    Column("person_id", PERSON_ID, ForeignKey("people.id"), nullable=False),
    # As the authenticator named it, in base64url.
    Column("credential", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", LARGE, nullable=False),
    Column("name", String(64), nullable=False),
    Column("added_on", Date, nullable=False),
    Column("used_on", Date, nullable=True),
    # Its counter went back once: there may be a copy of it.
    Column("doubted", Boolean(create_constraint=False), nullable=False),
    sqlite_with_rowid=False,
)

# What makes a person's one-time codes. The counter is that of the last code that was taken.
codes = Table(
    "codes",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("confirmed", Boolean(create_constraint=False), nullable=False),
    Column("counter", LARGE, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("wrong_on", Date, nullable=True),
    sqlite_with_rowid=False,
)

invitations = Table(
    "invitations",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("hash", HASH, nullable=False, unique=True),
    # Who made it; nobody for one that was made on the host.
    Column("by", PERSON_ID, nullable=True),
    Column("expires_at", LARGE, nullable=False),
    sqlite_with_rowid=False,
)

# Challenges that were answered, until they would have expired anyway.
spent = Table(
    "spent",
    book,
    Column("hash", HASH, primary_key=True),
    Column("expires_at", LARGE, nullable=False),
    sqlite_with_rowid=False,
)

# The act by which two others let somebody have a new invitation, until it has been made.
recoveries = Table(
    "recoveries",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("asked_on", Date, nullable=False),
    # SHA-256 of the act that two signed; null while they have not.
    Column("act", HASH, nullable=True),
    sqlite_with_rowid=False,
)
