"""Backups that were made and verified, and what they have had."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("store", sa.String(5), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("contents", sa.String(64), nullable=False),
        sa.Column("base", sa.String(32), nullable=True),
        sa.Column("has", sa.String(64), nullable=True),
        sa.Column("removed_on", sa.Date, nullable=True),
        sa.PrimaryKeyConstraint("id", "store", name="pk_backups"),
        sa.CheckConstraint("store IN ('drop', 'book', 'shred')", name=op.f("ck_backups_store")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "backed_up",
        sa.Column("store", sa.String(5), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("store", "id", name="pk_backed_up"),
        sqlite_with_rowid=False,
    )
