"""The ledger, and what the entries that wait for it were lacking."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from review.store.triggers import on_postgresql

_Row = sa.Row[Any]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As large on PostgreSQL as an integer is on SQLite.
LARGE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

_RECEIVED = ("submission.received", "follow-up.received")
# What 0.1.0 said of steps, which nobody signed then: no type of today could tell them.
_EARLIER = {"case.moved": "case.moved-earlier", "case.closed": "case.closed-earlier"}
# The entries that tell of a message, by the thread that it stands in.
_THREADS = {
    "submitter": _RECEIVED,
    "committee": ("reply.left", "case.moved", "case.closed"),
    "notes": ("note.left",),
}


def upgrade() -> None:
    op.add_column("envelopes", sa.Column("sealed_digest", sa.String(64), nullable=True))
    op.add_column("readings", sa.Column("on", sa.Date, nullable=True))
    chains = _chains()
    _tell_digests(chains)
    _tell_days()
    _renew_pending_entries(chains)
    _ledgers()
    _checkpoints()
    _case_entries()
    _tally_and_proofs()
    _triggers()


def _chains() -> list[list[_Row]]:
    """The entries of each case, in the order in which they name each other."""
    rows = op.get_bind().execute(sa.text("SELECT * FROM pending_entries")).all()
    after = {row.previous: row for row in rows if row.previous is not None}
    chains = []
    for row in rows:
        if row.case_id is not None and row.previous is None:
            chain = [row]
            while chain[-1].id in after:
                chain.append(after[chain[-1].id])
            chains.append(chain)
    return chains


def _tell_digests(chains: list[list[_Row]]) -> None:
    """Take the digest of every envelope from the entry that tells of it, where they match."""
    messages = sa.text(
        "SELECT n FROM envelopes WHERE case_id = :case_id AND thread = :thread ORDER BY n"
    )
    keep = sa.text(
        "UPDATE envelopes SET sealed_digest = :digest"
        " WHERE case_id = :case_id AND thread = :thread AND n = :n"
    )
    bind = op.get_bind()
    for chain in chains:
        for thread, types in _THREADS.items():
            place = {"case_id": chain[0].case_id, "thread": thread}
            places = bind.execute(messages, place).scalars().all()
            told = [row.digest for row in chain if row.type in types and row.digest is not None]
            if len(places) == len(told):
                for n, digest in zip(places, told, strict=True):
                    bind.execute(keep, {**place, "n": n, "digest": digest})


def _tell_days() -> None:
    op.execute(
        'UPDATE readings SET "on" = (SELECT max(p."on") FROM pending_entries p'
        " WHERE p.case_id = readings.case_id AND p.by = readings.person_id"
        " AND p.type IN ('case.opened', 'case.read'))"
    )


def _renew_pending_entries(chains: list[list[_Row]]) -> None:
    """The table anew, with a nonce for every entry, and data as the ledger's registry has them."""
    numbers = {
        row.id: n
        for chain in chains
        for n, row in enumerate((row for row in chain if row.type in _RECEIVED), 1)
    }
    rows = list(_repaired(numbers))
    op.drop_table("pending_entries")
    table = op.create_table(
        "pending_entries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("case_id", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("commitment", sa.String(64), nullable=True),
        sa.Column("by", sa.String(16), nullable=True),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("previous", sa.String(32), nullable=True),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("message_n", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pending_entries"),
        sa.UniqueConstraint("previous", name="uq_pending_entries_previous"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(table, rows)


def _repaired(numbers: dict[str, int]) -> Iterator[dict[str, object]]:
    columns = sa.table(
        "pending_entries",
        *(sa.column(name) for name in ("id", "type", "case_id", "digest", "commitment", "by")),
        *(sa.column(name) for name in ("data", "previous")),
        sa.column("on", sa.Date),
    )
    for row in op.get_bind().execute(sa.select(columns)):
        values = dict(row._mapping)
        if row.type == "exported":
            values["data"] = _canonical({"bundle": row.digest, "reader": "case"})
            values["digest"] = None
        if row.type == "login.started":
            told = json.loads(row.data)
            values["data"] = _canonical({"means": told.get("by", "password")})
        values["type"] = _EARLIER.get(row.type, row.type)
        values["nonce"] = secrets.token_hex(32)
        values["message_n"] = numbers.get(row.id)
        yield values


def _canonical(data: dict[str, object]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _ledgers() -> None:
    op.create_table(
        "ledgers",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("vkey", sa.Text, nullable=False),
        sa.Column("begun_on", sa.Date, nullable=False),
        sa.Column("size", LARGE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ledgers"),
        sa.UniqueConstraint("origin", name="uq_ledgers_origin"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_entries",
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("index", LARGE, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_ledger_entries_ledger"),
        sa.PrimaryKeyConstraint("ledger", "index", name="pk_ledger_entries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("position", LARGE, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_ledger_nodes_ledger"),
        sa.PrimaryKeyConstraint("ledger", "level", "position", name="pk_ledger_nodes"),
        sqlite_with_rowid=False,
    )


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("size", LARGE, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_checkpoints_ledger"),
        sa.PrimaryKeyConstraint("ledger", "size", name="pk_checkpoints"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cosignatures",
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("size", LARGE, nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger", "size"],
            ["checkpoints.ledger", "checkpoints.size"],
            name="fk_cosignatures_ledger_size",
        ),
        sa.PrimaryKeyConstraint("ledger", "size", "key_id", "name", name="pk_cosignatures"),
        sqlite_with_rowid=False,
    )


def _case_entries() -> None:
    op.create_table(
        "case_entries",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("index", LARGE, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("message_n", sa.Integer, nullable=True),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_case_entries_ledger"),
        sa.PrimaryKeyConstraint("case_id", "n", name="pk_case_entries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "adopted_rules",
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_adopted_rules_ledger"),
        sa.PrimaryKeyConstraint("ledger", "n", name="pk_adopted_rules"),
        sqlite_with_rowid=False,
    )


def _tally_and_proofs() -> None:
    op.create_table(
        "tally_days",
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("on", name="pk_tally_days"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proof_posts",
        sa.Column("mailbox_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("ledger", sa.Integer, nullable=False),
        sa.Column("size", LARGE, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.number"], name="fk_proof_posts_ledger"),
        sa.PrimaryKeyConstraint("mailbox_id", "n", name="pk_proof_posts"),
        sqlite_with_rowid=False,
    )


def _triggers() -> None:
    _refuse("pending_entries", [["id"], ["previous"]], deletable=True)
    _refuse("ledgers", [["number"], ["origin"]], changed=_OTHER_THAN_LARGER)
    _refuse("ledger_entries", [["ledger", "index"]])
    _refuse("ledger_nodes", [["ledger", "level", "position"]])
    _refuse("checkpoints", [["ledger", "size"]])
    _refuse("cosignatures", [["ledger", "size", "key_id", "name"]])
    _refuse("case_entries", [["case_id", "n"]], deletable=True)
    _refuse("adopted_rules", [["ledger", "n"]])
    _refuse("tally_days", [["on"]])


_OTHER_THAN_LARGER = (
    "NEW.number IS NOT OLD.number OR NEW.origin IS NOT OLD.origin "
    "OR NEW.vkey IS NOT OLD.vkey OR NEW.begun_on IS NOT OLD.begun_on OR NEW.size <= OLD.size"
)


def _refuse(
    table: str, keys: list[list[str]], *, deletable: bool = False, changed: str | None = None
) -> None:
    """Triggers against a change, a deletion, and INSERT OR REPLACE over any unique key."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in on_postgresql(table, deletable=deletable, changed=changed):
            op.execute(statement)
        return
    _trigger(table, "update", "UPDATE", changed, "never changed")
    if not deletable:
        _trigger(table, "delete", "DELETE", None, "never deleted")
    same = " OR ".join(
        "(" + " AND ".join(f'"{name}" = NEW."{name}"' for name in key) + ")" for key in keys
    )
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
    _trigger(table, "replace", "INSERT", there, "never replaced")


def _trigger(table: str, name: str, event: str, condition: str | None, fact: str) -> None:
    when = "" if condition is None else f" WHEN {condition}"
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}{when} "
        f"BEGIN SELECT RAISE(ABORT, 'a row of {table} is {fact}'); END"
    )
