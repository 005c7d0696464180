"""The charter's book: its heads and its records, which come and never change."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

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
    for table in (heads, records):
        keep_rows(table)
        table.create(op.get_bind())
