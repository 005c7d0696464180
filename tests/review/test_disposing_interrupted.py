"""A disposition that was stopped at any step is ended by the next run, once and whole."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake import drop as door
from intake import schema as drop_schema
from review import disposal
from review.disposal import Stores
from review.store import schema
from review.store.casework_schema import courses
from review.store.database import open_book, open_shred, writing
from tests.browser.installation import Installation
from tests.browser.submitter import Submitter
from tests.review import ending
from tests.review.ending import COOLED, approved, retain
from tests.review.tables import entries, rows
from tests.review.test_collect_interrupted import Killed, copies, steps
from tests.stores import here

pytestmark = pytest.mark.stores
# On a server, where copies take long, at some steps.
SOME = 20
MANY = 200


def opened(folder: Path) -> Stores:
    return Stores(
        drop=door.open_drop(here().url(folder, "drop")),
        book=open_book(here().url(folder, "book")),
        shred=open_shred(here().url(folder, "shred")),
    )


def left(stores: Stores) -> object:
    """All that the stores hold, but for what is drawn anew: names of entries, sealed answers."""
    book = rows(stores.book, without=["pending_entries"])
    told = [(row.type, row.case_id, row.data) for row in told_of(stores)]
    drop = rows(stores.drop, drop_schema.metadata)
    drop["answered"] = [(name,) for name, _sealed in drop["answered"]]
    return book, rows(stores.shred, schema.shred), drop, told


def told_of(stores: Stores) -> list[Any]:
    return entries(stores.book, "disposition.executed")


def test_killed_at_any_step_and_run_again_a_case_goes_once_and_whole(
    installation: Installation, submitter: Submitter, tmp_path: Path
) -> None:
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    made = copies(installation, tmp_path)
    whole = opened(next(made))
    assert disposal.execute(whole, COOLED).gone == 1
    expected = left(whole)
    ending.close(whole)
    killed = 0
    for allowed in range(0, MANY, SOME if here().on_postgresql else 4):
        folder = next(made)
        dying = opened(folder)
        allowance = iter(range(allowed))

        def step(allowance: Iterator[int] = allowance) -> None:
            if next(allowance, None) is None:
                raise Killed

        steps(dying, step)
        try:
            disposal.execute(dying, COOLED)
        except Killed:
            killed += 1
        else:
            break
        finally:
            ending.close(dying)
        again = opened(folder)
        disposal.execute(again, COOLED)
        assert left(again) == expected, f"after {allowed} steps"
        ending.close(again)
    assert killed > MANY // (10 * SOME)


def test_a_hold_and_an_execution_at_once_leave_a_case_that_is_held_or_one_that_had_gone(
    installation: Installation, submitter: Submitter
) -> None:
    """Attack: a hold that comes at the very moment of execution is told to be in force."""
    retain(installation, submitter.case_id)
    approved(installation, submitter.case_id)
    begun, held = threading.Barrier(2), []

    def hold() -> None:
        begun.wait()
        with writing(installation.book) as connection:
            found = courses.update().where(courses.c.case_id == submitter.case_id)
            held.append(connection.execute(found.values(hold_needed=True)).rowcount == 1)

    placing = threading.Thread(target=hold)
    placing.start()
    begun.wait()
    done = ending.execute(installation)
    placing.join()
    is_there = ending.stage_of(installation, submitter.case_id) is not None
    # It is held and stays, or it had gone before anybody could hold it.
    assert (done.gone, held) == ((0, [True]) if is_there else (1, [False]))
