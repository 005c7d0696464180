"""Passkeys, one-time codes and what a login has shown of itself.

Logins are made anew, because each says from now on by what means it began: whoever is signed in
during the upgrade signs in again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    op.drop_table("logins")
    _make(
        "logins",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("means", sa.String(16), nullable=False),
        sa.Column("passkey", sa.String(32), nullable=True),
        sa.Column("started_at", LARGE, nullable=False),
        sa.Column("seen_at", LARGE, nullable=False),
        sa.Column("confirmed_at", LARGE, nullable=False),
        key="token_hash",
    )
    _make(
        "passkeys",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("credential", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", LARGE, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("added_on", sa.Date, nullable=False),
        sa.Column("used_on", sa.Date, nullable=True),
        sa.Column("doubted", sa.Boolean(create_constraint=False), nullable=False),
        unique="credential",
    )
    _make_others()


def _make_others() -> None:
    _make(
        "codes",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("confirmed", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("counter", LARGE, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("wrong_on", sa.Date, nullable=True),
        key="person_id",
    )
    _make(
        "invitations",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("by", sa.String(16), nullable=True),
        sa.Column("expires_at", LARGE, nullable=False),
        key="person_id",
        unique="hash",
    )
    op.create_table(
        "spent",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("expires_at", LARGE, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_spent"),
        sqlite_with_rowid=False,
    )
    _make(
        "recoveries",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("act", sa.String(64), nullable=True),
        key="person_id",
    )


def _make(
    name: str, *columns: sa.Column[object], key: str = "id", unique: str | None = None
) -> None:
    """A table about people with an account."""
    once = [] if unique is None else [sa.UniqueConstraint(unique, name=f"uq_{name}_{unique}")]
    person = f"fk_{name}_person_id"
    op.create_table(
        name,
        *columns,
        sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=person),
        *once,
        sqlite_with_rowid=False,
    )
