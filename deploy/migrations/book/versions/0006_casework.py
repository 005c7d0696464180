"""The course of a case: acts with their signatures, coded fields, parties."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
HASH, PERSON_ID, SUBJECT = sa.String(64), sa.String(16), sa.String(100)


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    tables.reflect(op.get_bind(), only=["rosters", "cases"])
    for table in _acts(tables):
        keep_rows(table)
        table.create(op.get_bind())


def _acts(tables: sa.MetaData) -> list[sa.Table]:
    acts = sa.Table(
        "acts",
        tables,
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("roster", HASH, sa.ForeignKey("rosters.hash"), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("previous", HASH, nullable=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Index("ix_acts_subject", "subject"),
        sqlite_with_rowid=False,
    )
    signatures = sa.Table(
        "act_signatures",
        tables,
        sa.Column("hash", HASH, sa.ForeignKey("acts.hash"), primary_key=True),
        sa.Column("by", PERSON_ID, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    endings = sa.Table(
        "act_endings",
        tables,
        sa.Column("hash", HASH, sa.ForeignKey("acts.hash"), primary_key=True),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("n", sa.Integer, nullable=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("by", PERSON_ID, nullable=False),
        sa.Column("ending", sa.String(10), nullable=False),
        sa.UniqueConstraint("subject", "n"),
        sa.CheckConstraint("ending IN ('done', 'withdrawn')", name="ending"),
        sqlite_with_rowid=False,
    )
    return [acts, signatures, endings]
