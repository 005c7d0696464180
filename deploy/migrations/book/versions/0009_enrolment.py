"""Keys that people make in their own browsers: requests that wait, and the files of each key."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    sa.Table("people", tables, sa.Column("id", sa.String(16), primary_key=True))
    made = (
        sa.Table(
            "enrolments",
            tables,
            sa.Column("person_id", sa.String(16), sa.ForeignKey("people.id"), primary_key=True),
            sa.Column("on", sa.Date, nullable=False),
            sa.Column("recipient", sa.String(64), nullable=False),
            sa.Column("request", sa.LargeBinary, nullable=False),
            sa.Column("identity", sa.LargeBinary, nullable=False),
            sqlite_with_rowid=False,
        ),
        sa.Table(
            "key_files",
            tables,
            sa.Column("person_id", sa.String(16), sa.ForeignKey("people.id"), primary_key=True),
            sa.Column("recipient", sa.String(64), primary_key=True),
            sa.Column("kind", sa.String(8), primary_key=True),
            sa.Column("n", sa.Integer, primary_key=True),
            sa.Column("on", sa.Date, nullable=False),
            sa.Column("sealed", sa.LargeBinary, nullable=False),
            sa.Column("passkey", sa.String(2000), nullable=True),
            sa.CheckConstraint("kind IN ('passkey', 'recovery', 'former')", name="kind"),
            sqlite_with_rowid=False,
        ),
    )
    for table in made:
        table.create(op.get_bind())
