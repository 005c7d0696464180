"""Later keys of cases, sealed to their mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keyings",
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_keyings_mailbox_id"),
        sa.PrimaryKeyConstraint("mailbox_id", "generation", name="pk_keyings"),
        sqlite_with_rowid=False,
    )
