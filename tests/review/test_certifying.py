"""What was disposed of is certified by somebody else, who looked, and only when it is gone."""

import datetime
import json

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from crypto import certifying, entry, policy, proof
from crypto.certificate_parts import hold_set
from crypto.certifying import Certificate
from crypto.disposing import Manifest
from deploy.rights import BACKUP, COLLECTOR
from review.certificate_proof import place_of, proof_of
from review.certifying import tell_ended
from review.store import backups, entries
from review.store.backups import Backup
from review.store.database import reading, writing
from review.store.disposition_schema import certificates, unfinished_disposals
from review.store.entries import Entry
from review.store.schema import envelopes, shred_keys
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending, ledgers
from tests.review.ending import COOLED, approved, certificate_of, certify, execute, retain
from tests.review.tables import entries as pending
from tests.stores import here

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)


def executed(installation: Installation, *case_ids: str) -> Manifest:
    """A disposition that was carried out, and of which the ledger knows."""
    for case_id in case_ids:
        retain(installation, case_id)
    manifest = approved(installation, *case_ids)
    execute(installation, COOLED, COLLECTOR)
    ledgers.batch(installation, COOLED)
    return manifest


def certified(installation: Installation, manifest: Manifest) -> Certificate:
    assert certify(installation, COOLED, BACKUP).certified == 1
    found = certificate_of(installation, manifest)
    assert found is not None
    return found


def note_backup(installation: Installation, store: str, on: datetime.date, days: int = 7) -> Backup:
    made = Backup(f"{on:%Y%m%d}".ljust(32, "0"), store, on, on + days * DAY, "a" * 64, "b" * 64)
    with writing(installation.book) as connection:
        backups.record(connection, made, [])
    return made


def test_a_record_that_is_gone_is_certified_once(
    installation: Installation, submitter: Submitter
) -> None:
    manifest = executed(installation, submitter.case_id)
    made = certified(installation, manifest)
    assert certify(installation, COOLED + DAY).certified == 0
    assert made.manifest == manifest.hash
    assert made.gone == {submitter.case_id: COOLED}
    assert [each.line for each in made.records] == list(manifest.records)
    assert [(each.by, each.role) for each in made.approvers] == [
        ("alternate", "alternate"), ("member-1", "member"),
    ]  # fmt: skip
    assert made.executed is not None
    assert (made.executed.role, made.verified.role) == ("collector", "backup")
    assert made.rewritten == made.executed.on == COOLED
    (told,) = pending(installation.book, "disposition.verified")
    assert json.loads(told.data) == {"certificate": made.hash, "manifest": manifest.hash}


def test_who_executed_and_who_verified_are_two_accounts_on_a_server_and_said_to_be_one_here(
    installation: Installation, submitter: Submitter
) -> None:
    made = certified(installation, executed(installation, submitter.case_id))
    assert made.executed is not None
    if here().on_postgresql:
        assert (made.executed.account, made.verified.account) == (COLLECTOR, BACKUP)
        assert made.exceptions == ("SERVER_LOG",)
    else:
        assert made.executed.account == made.verified.account
        assert made.exceptions == ("SAME_ACCOUNT",)


def test_nothing_is_certified_before_the_ledger_has_been_told_that_it_went(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    assert certify(installation).certified == 0
    execute(installation)
    assert certify(installation).waiting == 1
    head = ledgers.batch(installation, COOLED)
    made = certified(installation, manifest)
    assert made.before is None
    assert made.after is not None
    assert made.after.size == head.size


def test_the_certificate_names_the_ledger_before_and_the_holds_that_stood(
    installation: Installation, submitter: Submitter
) -> None:
    head = ledgers.batch(installation)
    made = certified(installation, executed(installation, submitter.case_id))
    assert made.before is not None
    assert made.before.size == head.size
    assert [each.holds for each in made.records] == [hold_set([])]


def test_a_key_that_is_still_there_is_residue_and_goes_with_the_next_run(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: somebody puts a shred key back, and the end is certified all the same."""
    with reading(installation.shred) as connection:
        (key,) = connection.execute(select(shred_keys)).all()
    manifest = executed(installation, submitter.case_id)
    with writing(installation.shred) as connection:
        connection.execute(insert(shred_keys).values(**key._mapping))
    assert certify(installation).residue == 1
    assert certificate_of(installation, manifest) is None
    execute(installation, COOLED + DAY)
    assert certify(installation, COOLED + DAY).certified == 1
    # A backup of the keys is put back when all was over, and does not bring the key back for long.
    with writing(installation.shred) as connection:
        connection.execute(insert(shred_keys).values(**key._mapping))
    execute(installation, COOLED + 2 * DAY)
    with reading(installation.shred) as connection:
        assert connection.execute(select(shred_keys)).all() == []


def test_a_row_that_is_still_there_is_residue(
    installation: Installation, submitter: Submitter
) -> None:
    with reading(installation.book) as connection:
        row = connection.execute(select(envelopes)).first()
    assert row is not None
    manifest = executed(installation, submitter.case_id)
    url = here().url(installation.folder, "book")
    names = [f'"{name}"' for name in row._mapping]
    with here().unguarded(url) as run:
        holes = ", ".join(("%s" if here().on_postgresql else "?") for _ in names)
        run("PRAGMA foreign_keys=OFF") if not here().on_postgresql else None
        statement = f"INSERT INTO envelopes ({', '.join(names)}) VALUES ({holes})"  # noqa: S608
        run(statement, tuple(row))
    assert certify(installation).residue == 1
    assert certificate_of(installation, manifest) is None


def test_what_was_left_out_is_certified_with_its_reason_and_nobody_executed_anything(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    submitter.follow_up("There is more.")
    installation.collect()
    assert execute(installation).left_out == 1
    made = certified(installation, manifest)
    assert made.left_out == {submitter.case_id: "CHANGED"}
    assert (made.executed, made.rewritten, made.backups) == (None, None, ())


def test_exports_that_had_left_are_named(installation: Installation, submitter: Submitter) -> None:
    with writing(installation.book) as connection:
        told = Entry(
            type="exported",
            on=committee.TODAY,
            case_id=submitter.case_id,
            by="chair",
            data={"bundle": "ab" * 32, "reader": "case"},
        )
        entries.record(connection, told)
    made = certified(installation, executed(installation, submitter.case_id))
    assert [(each.on, each.bundle, each.reader) for each in made.exports] == [
        (committee.TODAY, "ab" * 32, "case")
    ]


def test_a_record_that_went_too_late_is_an_exception(
    installation: Installation, submitter: Submitter
) -> None:
    retain(installation, submitter.case_id, on=ending.CLOSED - 40 * DAY)
    manifest = approved(installation, submitter.case_id)
    execute(installation)
    ledgers.batch(installation, COOLED)
    assert "OVERDUE" in certified(installation, manifest).exceptions


def test_mailboxes_are_remembered_until_the_certificate_is_there_and_no_longer(
    installation: Installation, submitter: Submitter
) -> None:
    executed(installation, submitter.case_id)

    def remembered() -> int:
        with reading(installation.book) as connection:
            return len(connection.execute(select(unfinished_disposals)).all())

    execute(installation, COOLED + DAY)
    assert remembered() == 1
    certify(installation, COOLED + DAY)
    assert remembered() == 1
    execute(installation, COOLED + 2 * DAY, COLLECTOR)
    assert remembered() == 0


def test_the_last_backup_is_told_when_its_file_is_gone_and_not_before(
    installation: Installation, submitter: Submitter
) -> None:
    made = [note_backup(installation, store, COOLED - DAY) for store in ("drop", "shred", "book")]
    note_backup(installation, "shred", COOLED + DAY)
    manifest = executed(installation, submitter.case_id)
    certificate = certified(installation, manifest)
    assert {each.store: each.ends for each in certificate.backups} == {
        each.store: each.expires_on for each in made
    }
    assert certificate.backup == COOLED + 6 * DAY

    def told(today: datetime.date, unnoted: datetime.date | None = None) -> int:
        with writing(installation.book) as connection:
            return tell_ended(connection, today, unnoted)

    late = COOLED + 20 * DAY
    assert told(late) == 0
    with writing(installation.book) as connection:
        backups.mark_removed(connection, made[0], COOLED + 6 * DAY)
    assert told(late) == 0
    with writing(installation.book) as connection:
        backups.mark_removed(connection, made[1], COOLED + 8 * DAY)
    # A file that nobody noted may have as much.
    assert told(late, unnoted=COOLED) == 0
    assert told(late, unnoted=COOLED + DAY) == 1
    assert told(late) == 0
    (entry_told,) = pending(installation.book, "backup.expired")
    assert json.loads(entry_told.data) == {
        "manifest": manifest.hash,
        "expired_on": (COOLED + 8 * DAY).isoformat(),
    }


def test_whoever_has_the_certificate_can_show_that_the_ledger_has_it(
    installation: Installation, submitter: Submitter
) -> None:
    made = certified(installation, executed(installation, submitter.case_id))
    with reading(installation.book) as connection:
        assert proof_of(connection, made) is None
        assert place_of(connection, made) is None
    ledgers.batch(installation, COOLED + DAY)
    with reading(installation.book) as connection:
        found = proof_of(connection, made)
    assert found is not None
    read = proof.parse(found)
    assert read.extra is not None
    read.check(read.extra, policy.parse(ledgers.policy_text()))
    told = entry.parse(read.extra)
    assert (told.type, told.data["certificate"]) == ("disposition.verified", made.hash)


def test_a_certificate_is_never_changed_or_removed(
    installation: Installation, submitter: Submitter
) -> None:
    made = certified(installation, executed(installation, submitter.case_id))
    with pytest.raises(DBAPIError), writing(installation.book) as connection:
        connection.execute(update(certificates).values(digest="00" * 32))
    with reading(installation.book) as connection:
        (row,) = connection.execute(select(certificates)).all()
    assert certifying.parse(row.document) == made
