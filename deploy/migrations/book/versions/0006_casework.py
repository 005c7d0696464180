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
DAYS = ("opened_on", "acknowledged_on", "triaged_on", "classified_on", "escalated_on", "asked_on",
        "fed_back_on", "closed_on")  # fmt: skip
# What is known of the cases that there were: when somebody first read them is not, so it is the
# day they came; the first reply acknowledged; and who closed one has told so on the same day.
_BEGUN = """
INSERT INTO courses (case_id, channel, severity, officer, in_scope, on_hold, is_drill, opened_on,
                     acknowledged_on, closed_on)
SELECT c.id, 'ONLINE', 'S0', false, true, false, false,
       CASE WHEN c.state = 'RECEIVED' THEN NULL ELSE c."on" END,
       (SELECT min(e."on") FROM envelopes e WHERE e.case_id = c.id AND e.thread = 'committee'),
       CASE WHEN c.state = 'CLOSED' THEN
           (SELECT max(e."on") FROM envelopes e WHERE e.case_id = c.id AND e.kind = 'state')
       END
FROM cases c
"""


def upgrade() -> None:
    tables = sa.MetaData(naming_convention=_NAMES)
    tables.reflect(op.get_bind(), only=["rosters", "cases"])
    for table in (*_acts(tables), _marks(tables), _drills(tables)):
        keep_rows(table)
        table.create(op.get_bind())
    for table in (_open_acts(tables), *_courses(tables)):
        table.create(op.get_bind())
    op.execute(_BEGUN)
    concerns = _concerns(tables)
    keep_rows(concerns, deletable=True)
    concerns.create(op.get_bind())


def _open_acts(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "open_acts",
        tables,
        sa.Column("hash", HASH, sa.ForeignKey("acts.hash"), primary_key=True),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Index("ix_open_acts_subject", "subject"),
        sqlite_with_rowid=False,
    )


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


def _marks(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "case_marks",
        tables,
        sa.Column("case_id", HASH, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("about", HASH, nullable=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("by", PERSON_ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('link', 'merge', 'check', 'detriment', 'retracted')", name="kind"
        ),
        sqlite_with_rowid=False,
    )


def _drills(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "drills",
        tables,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("sent", sa.Date, nullable=False),
        sa.Column("answered", sa.Date, nullable=True),
        sa.Column("marked", HASH, sa.ForeignKey("acts.hash"), nullable=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.UniqueConstraint("marked"),
        sa.CheckConstraint("outcome IN ('passed', 'failed')", name="outcome"),
        sqlite_with_rowid=False,
    )


def _courses(tables: sa.MetaData) -> list[sa.Table]:
    courses = sa.Table(
        "courses",
        tables,
        sa.Column("case_id", HASH, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("severity", sa.String(2), nullable=False),
        *(
            sa.Column(name, sa.Boolean(create_constraint=False), nullable=False)
            for name in ("officer", "in_scope", "on_hold", "is_drill")
        ),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("measure", sa.String(15), nullable=True),
        *(sa.Column(name, PERSON_ID, nullable=True) for name in ("investigator", "watcher")),
        *(
            sa.Column(name, sa.String(40), nullable=True)
            for name in ("recipient", "remedy", "retention_class")
        ),
        *(sa.Column(name, sa.Date, nullable=True) for name in DAYS),
        sqlite_with_rowid=False,
    )
    categories = sa.Table(
        "case_categories",
        tables,
        sa.Column("case_id", HASH, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("category", sa.String(4), nullable=False),
        sqlite_with_rowid=False,
    )
    outcomes = sa.Table(
        "case_outcomes",
        tables,
        sa.Column("case_id", HASH, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("subject", sa.String(16), primary_key=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sqlite_with_rowid=False,
    )
    return [courses, categories, outcomes]


def _concerns(tables: sa.MetaData) -> sa.Table:
    return sa.Table(
        "recorded_concerns",
        tables,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("by", PERSON_ID, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("act", "signature")),
        sa.Column("mailbox_id", HASH, nullable=False),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("case_recipient", sa.Text, nullable=False),
        sa.Column("case_signature", sa.String(88), nullable=False),
        *(
            sa.Column(name, sa.LargeBinary, nullable=False)
            for name in ("envelope", "grant", "routing")
        ),
        sqlite_with_rowid=False,
    )
