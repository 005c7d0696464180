"""What is disposed of leaves the drop, with what its forms are answered with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answered", sa.Column("mailbox_id", sa.String(64), nullable=True))
    op.create_index("ix_answered_mailbox_id", "answered", ["mailbox_id"])
