"""First tables of the case book."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    _people()
    _rosters_and_cases()
    _readers()
    _envelopes()
    _slices_and_outbox()
    _pending_entries()
    _set_aside()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(128), nullable=True),
        sa.Column("identity", sa.LargeBinary, nullable=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("username", name="uq_people_username"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logins",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("started_at", LARGE, nullable=False),
        sa.Column("seen_at", LARGE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_logins_person_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_logins"),
        sqlite_with_rowid=False,
    )


def _rosters_and_cases() -> None:
    op.create_table(
        "rosters",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("epoch", LARGE, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_rosters"),
        sa.UniqueConstraint("epoch", name="uq_rosters_epoch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("roster", sa.String(64), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["roster"], ["rosters.hash"], name="fk_cases_roster"),
        sa.UniqueConstraint("mailbox_id", name="uq_cases_mailbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_with_rowid=False,
    )


def _readers() -> None:
    op.create_table(
        "case_readers",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_case_readers"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_readers_case_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_exclusions",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_case_exclusions"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_exclusions_case_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "readings",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_readings_case_id"),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_readings"),
        sqlite_with_rowid=False,
    )


def _envelopes() -> None:
    op.create_table(
        "grants",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "generation", name="pk_grants"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_grants_case_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "envelopes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("thread", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("by", sa.String(16), nullable=True),
        sa.Column("deposit_id", sa.String(32), nullable=True),
        sa.Column("upload_id", sa.String(64), nullable=True),
        sa.Column("slices", sa.Integer, nullable=False),
        sa.UniqueConstraint("case_id", "thread", "n", name="uq_envelopes_case_id_thread_n"),
        sa.PrimaryKeyConstraint("id", name="pk_envelopes"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_envelopes_case_id"),
        sa.CheckConstraint(
            "thread IN ('submitter', 'committee', 'notes')", name=op.f("ck_envelopes_thread")
        ),
        sa.UniqueConstraint("deposit_id", name="uq_envelopes_deposit_id"),
        sqlite_with_rowid=False,
    )


def _slices_and_outbox() -> None:
    op.create_table(
        "slices",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "upload_id", "index", name="pk_slices"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_outbox_case_id"),
        sa.UniqueConstraint("case_id", "n", name="uq_outbox_case_id_n"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_with_rowid=False,
    )


def _pending_entries() -> None:
    op.create_table(
        "pending_entries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("commitment", sa.String(64), nullable=True),
        sa.Column("by", sa.String(16), nullable=True),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("previous", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pending_entries"),
        sa.UniqueConstraint("previous", name="uq_pending_entries_previous"),
        sqlite_with_rowid=False,
    )


def _set_aside() -> None:
    op.create_table(
        "set_aside",
        sa.Column("deposit_id", sa.String(32), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("deposit_id", name="pk_set_aside"),
        sqlite_with_rowid=False,
    )
