"""Slices get a random number as their key, so that looking one up reads no other.

A tree of SQLite that is ordered by texts compares whole rows, and each of these is a mebibyte.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _anew()
    else:
        _in_place()


def _anew() -> None:
    op.create_table(
        "numbered",
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("id", LARGE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slices"),
        sa.UniqueConstraint("upload_id", "index", name="uq_slices_upload_id_index"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_slices_upload_id"),
    )
    op.execute("""INSERT INTO numbered (upload_id, "index", envelope, "on", id)
SELECT upload_id, "index", envelope, "on", abs(random() / 2) FROM slices""")
    op.drop_table("slices")
    op.rename_table("numbered", "slices")


def _in_place() -> None:
    op.add_column("slices", sa.Column("id", LARGE, autoincrement=False, nullable=True))
    op.execute("""UPDATE slices
SET id = ('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint""")
    op.alter_column("slices", "id", nullable=False)
    op.drop_constraint("pk_slices", "slices")
    op.create_primary_key("pk_slices", "slices", ["id"])
    op.create_unique_constraint("uq_slices_upload_id_index", "slices", ["upload_id", "index"])
