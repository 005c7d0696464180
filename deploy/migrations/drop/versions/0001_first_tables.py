"""First tables of the drop."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    _rosters_and_mailboxes()
    _deposits()
    _letters()
    _uploads()


def _rosters_and_mailboxes() -> None:
    op.create_table(
        "rosters",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("epoch", LARGE, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_rosters"),
        sa.UniqueConstraint("epoch", name="uq_rosters_epoch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("case_recipient", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("case_signature", sa.String(88), nullable=False),
        sa.Column("head_n", sa.Integer, nullable=False),
        sa.Column("head_digest", sa.String(64), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
        sa.UniqueConstraint("case_recipient", name="uq_mailboxes_case_recipient"),
        sqlite_with_rowid=False,
    )


def _deposits() -> None:
    op.create_table(
        "deposits",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("roster", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("grant", sa.LargeBinary, nullable=True),
        sa.Column("routing", sa.LargeBinary, nullable=True),
        sa.Column("case_recipient", sa.Text, nullable=True),
        sa.Column("upload_id", sa.String(64), nullable=True),
        sa.Column("slices", sa.Integer, nullable=False),
        sa.Column("collected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deposits"),
        sa.UniqueConstraint("once", name="uq_deposits_once"),
        sa.UniqueConstraint("mailbox_id", "n", name="uq_deposits_mailbox_id_n"),
        sa.CheckConstraint("kind IN ('submission', 'follow-up')", name=op.f("ck_deposits_kind")),
        sqlite_with_rowid=False,
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_letters_mailbox_id"),
        sa.UniqueConstraint("mailbox_id", "n", name="uq_letters_mailbox_id_n"),
        sqlite_with_rowid=False,
    )


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("deposit_id", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposits.id"], name="fk_uploads_deposit_id"),
        sa.UniqueConstraint("deposit_id", name="uq_uploads_deposit_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slices",
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "index", name="pk_slices"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_slices_upload_id"),
        sqlite_with_rowid=False,
    )
