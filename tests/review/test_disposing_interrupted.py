"""A disposition that was stopped at any step is ended by the next run, once and whole."""

import datetime
import functools
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crypto.disposing import Manifest
from deploy import backup_making
from intake import drop as door
from intake import schema as drop_schema
from review import certifying, disposal, disposing
from review.disposal import Stores
from review.store import dispositions, schema
from review.store.database import open_book, open_shred, reading, writing
from tests import acts, backups, committee
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ledgers
from tests.review.ending import APPROVERS, COOLED, DAY, act_for, approved, execute, retain
from tests.review.killed import close, copies, deaths
from tests.review.tables import entries, rows
from tests.stores import here

pytestmark = pytest.mark.stores
# On a server, where copies take long, at some steps.
SOME = 20
TOLD = ("disposition.proposed", "disposition.approved", "disposition.executed")
ID = bytes(range(16))


def opened(folder: Path) -> Stores:
    return Stores(
        drop=door.open_drop(here().url(folder, "drop")),
        book=open_book(here().url(folder, "book")),
        shred=open_shred(here().url(folder, "shred")),
        root_key=committee.ROOT_KEY,
        demo=True,
    )


def left(stores: Stores) -> object:
    """All that the stores hold, but for what is drawn anew: names of entries, sealed answers."""
    book = rows(stores.book, without=["pending_entries"])
    told = [(row.type, row.case_id, row.data) for row in told_of(stores.book)]
    drop = rows(stores.drop, drop_schema.metadata)
    drop["answered"] = [(each[0], each[2]) for each in drop["answered"]]
    return book, rows(stores.shred, schema.shred), drop, told


def told_of(book: Engine) -> list[Any]:
    return [each for kind in TOLD for each in entries(book, kind)]


def go_on(stores: Stores, case_id: str) -> None:
    """What people and the job do, from wherever somebody was stopped."""
    with reading(stores.book) as connection:
        there = dispositions.listed(connection)
    manifest = there[0] if there else propose(stores, case_id)
    for person in APPROVERS:
        approve(stores, manifest, person)
    disposal.execute(stores, COOLED)


def propose(stores: Stores, case_id: str) -> Manifest:
    with writing(stores.book) as connection:
        return disposing.propose(
            connection, acts.ROSTER, "chair", [case_id], committee.TODAY, entropy=lambda _size: ID
        )


def approve(stores: Stores, manifest: Manifest, person: str) -> None:
    with writing(stores.book) as connection:
        found = disposing.find(connection, manifest.id, person)
        if person not in found.signers:
            sent = acts.sent(act_for(manifest), person)
            disposing.approve(connection, acts.ROSTER, manifest.id, sent, committee.TODAY)


def test_killed_at_any_step_and_run_again_a_case_goes_once_and_whole(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    retain(installation, submitter.case_id)
    made = copies(installation, tmp_path)
    whole = opened(next(made))
    go_on(whole, submitter.case_id)
    expected = left(whole)
    assert [each.type for each in told_of(whole.book)] == list(TOLD)
    close(whole)
    killed = 0
    every = SOME if here().on_postgresql else 3
    work = lambda stores: go_on(stores, submitter.case_id)  # noqa: E731 - of one submitter
    for allowed, folder in deaths(made, opened, work, every):
        killed += 1
        again = opened(folder)
        go_on(again, submitter.case_id)
        assert left(again) == expected, f"after {allowed} steps"
        close(again)
    assert killed > 60 // every


@dataclass(frozen=True, kw_only=True)
class Whole(Stores):
    """The three databases, and the folder with their backups."""

    files: Path


def opened_with_files(folder: Path, made: Path) -> Whole:
    """A copy of the databases with its own copy of the backups, as it was left."""
    files = folder / "files"
    if not files.exists():
        shutil.copytree(made, files)
    found = opened(folder)
    return Whole(**vars(found), files=files)


# The day on which the last backup goes that has something of the case.
OVER = COOLED + 6 * DAY
ENDED = ("disposition.verified", "backup.expired")


def end(stores: Whole) -> None:
    """What the job does that certifies, and later the one that removes backups."""
    certifying.certify(stores, COOLED)
    backup_making.expire(stores.files, stores.book, OVER)


def end_of(stores: Whole) -> object:
    """All that the book holds at the end, and which backups are there."""
    told = [(row.type, row.on, row.data) for kind in ENDED for row in entries(stores.book, kind)]
    files = sorted(path.name for path in stores.files.iterdir())
    return rows(stores.book, without=["pending_entries"]), told, files


def test_killed_at_any_step_and_run_again_there_is_one_certificate_and_one_end_of_backups(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    """Attack: two certificates of one end, or an end of the last backup that nobody is told."""
    files = tmp_path / "files"
    files.mkdir()
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)

    def back_up(on: datetime.date) -> None:
        backups.make(here(), installation.folder, "shred", "drop", on=on, into=files)

    back_up(COOLED - DAY)
    assert execute(installation, COOLED).gone == 1
    ledgers.batch(installation, COOLED)
    back_up(COOLED + DAY)
    made = copies(installation, tmp_path)
    reopened = functools.partial(opened_with_files, made=files)
    whole = reopened(next(made))
    end(whole)
    expected = end_of(whole)
    assert len(rows(whole.book)["certificates"]) == len(rows(whole.book)["ended_backups"]) == 1
    assert [row.type for kind in ENDED for row in entries(whole.book, kind)] == list(ENDED)
    assert len(list(whole.files.iterdir())) == 2
    close(whole)
    killed = 0
    every = 4 if here().on_postgresql else 1
    for allowed, folder in deaths(made, reopened, end, every):
        killed += 1
        again = reopened(folder)
        end(again)
        assert end_of(again) == expected, f"after {allowed} steps"
        close(again)
    assert killed > 8 // every


PROGRAM = textwrap.dedent("""
    import datetime
    import os
    import signal
    import sys

    from sqlalchemy import event

    from intake import drop as door
    from review import disposal
    from review.store.database import open_book, open_shred

    drop, book, shred, on, steps, root = sys.argv[1:]
    stores = disposal.Stores(
        door.open_drop(drop), open_book(book), open_shred(shred), bytes.fromhex(root), True
    )
    left = iter(range(int(steps)))

    def step(*_):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in (stores.drop, stores.book, stores.shred):
        event.listen(engine, "after_cursor_execute", step)
        event.listen(engine, "commit", step)
    disposal.execute(stores, datetime.date.fromisoformat(on))
""")


@pytest.mark.parametrize("steps", [60, 90, 130])
def test_a_job_whose_process_was_killed_is_ended_by_the_next(
    installation: Installation, submitter: Submitter, repository: Path, steps: int
) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    installation.close()
    urls = [installation.url(name) for name in ("drop", "book", "shred")]
    program = subprocess.run(  # noqa: S603 - our own interpreter
        [
            sys.executable,
            "-c",
            PROGRAM,
            *urls,
            COOLED.isoformat(),
            str(steps),
            committee.ROOT_KEY.hex(),
        ],  # fmt: skip
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        timeout=120,
        check=False,
    )
    assert program.returncode == -signal.SIGKILL
    stores = opened(installation.folder)
    disposal.execute(stores, COOLED)
    assert len(entries(stores.book, "disposition.executed")) == 1
    assert rows(stores.book)["cases"] == rows(stores.book)["envelopes"] == []
    assert rows(stores.shred, schema.shred)["shred_keys"] == []
    assert rows(stores.drop, drop_schema.metadata)["mailboxes"] == []
    close(stores)
