"""The documents that show a record of the charter's book: sealed in the browser, or as they are.

Their slices, and from here on those of submitters' files, have a random number as their key, so
that looking one up reads no other: a tree of SQLite that is ordered by texts compares whole rows,
and each of these is a mebibyte.
"""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
_PLACE = "uq_slices_case_id_upload_id_index"
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
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("id", LARGE, primary_key=True, autoincrement=False),
        sa.UniqueConstraint("document_id", "index"),
    )
    for table in (uploads, documents, slices):
        keep_rows(table, deletable=True)
        table.create(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        _number_anew()
    else:
        _number_in_place()


def _number_anew() -> None:
    op.create_table(
        "numbered",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("id", LARGE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slices"),
        sa.UniqueConstraint("case_id", "upload_id", "index", name=_PLACE),
    )
    op.execute("""INSERT INTO numbered (case_id, upload_id, "index", sealed, id)
SELECT case_id, upload_id, "index", sealed, abs(random() / 2) FROM slices""")
    op.drop_table("slices")
    op.rename_table("numbered", "slices")


def _number_in_place() -> None:
    op.add_column("slices", sa.Column("id", LARGE, autoincrement=False, nullable=True))
    op.execute("""UPDATE slices
SET id = ('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint""")
    op.alter_column("slices", "id", nullable=False)
    op.drop_constraint("pk_slices", "slices")
    op.create_primary_key("pk_slices", "slices", ["id"])
    op.create_unique_constraint(_PLACE, "slices", ["case_id", "upload_id", "index"])


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
