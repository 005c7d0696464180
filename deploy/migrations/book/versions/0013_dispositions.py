"""Dispositions and their certificates; and what is of a case may go with it."""

import sqlalchemy as sa
from alembic import op

from review.store.triggers import UNTIL_DISPOSED, keep_rows, until_disposed

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
HASH, PERSON_ID, ID = sa.String(64), sa.String(16), sa.String(32)


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    kept = (_dispositions(tables), _disposed(tables), _left_out(tables), *_certificates(tables))
    for table in kept:
        keep_rows(table)
    for table in (*kept, _readers(tables), _unfinished(tables), _mailboxes(tables)):
        table.create(op.get_bind())
    _let_go_with_the_case()


def _of() -> sa.ForeignKey:
    return sa.ForeignKey("dispositions.id")


def _dispositions(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "dispositions",
        tables,
        sa.Column("id", ID, primary_key=True),
        sa.Column("manifest", HASH, nullable=False, unique=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("by", PERSON_ID, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )


def _disposed(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "disposed_cases",
        tables,
        sa.Column("case_id", HASH, primary_key=True),
        sa.Column("disposition", ID, _of(), nullable=False),
        sa.Column("record_class", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("triggered_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("executed_on", sa.Date, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("holds", HASH, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("ledger", sa.Integer, nullable=True),
        sa.Column("size", sa.Integer, nullable=True),
        sqlite_with_rowid=False,
    )


def _left_out(tables: sa.MetaData) -> sa.Table:
    reasons = "reason IN ('REOPENED', 'ON_HOLD', 'RECUSED', 'CHANGED')"
    return sa.Table(
        "left_out_cases",
        tables,
        sa.Column("disposition", ID, _of(), primary_key=True),
        sa.Column("case_id", HASH, primary_key=True),
        sa.Column("reason", sa.String(8), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.CheckConstraint(reasons, name="reason"),
        sqlite_with_rowid=False,
    )


def _certificates(tables: sa.MetaData) -> tuple[sa.Table, sa.Table]:
    certificates = sa.Table(
        "certificates",
        tables,
        sa.Column("disposition", ID, _of(), primary_key=True),
        sa.Column("digest", HASH, nullable=False, unique=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("backup_on", sa.Date, nullable=True),
        sqlite_with_rowid=False,
    )
    certified = sa.ForeignKey("certificates.disposition")
    ended = sa.Table(
        "ended_backups",
        tables,
        sa.Column("disposition", ID, certified, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    return certificates, ended


def _readers(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "disposition_readers",
        tables,
        sa.Column("disposition", ID, _of(), primary_key=True),
        sa.Column("person_id", PERSON_ID, primary_key=True),
        sa.Column("is_called", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )


def _unfinished(tables: sa.MetaData) -> sa.Table:
    stub = sa.ForeignKey("disposed_cases.case_id")
    return sa.Table(
        "unfinished_disposals",
        tables,
        sa.Column("case_id", HASH, stub, primary_key=True),
        sa.Column("mailbox_id", HASH, nullable=False),
        sa.Column("rewritten_on", sa.Date, nullable=True),
        sqlite_with_rowid=False,
    )


def _mailboxes(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "gone_mailboxes",
        tables,
        sa.Column("mailbox_id", HASH, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )


def _let_go_with_the_case() -> None:
    """Triggers that refused every removal refuse it until the stub is there."""
    bind = op.get_bind()
    for table in UNTIL_DISPOSED:
        on_sqlite, on_server = until_disposed(table)
        if bind.dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_no_delete")
            op.execute(on_sqlite)
            continue
        op.execute(f"DROP TRIGGER {table}_no_delete ON {table}")
        for statement in on_server:
            op.execute(statement)
