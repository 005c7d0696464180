"""What a restored store brings back of a case that has gone, and what else could keep it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from crypto import receipt
from deploy import backup_making
from deploy.rights import BACKUP, COLLECTOR
from intake import drop as door
from intake import schema as drop_schema
from review.errors import KeyDestroyed, StepRefused
from review.settings import read_store_key
from review.store import dispositions, set_aside
from review.store.database import reading
from review.store.shred import Locksmith, kept_cases
from tests import backups, committee
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review import ending, ledgers
from tests.review.collecting import close, collector_of, run
from tests.review.ending import COOLED, DAY, approved, execute, retain, stage_of
from tests.review.tables import entries, rows
from tests.stores import here

pytestmark = pytest.mark.stores


def box(somebody: Submitter) -> str:
    return receipt.mailbox_id(somebody.keys.lookup)


def collect(installation: Installation) -> list[str]:
    """What a collection has to tell."""
    collector = collector_of(installation)
    try:
        return run(collector).problems
    finally:
        close(collector)


def back_up(installation: Installation, folder: Path, store: str) -> Path:
    """A backup of a store, which the book knows of."""
    (made,) = backups.make(here(), installation.folder, store, into=folder)
    return made


def put_back(installation: Installation, path: Path, folder: Path) -> None:
    """Restore a store from a backup."""
    backups.restored(here(), path, folder)
    installation.close()
    here().copy(folder, installation.folder, (path.name.partition("-")[0],))


def named_in_drop(installation: Installation, mailbox_id: str) -> set[str]:
    """The tables of the drop that name a mailbox."""
    return {
        table
        for table, found in rows(installation.drop, drop_schema.metadata).items()
        if any(mailbox_id in map(str, row) for row in found)
    }


def remembered(installation: Installation) -> list[str]:
    with reading(installation.book) as connection:
        return dispositions.mailboxes(connection)


def key_of(installation: Installation, case_id: str) -> None:
    """Look for the key of a case's rows."""
    locksmith = Locksmith(committee.INSTALLATION, read_store_key(installation.folder / "store-key"))
    with reading(installation.shred) as connection:
        locksmith.key_of(connection, case_id)


def gone(installation: Installation, case_id: str) -> None:
    """Dispose of a case whose time is over."""
    approved(installation, case_id)
    done = execute(installation, COOLED, COLLECTOR)
    assert (done.gone, done.problems) == (1, [])


def certified(installation: Installation, case_id: str) -> None:
    """Dispose of a case, and let somebody else find that it is gone, so that no run goes on."""
    gone(installation, case_id)
    ledgers.batch(installation, COOLED)
    assert ending.certify(installation, COOLED, BACKUP).certified == 1
    execute(installation, COOLED, COLLECTOR)
    assert rows(installation.book)["unfinished_disposals"] == []


def test_a_deposit_that_was_set_aside_keeps_no_case_for_ever_and_goes_with_its_mailbox(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a deposit that nobody can take in, sent so that a case never ends."""
    retain(installation, submitter.case_id)
    submitter.follow_up("More.", files=[File("page.txt", "text/plain", b"Order 4712\n")])
    with door.writing(installation.drop) as connection:
        connection.execute(delete(drop_schema.slices))
    (problem,) = collect(installation)
    assert "slices" in problem
    gone(installation, submitter.case_id)
    assert stage_of(installation, submitter.case_id) is None
    assert named_in_drop(installation, box(submitter)) == set()
    with reading(installation.book) as connection:
        assert set_aside.listed(connection) == []


def sent_once_more(installation: Installation, somebody: Submitter) -> Mapping[str, Any]:
    """The form of somebody's first follow-up, as it was sent."""
    table = drop_schema.deposits
    names = (
        *("once", "mailbox_id", "digest", "commitment", "envelope", "upload_id", "slices", "n"),
    )
    asked = select(*(table.c[name] for name in names))
    with door.reading(installation.drop) as connection:
        row = connection.execute(
            asked.where(table.c.mailbox_id == box(somebody), table.c.kind == "follow-up")
        ).one()
    return {**row._mapping, "previous": somebody.submission.digest}


def test_what_forms_were_answered_with_goes_with_the_mailbox_of_a_disposed_case(
    installation: Installation, submitter: Submitter, hidden: Submitter
) -> None:
    """Attack: a form from a seized computer, sent once more to learn that it had come."""
    form = door.FollowUp(**sent_once_more(installation, submitter))
    retain(installation, submitter.case_id)
    with door.writing(installation.drop) as connection:
        for each in door.collected(connection):
            assert door.remove_collected(connection, each)
    assert "answered" in named_in_drop(installation, box(submitter))
    with door.writing(installation.drop) as connection:
        door.deposit_follow_up(connection, form, committee.TODAY)
    assert "deposits" not in named_in_drop(installation, box(submitter))
    gone(installation, submitter.case_id)
    assert named_in_drop(installation, box(submitter)) == set()
    assert "answered" in named_in_drop(installation, box(hidden))
    with door.writing(installation.drop) as connection, pytest.raises(door.UnknownMailbox):
        door.deposit_follow_up(connection, form, COOLED)


def test_a_disposed_case_does_not_come_back_as_a_new_one_when_a_restored_drop_is_collected(
    installation: Installation, tmp_path: Path
) -> None:
    """Attack: a drop from before the first collection, put back to have the words once more."""
    somebody = installation.submitter()
    somebody.submit()
    old = back_up(installation, tmp_path, "drop")
    installation.collect()
    retain(installation, somebody.case_id)
    certified(installation, somebody.case_id)
    put_back(installation, old, tmp_path / "old")
    (problem,) = collect(installation)
    assert "its case has been disposed of" in problem
    assert stage_of(installation, somebody.case_id) is None
    with pytest.raises(KeyDestroyed):
        key_of(installation, somebody.case_id)
    done = execute(installation, COOLED + DAY, COLLECTOR)
    assert (done.gone, done.problems) == (0, [])
    assert named_in_drop(installation, box(somebody)) == set()
    with reading(installation.book) as connection:
        assert set_aside.listed(connection) == []
    assert collect(installation) == []


def test_a_mailbox_that_a_restored_drop_brings_back_goes_again_and_is_forgotten_in_its_time(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack: a drop from before the execution, so that a code is known once more."""
    retain(installation, submitter.case_id)
    old = back_up(installation, tmp_path, "drop")
    certified(installation, submitter.case_id)
    assert named_in_drop(installation, box(submitter)) == set()
    for day in (COOLED + DAY, COOLED + 2 * DAY):
        put_back(installation, old, tmp_path / f"old{day}")
        assert "mailboxes" in named_in_drop(installation, box(submitter))
        assert execute(installation, day, COLLECTOR).problems == []
        assert named_in_drop(installation, box(submitter)) == set()
        # As long as that backup is there.
        assert remembered(installation) == [box(submitter)]
    backups.make(here(), installation.folder, "drop", into=tmp_path, on=COOLED + 2 * DAY)
    backup_making.expire(tmp_path, installation.book, COOLED + 2 * DAY)
    assert not old.exists()
    execute(installation, COOLED + 3 * DAY, COLLECTOR)
    assert remembered(installation) == []


def test_a_key_that_a_restored_store_of_shred_keys_brings_back_is_destroyed_again(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    """Attack: shred keys from before the execution, so that old copies can be opened."""
    retain(installation, submitter.case_id)
    old = back_up(installation, tmp_path, "shred")
    certified(installation, submitter.case_id)
    put_back(installation, old, tmp_path / "old")
    key_of(installation, submitter.case_id)
    assert execute(installation, COOLED + DAY, COLLECTOR).problems == []
    with pytest.raises(KeyDestroyed):
        key_of(installation, submitter.case_id)
    with reading(installation.shred) as connection:
        assert kept_cases(connection) == {hidden.case_id}


def test_a_book_from_before_a_disposition_that_has_the_approval_loses_the_case_again(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    """Attack: a book from before the execution, so that a case is there once more."""
    retain(installation, submitter.case_id)
    manifest = approved(installation, submitter.case_id)
    old = back_up(installation, tmp_path, "book")
    assert execute(installation, COOLED, COLLECTOR).gone == 1
    put_back(installation, old, tmp_path / "old")
    assert stage_of(installation, submitter.case_id) is not None
    with pytest.raises(KeyDestroyed):
        key_of(installation, submitter.case_id)
    done = execute(installation, COOLED + DAY, COLLECTOR)
    assert (done.gone, done.left_out, done.problems) == (1, 0, [])
    assert stage_of(installation, submitter.case_id) is None
    assert stage_of(installation, hidden.case_id) is not None
    assert len(entries(installation.book, "disposition.executed")) == 1
    with reading(installation.book) as connection:
        assert dispositions.gone(connection, manifest.id) == {submitter.case_id: COOLED + DAY}


def test_a_case_in_a_book_from_before_its_proposal_cannot_be_read_and_goes_when_two_approve_again(
    installation: Installation, submitter: Submitter, hidden: Submitter, tmp_path: Path
) -> None:
    """Attack: a book from before anybody proposed it, so that no approval is known."""
    retain(installation, submitter.case_id)
    old = back_up(installation, tmp_path, "book")
    gone(installation, submitter.case_id)
    put_back(installation, old, tmp_path / "old")
    for day in (COOLED + DAY, COOLED + 2 * DAY):
        done = execute(installation, day, COLLECTOR)
        assert (done.gone, len(done.problems)) == (0, 1)
        assert done.problems[0].startswith("1 cases are there without their key")
        assert stage_of(installation, submitter.case_id) is not None
        with pytest.raises(KeyDestroyed):
            key_of(installation, submitter.case_id)
    gone(installation, submitter.case_id)
    assert stage_of(installation, submitter.case_id) is None
    assert stage_of(installation, hidden.case_id) is not None


def test_a_case_that_is_open_in_a_restored_book_cannot_be_read_or_proposed_and_the_job_says_so(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack: a book from before a case was closed, so that nobody can end it."""
    old = back_up(installation, tmp_path, "book")
    retain(installation, submitter.case_id)
    gone(installation, submitter.case_id)
    put_back(installation, old, tmp_path / "old")
    done = execute(installation, COOLED + DAY, COLLECTOR)
    assert (done.gone, len(done.problems)) == (0, 2)
    assert "1 of these are not at their end in this book" in done.problems[1]
    with pytest.raises(KeyDestroyed):
        key_of(installation, submitter.case_id)
    with pytest.raises(StepRefused, match="open"):
        approved(installation, submitter.case_id)
