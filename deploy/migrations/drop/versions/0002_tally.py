"""The tally of deposits, its closed days, statements for deposits and proofs for mailboxes.

What is in the drop already has neither nonce nor statement and is not tallied: the tally begins
with the first deposit after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deposits", sa.Column("nonce", sa.String(64), nullable=True))
    op.add_column("deposits", sa.Column("statement", sa.LargeBinary, nullable=True))
    _tally()
    _tally_days()
    _proofs()
    if op.get_bind().dialect.name == "sqlite":
        _triggers()
    else:
        _triggers_on_postgresql()


def _tally() -> None:
    op.create_table(
        "tally",
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("value", name="pk_tally"),
        sqlite_with_rowid=False,
    )


def _tally_days() -> None:
    op.create_table(
        "tally_days",
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("collected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("on", name="pk_tally_days"),
        sqlite_with_rowid=False,
    )


def _proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", "n", name="pk_proofs"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_proofs_mailbox_id"),
        sqlite_with_rowid=False,
    )


def _triggers() -> None:
    op.execute("""CREATE TRIGGER tally_is_not_changed BEFORE UPDATE ON tally
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""")
    op.execute("""CREATE TRIGGER tally_is_not_deleted BEFORE DELETE ON tally
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""")
    op.execute("""CREATE TRIGGER tally_is_not_replaced BEFORE INSERT ON tally
WHEN EXISTS (SELECT 1 FROM tally WHERE value = NEW.value)
BEGIN SELECT RAISE(ABORT, 'the tally only grows'); END""")
    op.execute("""CREATE TRIGGER tally_days_are_not_changed BEFORE UPDATE ON tally_days
WHEN NOT (NEW."on" = OLD."on" AND NEW.document = OLD.document
AND NEW.collected IN (0, 1))
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""")
    op.execute("""CREATE TRIGGER tally_days_are_not_deleted BEFORE DELETE ON tally_days
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""")
    op.execute("""CREATE TRIGGER tally_days_are_not_replaced BEFORE INSERT ON tally_days
WHEN EXISTS (SELECT 1 FROM tally_days WHERE "on" = NEW."on")
BEGIN SELECT RAISE(ABORT, 'a closed day is closed'); END""")


def _triggers_on_postgresql() -> None:
    op.execute("""CREATE OR REPLACE FUNCTION underrose_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0]; END $$""")
    op.execute("""CREATE TRIGGER tally_is_not_changed BEFORE UPDATE ON tally FOR EACH ROW
WHEN (NEW.* IS DISTINCT FROM OLD.*) EXECUTE FUNCTION underrose_refuse('the tally only grows')""")
    op.execute("""CREATE TRIGGER tally_is_not_deleted BEFORE DELETE ON tally FOR EACH ROW
EXECUTE FUNCTION underrose_refuse('the tally only grows')""")
    op.execute("""CREATE TRIGGER tally_is_not_emptied BEFORE TRUNCATE ON tally FOR EACH STATEMENT
EXECUTE FUNCTION underrose_refuse('the tally only grows')""")
    op.execute("""CREATE TRIGGER tally_days_are_not_changed BEFORE UPDATE ON tally_days FOR EACH ROW
WHEN (NOT (NEW."on" = OLD."on" AND NEW.document = OLD.document))
EXECUTE FUNCTION underrose_refuse('a closed day is closed')""")
    op.execute("""CREATE TRIGGER tally_days_are_not_deleted BEFORE DELETE ON tally_days FOR EACH ROW
EXECUTE FUNCTION underrose_refuse('a closed day is closed')""")
    op.execute("""CREATE TRIGGER tally_days_are_not_emptied BEFORE TRUNCATE ON tally_days
FOR EACH STATEMENT EXECUTE FUNCTION underrose_refuse('a closed day is closed')""")
