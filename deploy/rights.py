"""Who may do what to which table on PostgreSQL: one table, and what follows from it.

Nobody but migrator owns anything. Every role is granted the statements below and no other, and in
the drop each sees only the rows below: intake those whose id it says beforehand, so that somebody
who has taken it over can list nothing. `underrose database upgrade` grants exactly this, takes away
whatever else was granted, and docs/rights.md is written from it. SQLite has no such barrier.

A new table is one line below, as in `"notices": {REVIEW: (SEE, ADD, _change("sent"))}`, and
`python -m deploy.reference`, which writes the page again. Without its line the upgrade stops on
PostgreSQL: nobody's rights are given by default. A program that only reads a table to follow a
foreign key needs no right to it, and whoever changes or removes a row by a condition needs SEE.
"""

from collections.abc import Mapping
from dataclasses import dataclass

INTAKE, COLLECTOR, REVIEW, BACKUP = "intake", "collector", "review", "backup"
MIGRATOR = "migrator"
# The roles to which tables are opened; the tables are migrator's.
ROLES = (INTAKE, COLLECTOR, REVIEW, BACKUP)


@dataclass(frozen=True)
class Right:
    """A verb, the columns it is for, and by which columns of a row the row must be named first.

    No columns means all of them, and no names that every row is there.
    """

    verb: str
    columns: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        columns = f" of {', '.join(self.columns)}" if self.columns else ""
        names = f" where {' or '.join(self.names)} is named" if self.names else ""
        return f"{self.verb}{columns}{names}"


def _see(*columns: str) -> Right:
    return Right("SELECT", columns)


def _change(*columns: str) -> Right:
    return Right("UPDATE", columns)


def _named(right: Right, *names: str) -> Right:
    return Right(right.verb, right.columns, names)


SEE, ADD, REMOVE = Right("SELECT"), Right("INSERT"), Right("DELETE")
Rights = Mapping[str, Mapping[str, tuple[Right, ...]]]

DROP: Rights = {
    "rosters": {INTAKE: (SEE,), COLLECTOR: (SEE, ADD)},
    # The collector makes the mailbox of a concern that a member has recorded.
    "mailboxes": {
        INTAKE: (
            _named(SEE, "id", "case_recipient"),
            ADD,
            _named(_change("head_n", "head_digest"), "id"),
        ),
        COLLECTOR: (SEE, ADD, REMOVE),
    },
    "deposits": {
        INTAKE: (_named(SEE, "once", "mailbox_id"), ADD),
        COLLECTOR: (SEE, _change("collected"), REMOVE),
    },
    "keyings": {INTAKE: (_named(SEE, "mailbox_id"),), COLLECTOR: (SEE, ADD, REMOVE)},
    "letters": {INTAKE: (_named(SEE, "mailbox_id"),), COLLECTOR: (SEE, ADD, REMOVE)},
    "texts": {INTAKE: (SEE,), COLLECTOR: (SEE, ADD)},
    "uploads": {
        INTAKE: (
            _named(SEE, "id"),
            ADD,
            _named(_change("deposit_id"), "id"),
            _named(REMOVE, "id"),
        ),
        COLLECTOR: (SEE, REMOVE),
    },
    "slices": {
        INTAKE: (_named(SEE, "upload_id"), ADD, _named(REMOVE, "upload_id")),
        COLLECTOR: (SEE, REMOVE),
    },
    "tally": {INTAKE: (ADD,), COLLECTOR: (SEE, ADD)},
    "tally_days": {INTAKE: (_see("on"),), COLLECTOR: (SEE, ADD, _change("collected"))},
    "proofs": {INTAKE: (_named(SEE, "mailbox_id"),), COLLECTOR: (SEE, ADD, REMOVE)},
    "answered": {INTAKE: (_named(SEE, "id"),), COLLECTOR: (SEE, ADD, REMOVE)},
}

_COURSE = (
    *("severity", "officer", "in_scope", "hold_needed", "is_drill", "outcome", "measure"),
    *(
        "investigator",
        "watcher",
        "recipient",
        "remedy",
        "retention_class",
        "opened_on",
        "acknowledged_on",
    ),
    *("triaged_on", "classified_on", "escalated_on", "asked_on", "fed_back_on", "closed_on"),
)
BOOK: Rights = {
    "people": {REVIEW: (SEE, ADD, _change("password_hash", "identity", "active", "role", "name"))},
    "enrolments": {REVIEW: (SEE, ADD, REMOVE)},
    "key_files": {REVIEW: (SEE, ADD, REMOVE)},
    "logins": {REVIEW: (SEE, ADD, _change("seen_at", "confirmed_at"), REMOVE)},
    "passkeys": {REVIEW: (SEE, ADD, _change("sign_count", "name", "used_on", "doubted"), REMOVE)},
    "codes": {REVIEW: (SEE, ADD, _change("confirmed", "counter", "wrong", "wrong_on"), REMOVE)},
    "invitations": {REVIEW: (SEE, ADD, REMOVE)},
    "spent": {REVIEW: (SEE, ADD, REMOVE)},
    "recoveries": {REVIEW: (SEE, ADD, _change("act"), REMOVE)},
    "rosters": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "cases": {
        COLLECTOR: (SEE, ADD, REMOVE),
        REVIEW: (SEE, _change("state", "generation", "recipient")),
    },
    "case_readers": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "case_exclusions": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE,)},
    "grants": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD)},
    "case_keys": {COLLECTOR: (SEE, _change("posted"), REMOVE), REVIEW: (SEE, ADD)},
    # Triggers let these go only when their case was disposed of.
    "recusals": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    "offered_files": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "shares": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    "releases": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    "envelopes": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD)},
    "slices": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE,)},
    # The collector writes a case's rows of the inbox anew: for whom, and what they have read.
    "readings": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD, _change("n", "on"))},
    "inbox": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "outbox": {COLLECTOR: (SEE, _change("posted"), REMOVE), REVIEW: (SEE, ADD)},
    "pending_entries": {COLLECTOR: (SEE, ADD), REVIEW: (SEE, ADD, REMOVE), BACKUP: (ADD,)},
    "ledgers": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD, _change("size"))},
    "ledger_entries": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "ledger_nodes": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "checkpoints": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "cosignatures": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "case_entries": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD, REMOVE)},
    "adopted_rules": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "tally_days": {COLLECTOR: (SEE, ADD), REVIEW: (SEE,)},
    "proof_posts": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE,)},
    "set_aside": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE,)},
    "backups": {COLLECTOR: (SEE,), REVIEW: (SEE,), BACKUP: (ADD, _change("removed_on"))},
    "backed_up": {COLLECTOR: (SEE,), BACKUP: (ADD,)},
    # The collector brings what two have agreed to submitters' pages. It begins the case of a
    # concern that a member recorded with the act by which they signed for it; the console puts
    # such a concern down and makes no case.
    "acts": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD)},
    "act_signatures": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD)},
    "open_acts": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "act_endings": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD)},
    "recorded_concerns": {COLLECTOR: (SEE, REMOVE), REVIEW: (_see("id", "by"), ADD)},
    "courses": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE, ADD, _change(*_COURSE))},
    "case_categories": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "case_outcomes": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD, REMOVE)},
    "case_marks": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    "drills": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "holds": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "kept_as": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    # The console proposes, the collector carries out, and what makes backups looks whether all is
    # gone and certifies it: it sees every store and removes nothing.
    "dispositions": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
    "disposition_readers": {COLLECTOR: (SEE, REMOVE), REVIEW: (SEE, ADD)},
    "disposed_cases": {COLLECTOR: (SEE, ADD), REVIEW: (SEE,)},
    "left_out_cases": {COLLECTOR: (SEE, ADD), REVIEW: (SEE,)},
    "unfinished_disposals": {
        COLLECTOR: (SEE, ADD, _change("rewritten_on"), REMOVE),
        REVIEW: (SEE,),
    },
    "gone_mailboxes": {COLLECTOR: (SEE, ADD, REMOVE)},
    "certificates": {COLLECTOR: (SEE,), REVIEW: (SEE,), BACKUP: (ADD,)},
    "ended_backups": {REVIEW: (SEE,), BACKUP: (ADD,)},
    "charter_heads": {REVIEW: (SEE, ADD)},
    # A trigger lets a record go only when its stub is there.
    "charter_records": {REVIEW: (SEE, ADD, REMOVE)},
    "charter_stubs": {REVIEW: (SEE, ADD)},
    "document_uploads": {REVIEW: (SEE, ADD, REMOVE)},
    "documents": {REVIEW: (SEE, ADD, REMOVE)},
    "document_slices": {REVIEW: (SEE, ADD, REMOVE)},
    "mail_addresses": {REVIEW: (SEE, ADD, REMOVE)},
    "notices_sent": {REVIEW: (SEE, ADD)},
    "told_quarters": {REVIEW: (SEE, ADD)},
    "own_texts": {COLLECTOR: (SEE,), REVIEW: (SEE, ADD)},
}

SHRED: Rights = {"shred_keys": {COLLECTOR: (SEE, ADD, REMOVE), REVIEW: (SEE,)}}

RIGHTS: Mapping[str, Rights] = {
    "drop": {**DROP, "alembic_version": dict.fromkeys((INTAKE, COLLECTOR), (SEE,))},
    "book": {**BOOK, "alembic_version": dict.fromkeys((COLLECTOR, REVIEW), (SEE,))},
    "shred": {**SHRED, "alembic_version": dict.fromkeys((COLLECTOR, REVIEW), (SEE,))},
}
# Where rows are looked at one by one. In the book and the store of shred keys, who may be shown a
# case is the console's own rule.
BY_ROW = ("drop",)


def of(name: str, table: str, role: str) -> tuple[Right, ...]:
    """What a role may do to a table; a backup reads everything and keeps its own record."""
    rights = RIGHTS[name][table].get(role, ())
    return (SEE, *rights) if role == BACKUP else rights
