"""The committee's own texts, statistics by quarter, and notices sent."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    sa.Table("people", tables, sa.Column("id", sa.String(16), primary_key=True))
    addresses = sa.Table(
        "mail_addresses",
        tables,
        sa.Column("person_id", sa.String(16), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False),
        sqlite_with_rowid=False,
    )
    sent = sa.Table(
        "notices_sent",
        tables,
        sa.Column("week", sa.Date, primary_key=True),
        sa.Column("person_id", sa.String(16), sa.ForeignKey("people.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    quarters = sa.Table(
        "told_quarters",
        tables,
        sa.Column("quarter", sa.String(7), primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sqlite_with_rowid=False,
    )
    texts = sa.Table(
        "own_texts",
        tables,
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    keep_rows(quarters)
    keep_rows(texts)
    for table in (addresses, sent, quarters, texts):
        table.create(op.get_bind())
