"""An inventory: what each column is, and that none is finer than it must be."""

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Time,
    select,
)

from crypto import shredding
from review.store import documents, envelopes, schema
from review.store.charter_schema import document_slices
from review.store.database import writing
from review.store.shred import RowKey
from tests import committee
from tests.browser.installation import Installation

# About a submitter or a case, and in clear: days, states, ids and hashes.
CODED = {
    "rosters": {"hash", "epoch", "document"},
    "cases": {"id", "mailbox_id", "on", "roster", "recipient", "state", "generation"},
    "case_readers": {"case_id", "person_id"},
    "case_exclusions": {"case_id", "person_id"},
    "readings": {"case_id", "person_id", "n", "on"},
    "inbox": {
        *("person_id", "case_id", "received_on", "stage", "severity", "categories", "channel"),
        *("next_clock", "next_due", "follow_ups", "unread", "is_drill"),
    },
    "grants": {"case_id", "generation"},
    "case_keys": {"case_id", "generation", "recipient", "act", "on", "keying", "posted"},
    "recusals": {"case_id", "person_id", "generation", "act", "on"},
    "offered_files": {"act", "name", "case_id", "recipient"},
    "shares": {"case_id", "person_id", "generation", "recipient", "verify_key", "act", "on"},
    "releases": {"case_id", "act", "on"},
    "envelopes": {
        *("id", "case_id", "thread", "kind", "n", "on", "digest", "by"),
        *("deposit_id", "upload_id", "slices", "sealed_digest"),
    },
    "slices": {"case_id", "upload_id", "index", "id"},
    "outbox": {"id", "case_id", "mailbox_id", "n", "posted"},
    "pending_entries": {
        *("id", "type", "on", "case_id", "digest", "commitment", "by", "data", "previous"),
        *("nonce", "message_n"),
    },
    "ledgers": {"number", "origin", "vkey", "begun_on", "size"},
    "ledger_entries": {"ledger", "index", "leaf_hash", "document"},
    "ledger_nodes": {"ledger", "level", "position", "hash"},
    "checkpoints": {"ledger", "size", "on", "note"},
    "cosignatures": {"ledger", "size", "key_id", "name", "line"},
    "case_entries": {"case_id", "n", "ledger", "index", "leaf_hash", "message_n"},
    "adopted_rules": {"ledger", "n", "rules"},
    "tally_days": {"on", "document"},
    "proof_posts": {"mailbox_id", "n", "ledger", "size", "final"},
    "set_aside": {"deposit_id", "on", "reason"},
    "backups": {
        *("id", "store", "on", "expires_on", "digest", "contents", "base", "has", "removed_on"),
    },
    "backed_up": {"store", "id"},
    "acts": {"hash", "subject", "act", "roster", "on", "previous", "document"},
    "act_signatures": {"hash", "by", "on", "signature"},
    "open_acts": {"hash", "subject"},
    "act_endings": {"hash", "subject", "n", "on", "by", "ending"},
    # As in the drop, what is sealed waits here for the collection and is not sealed once more.
    "recorded_concerns": {
        *("id", "by", "act", "signature", "mailbox_id", "mailbox", "case_recipient"),
        "case_signature",
    },
    "courses": {
        *("case_id", "channel", "severity", "officer", "in_scope", "hold_needed", "is_drill"),
        *(
            "outcome",
            "measure",
            "investigator",
            "watcher",
            "recipient",
            "remedy",
            "retention_class",
        ),
        *("opened_on", "acknowledged_on", "triaged_on", "classified_on", "escalated_on"),
        *("asked_on", "fed_back_on", "closed_on"),
    },
    "dispositions": {"id", "manifest", "document", "by", "on"},
    "disposition_readers": {"disposition", "person_id", "is_called"},
    "disposed_cases": {
        *("case_id", "disposition", "record_class", "version", "triggered_on", "due_on"),
        *("executed_on", "record", "holds", "account", "ledger", "size"),
    },
    "left_out_cases": {"disposition", "case_id", "reason", "on"},
    "unfinished_disposals": {"case_id", "mailbox_id", "rewritten_on"},
    "gone_mailboxes": {"mailbox_id", "on"},
    "certificates": {"disposition", "digest", "document", "on", "backup_on"},
    "ended_backups": {"disposition", "on"},
    "case_categories": {"case_id", "n", "category"},
    "case_outcomes": {"case_id", "subject", "outcome"},
    "drills": {"id", "outcome", "sent", "answered", "marked", "on"},
    "case_marks": {"case_id", "n", "kind", "about", "on", "by"},
    "holds": {"id", "act", "on"},
    "kept_as": {"case_id", "n", "on", "record_class", "version"},
    "shred_keys": {"case_id"},
}
# What everybody who verifies the ledger is given. Its index is drawn by lot within a day's batch.
LEDGER = {
    *("ledgers", "ledger_entries", "ledger_nodes", "checkpoints", "cosignatures"),
    *("adopted_rules", "tally_days"),
}
# Bytes that are hashes, signed, or coded: nothing that somebody wrote.
PUBLIC = {
    ("own_texts", "document"),
    ("dispositions", "document"),
    ("disposed_cases", "record"),
    ("certificates", "document"),
    ("rosters", "document"),
    ("ledger_entries", "leaf_hash"),
    ("ledger_entries", "document"),
    ("ledger_nodes", "hash"),
    ("checkpoints", "note"),
    ("case_entries", "leaf_hash"),
    ("tally_days", "document"),
    ("passkeys", "public_key"),
    ("case_keys", "keying"),
    ("acts", "document"),
    ("recorded_concerns", "act"),
    ("recorded_concerns", "signature"),
    ("act_signatures", "signature"),
    ("enrolments", "request"),
}
# Found by a random number, because a row is a mebibyte.
NUMBERED = {"slices", "document_slices"}
SEALED_ONCE_MORE = (
    *("grants", "envelopes", "slices", "outbox"),
    *("case_keys", "offered_files", "shares"),
)
# Age files, sealed once more under the case's shred key.
SHREDDED = {name: {"sealed"} for name in SEALED_ONCE_MORE}
# Sealed under something else: a person's passphrase, the store key.
SEALED = {
    "people": {"identity"},
    "shred_keys": {"wrapped"},
    "codes": {"sealed"},
    "recorded_concerns": {"envelope", "grant", "routing"},
    "enrolments": {"identity"},
    "key_files": {"sealed"},
    "holds": {"reason"},
}
# About people with an account, who are not submitters.
OF_PEOPLE = {
    "people": {"id", "role", "name", "username", "password_hash", "active"},
    "logins": {
        *("token_hash", "person_id", "csrf", "means", "passkey"),
        *("started_at", "seen_at", "confirmed_at"),
    },
    "passkeys": {
        *("id", "person_id", "credential", "public_key", "sign_count", "name"),
        *("added_on", "used_on", "doubted"),
    },
    "enrolments": {"person_id", "on", "recipient", "request"},
    "key_files": {"person_id", "recipient", "kind", "n", "on", "passkey"},
    "codes": {"person_id", "confirmed", "counter", "wrong", "wrong_on"},
    "invitations": {"person_id", "hash", "by", "expires_at"},
    "spent": {"hash", "expires_at"},
    "recoveries": {"person_id", "asked_on", "act"},
    "mail_addresses": {"person_id", "address"},
    "notices_sent": {"week", "person_id"},
}
# What a document's uploader says of it.
DESCRIBED = ("by", "on", "name", "mime", "size", "slices", "kept", "roster")
# The charter's book, in clear: what the committee did about its duties, and nothing of any case.
OF_CHARTER = {
    "charter_heads": {"id", "previous", "on", "by", "document"},
    "charter_records": {"id", "on", "by", "document", "nonce", "digest"},
    "charter_stubs": {
        *("id", "type", "event_on", "recorded_on", "record_class", "ended_on", "digest"),
    },
    "document_uploads": {"id", *DESCRIBED},
    "documents": {"id", "sha256", *DESCRIBED},
    "document_slices": {"document_id", "index", "id"},
}
# Numbers of quarters that are over, as everybody with an account was told them.
TOLD = {
    "told_quarters": {"quarter", "on", "document", "digest"},
    "own_texts": {"digest", "document"},
}
# Age files to the secretariat or to the members; the file itself where somebody chose that.
OF_DOCUMENTS = {"document_slices": {"content"}}
BOOLEANS = (
    *("active", "is_called", "posted", "final", "doubted", "confirmed"),
    *("officer", "in_scope", "hold_needed", "is_drill"),
)
TABLES = {**schema.book.tables, **schema.shred.tables}


def columns() -> list[Column[object]]:
    return [column for table in TABLES.values() for column in table.columns]


def test_every_column_is_listed_once_as_what_it_is() -> None:
    listed = [
        (table, column)
        for group in (CODED, SHREDDED, SEALED, OF_PEOPLE, OF_CHARTER, OF_DOCUMENTS, TOLD)
        for table, names in group.items()
        for column in names
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == {(column.table.name, column.name) for column in columns()}


def test_what_concerns_a_submitter_is_never_finer_than_a_day() -> None:
    """Attack: telling who sent something by the time it came."""
    for column in columns():
        assert not isinstance(column.type, DateTime | Time | BigInteger), column
        if column.name in CODED.get(column.table.name, set()) and column.name == "on":
            assert isinstance(column.type, Date)
    clocks = {(c.table.name, c.name) for c in columns() if c.name.endswith("_at")}
    of_logins = {("logins", name) for name in ("started_at", "seen_at", "confirmed_at")}
    assert clocks == {*of_logins, ("invitations", "expires_at"), ("spent", "expires_at")}


def test_no_id_counts_upwards_and_no_row_has_a_hidden_number() -> None:
    """Attack: reading volume and order of arrival out of ids."""
    for table in TABLES.values():
        numbered = table.dialect_options["sqlite"]["with_rowid"]
        own = [column.name for column in table.primary_key if isinstance(column.type, Integer)]
        assert numbered == (own == ["id"]) == (table.name in NUMBERED)
        if table.name in LEDGER or numbered:
            continue
        keys = [column for column in table.primary_key.columns if isinstance(column.type, Integer)]
        assert {column.name for column in keys} <= {"generation", "index", "n"}
        assert len(table.primary_key.columns) > len(keys)


def test_no_row_is_deleted_because_another_was() -> None:
    for column in columns():
        for key in column.foreign_keys:
            # The inbox holds nothing of its own: a reader who goes takes their line along.
            assert key.ondelete == ("CASCADE" if column.table.name == "inbox" else None)
            assert key.onupdate is None


def test_bytes_are_either_sealed_or_a_public_document() -> None:
    for column in columns():
        name = (column.table.name, column.name)
        if isinstance(column.type, LargeBinary) and name not in PUBLIC:
            table, column_name = name
            sealed = {**SHREDDED, **SEALED, **OF_DOCUMENTS}
            assert column_name in sealed.get(table, set())
        assert not isinstance(column.type, Boolean) or column.name in BOOLEANS


@pytest.mark.stores
def test_the_number_of_a_slice_of_a_case_says_nothing_of_when_it_came(
    installation: Installation,
) -> None:
    key = RowKey(committee.INSTALLATION, shredding.new_key())
    with writing(installation.book) as connection:
        for index in range(64):
            envelopes.add_slice(connection, key, "ab" * 32, "cd" * 32, index, b"x")
            documents.add_slice(connection, "ab" * 16, index, b"x")
        for table in (schema.slices, document_slices):
            asked = select(table.c.id).order_by(table.c.index)
            arrived = list(connection.execute(asked).scalars())
            assert len(set(arrived)) == 64
            assert arrived not in (sorted(arrived), sorted(arrived, reverse=True))
            assert max(arrived) > 1 << 55
