"""Legal holds, how each case is kept, and that a case's course says whether a hold is needed."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


def upgrade() -> None:
    # Whether a case is held, the holds say from now on.
    op.alter_column("courses", "on_hold", new_column_name="hold_needed")
    tables = sa.MetaData(naming_convention=_NAMES)
    sa.Table("acts", tables, sa.Column("hash", sa.String(64), primary_key=True))
    sa.Table("cases", tables, sa.Column("id", sa.String(64), primary_key=True))
    holds = sa.Table(
        "holds",
        tables,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("act", sa.String(64), sa.ForeignKey("acts.hash"), nullable=False, unique=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    kept_as = sa.Table(
        "kept_as",
        tables,
        sa.Column("case_id", sa.String(64), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("record_class", sa.String(40), nullable=True),
        sa.Column("version", sa.Integer, nullable=True),
        sqlite_with_rowid=False,
    )
    for table in (holds, kept_as):
        keep_rows(table)
        table.create(op.get_bind())
