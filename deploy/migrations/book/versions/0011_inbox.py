"""The inbox of each reader, kept ready so that ten thousand cases slow no page."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF, _LOOKED_FOR = ("person_id", "is_drill"), ("stage", "severity", "categories")
_INDEXES = (
    ("ix_inbox_due", [*_OF, "next_due", "case_id", *_LOOKED_FOR]),
    ("ix_inbox_received", [*_OF, "received_on", "case_id", *_LOOKED_FOR, "next_due"]),
    ("ix_inbox_stage", [*_OF, "stage", "next_due", "case_id"]),
    ("ix_inbox_case", ["case_id"]),
)
_NEW = sa.text("unread > 0")
_ACKNOWLEDGE, _CLOSE = datetime.timedelta(days=7), datetime.timedelta(days=45)


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(2), nullable=False),
        sa.Column("categories", sa.String(120), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("next_clock", sa.String(20), nullable=False),
        sa.Column("next_due", sa.Date, nullable=False),
        sa.Column("follow_ups", sa.Integer, nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("is_drill", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "case_id", name="pk_inbox"),
        sa.ForeignKeyConstraint(
            ["case_id", "person_id"],
            ["case_readers.case_id", "case_readers.person_id"],
            name="fk_inbox_case_readers",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    for name, columns in _INDEXES:
        op.create_index(name, "inbox", columns)
    columns = [*_OF, "next_due", "case_id"]
    op.create_index("ix_inbox_new", "inbox", columns, sqlite_where=_NEW, postgresql_where=_NEW)
    op.create_index("ix_cases_roster", "cases", ["roster", "generation", "id"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """The rows of cases that are there already; whatever happens in a case writes its rows anew."""
    counted = (
        'SELECT r.person_id, c.id, c."on", c.state, COALESCE(g.n, 0), (SELECT MAX(e.n) FROM'
        " envelopes e WHERE e.case_id = c.id AND e.thread = 'submitter') FROM case_readers r"
        " JOIN cases c ON c.id = r.case_id"
        " LEFT JOIN readings g ON g.case_id = r.case_id AND g.person_id = r.person_id"
    )
    rows = connection.execute(
        sa.text(counted).columns(
            sa.column("person_id", sa.String), sa.column("id", sa.String), sa.column("on", sa.Date),
            sa.column("state", sa.String), sa.column("read", sa.Integer),
            sa.column("newest", sa.Integer),
        )
    ).all()  # fmt: skip
    inbox = sa.Table("inbox", sa.MetaData(), autoload_with=connection)
    for person, case, on, state, read, newest in rows:
        clock, due = _next(on, state)
        connection.execute(
            inbox.insert().values(
                person_id=person, case_id=case, received_on=on, stage=state, severity="S0",
                categories=" ", channel="ONLINE", next_clock=clock, next_due=due,
                follow_ups=newest - 1, unread=max(newest - read, 0), is_drill=False,
            )
        )  # fmt: skip


def _next(on: datetime.date, state: str) -> tuple[str, datetime.date]:
    if state == "CLOSED":
        return "", datetime.date.max
    if state in ("RECEIVED", "OPENED"):
        return "ACKNOWLEDGEMENT", on + _ACKNOWLEDGE
    return "CLOSURE", on + _CLOSE
