"""The tables of what the console tells outwards: notices by mail, numbers by quarter, own texts.

They hold nothing of any case: where a person with an account gets mail, who was sent the notice of
a week, what was published of a quarter, as it was published, and what the committee wants to say on
submitters' pages. deploy/migrations/book makes the
same tables.
"""

from sqlalchemy import Column, Date, ForeignKey, LargeBinary, String, Table, Text

from review.store.columns import HASH, PERSON_ID, book
from review.store.triggers import keep_rows

# Where a person gets the weekly notice. No page shows it.
mail_addresses = Table(
    "mail_addresses",
    book,
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    Column("address", String(254), nullable=False),
    sqlite_with_rowid=False,
)

# Who was sent the notice of the week that begins on a Monday.
notices_sent = Table(
    "notices_sent",
    book,
    Column("week", Date, primary_key=True),
    Column("person_id", PERSON_ID, ForeignKey("people.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# What was told of a quarter, word for word: it is never computed again.
told_quarters = Table(
    "told_quarters",
    book,
    Column("quarter", String(7), primary_key=True),
    Column("on", Date, nullable=False),
    Column("document", Text, nullable=False),
    Column("digest", HASH, nullable=False, unique=True),
    sqlite_with_rowid=False,
)
keep_rows(told_quarters)

# Texts that somebody has signed for; which of them are shown, the acts about them say.
own_texts = Table(
    "own_texts",
    book,
    Column("digest", HASH, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
keep_rows(own_texts)
