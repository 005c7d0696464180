"""The documents that show a record of the charter's book: sealed in the browser, or as they are."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_NAMES = {"pk": "pk_%(table_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
_KEPT = "kept IN ('SECRETARIAT', 'MEMBERS', 'PLAIN')"


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    uploads = sa.Table(
        "document_uploads",
        tables,
        sa.Column("id", sa.String(32), primary_key=True),
        *_described(),
        sa.CheckConstraint(_KEPT, name="kept"),
        sqlite_with_rowid=False,
    )
    documents = sa.Table(
        "documents",
        tables,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        *_described(),
        sa.CheckConstraint(_KEPT, name="kept"),
        sqlite_with_rowid=False,
    )
    slices = sa.Table(
        "document_slices",
        tables,
        sa.Column("document_id", sa.String(32), primary_key=True),
        sa.Column("index", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    for table in (uploads, documents, slices):
        keep_rows(table, deletable=True)
        table.create(op.get_bind())


def _described() -> list[sa.Column[object]]:
    return [
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", LARGE, nullable=False),
        sa.Column("slices", sa.Integer, nullable=False),
        sa.Column("kept", sa.String(12), nullable=False),
        sa.Column("roster", sa.String(64), nullable=True),
    ]
