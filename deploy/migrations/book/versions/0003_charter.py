"""The charter's book: its heads and records, which come and never change, and stubs."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows, keep_unless_ended

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMES = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    heads = sa.Table(
        "charter_heads",
        tables,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("previous", sa.String(32), nullable=True, unique=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    records = sa.Table(
        "charter_records",
        tables,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sqlite_with_rowid=False,
    )
    stubs = sa.Table(
        "charter_stubs",
        tables,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("event_on", sa.Date, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("record_class", sa.String(10), nullable=False),
        sa.Column("ended_on", sa.Date, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sqlite_with_rowid=False,
    )
    for table in (heads, stubs):
        keep_rows(table)
    keep_unless_ended(records, stubs)
    for table in (heads, records, stubs):
        table.create(op.get_bind())
