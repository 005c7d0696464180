"""A case's later keys, who is out of it, with whom it is shared, and whether all may be told."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import keep_rows

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
HASH, PERSON_ID = sa.String(64), sa.String(16)


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    tables.reflect(op.get_bind(), only=["cases", "acts"])
    kept = (_recusals(tables), _shares(tables), _releases(tables))
    for table in kept:
        keep_rows(table)
    for table in (_case_keys(tables), kept[0], _offered_files(tables), *kept[1:]):
        table.create(op.get_bind())


def _case() -> sa.ForeignKey:
    return sa.ForeignKey("cases.id")


def _act() -> sa.ForeignKey:
    return sa.ForeignKey("acts.hash")


def _case_keys(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "case_keys",
        tables,
        sa.Column("case_id", HASH, _case(), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("act", HASH, _act(), nullable=False, unique=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("keying", sa.LargeBinary, nullable=False),
        sa.Column("posted", sa.Boolean(create_constraint=False), nullable=False),
        sqlite_with_rowid=False,
    )


def _recusals(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "recusals",
        tables,
        sa.Column("case_id", HASH, _case(), primary_key=True),
        sa.Column("person_id", PERSON_ID, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("act", HASH, _act(), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )


def _offered_files(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "offered_files",
        tables,
        sa.Column("act", HASH, _act(), primary_key=True),
        sa.Column("name", sa.String(5), primary_key=True),
        sa.Column("case_id", HASH, _case(), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("name IN ('grant', 'link')", name="name"),
        sqlite_with_rowid=False,
    )


def _shares(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "shares",
        tables,
        sa.Column("case_id", HASH, _case(), primary_key=True),
        sa.Column("person_id", PERSON_ID, primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("verify_key", HASH, nullable=False),
        sa.Column("act", HASH, _act(), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def _releases(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "releases",
        tables,
        sa.Column("case_id", HASH, _case(), primary_key=True),
        sa.Column("act", HASH, _act(), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
