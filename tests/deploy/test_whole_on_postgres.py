"""A whole installation on a server, every program as its own role and with nothing but its rights.

What the rights leave out would be found by whoever wrote to the committee; here it is found first.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from deploy.rights import COLLECTOR, INTAKE, REVIEW
from intake import drop as door
from review.collect import collect
from review.export import export
from review.ledger import run_batch
from review.store.database import open_book, open_shred
from tests import committee
from tests.at_once import at_once
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review import ledgers
from tests.review.collecting import busy, close, collector_of
from tests.review.tables import rows
from tests.stores import KINDS

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("stores", KINDS[1:], indirect=True),
]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Drop, book and shred keys of a committee's own, with everybody enrolled and no case."""
    made = Installation(tmp_path)
    yield made
    made.close()


def as_intake(installation: Installation, name: str) -> tuple[Engine, Submitter]:
    """Somebody whose deposits go in by the public service's own role."""
    engine = door.open_drop(installation.url("drop", INTAKE))
    return engine, Submitter(engine, installation.roster, name)


def test_every_program_does_its_work_with_its_own_rights(
    installation: Installation, tmp_path: Path
) -> None:
    engine, somebody = as_intake(installation, "somebody")
    somebody.submit(files=[File("a.txt", "text/plain", b"a" * 100)])
    somebody.follow_up("more")
    engine.dispose()
    collector = collector_of(installation, role=COLLECTOR)
    done = collect(collector, committee.TODAY)
    assert (done.submissions, done.follow_ups, done.problems) == (1, 1, [])
    # The console's acts are those of busy(), and what it does not honour is set aside.
    busy(installation)
    again = collect(collector, committee.TODAY)
    assert all("set aside" in problem for problem in again.problems)
    book = open_book(installation.url("book", REVIEW))
    run_batch(replace(ledgers.keeper(installation), book=book), committee.TODAY, ledgers.AT)
    proven = collect(collector, committee.TODAY)
    assert (proven.problems, proven.proofs > 0) == ([], True)
    shred = open_shred(installation.url("shred", REVIEW))
    exported = export(book, shred, collector.locksmith, None, tmp_path / "x.zip", committee.TODAY)
    assert (len(exported.cases), list(exported.damaged)) == (3, [])
    book.dispose()
    shred.dispose()
    close(collector)


def test_two_collectors_at_once_bring_everything_once(installation: Installation) -> None:
    """Attack 21, without the lock that keeps them apart."""
    for name in ("first", "second", "third"):
        engine, somebody = as_intake(installation, name)
        somebody.submit()
        somebody.follow_up("more")
        engine.dispose()
    two = [collector_of(installation, role=COLLECTOR) for _ in range(2)]
    at_once(*(partial(collect, each, committee.TODAY) for each in two))
    # Whoever came second may have failed; the next run has nothing left but that.
    collect(two[0], committee.TODAY)
    kept = rows(installation.book)
    assert (len(kept["cases"]), len(kept["envelopes"]), kept["set_aside"]) == (3, 6, [])
    with door.reading(installation.drop) as connection:
        waiting = door.waiting(connection, 10)
    assert waiting == []
    for each in two:
        close(each)


def test_two_follow_ups_at_the_same_place_do_not_both_stand_there(
    installation: Installation,
) -> None:
    engine, somebody = as_intake(installation, "somebody")
    somebody.submit()
    copies = [as_intake(installation, "somebody") for _ in range(4)]
    for number, (_engine, copy) in enumerate(copies):
        # Each writes after the submission, in a form of its own.
        copy._head, copy._deposits = somebody._head, 100 * (number + 1)
    failures = at_once(*(partial(copy.follow_up, "more") for _engine, copy in copies))
    assert {type(failure) for failure in failures} == {door.HeadMoved}
    assert len(failures) == 3
    for other, _copy in copies:
        other.dispose()
    with door.reading(installation.drop) as connection:
        assert [each.n for each in door.waiting(connection, 10)] == [1, 2]
    engine.dispose()


def test_the_same_form_many_times_at_once_is_one_deposit(installation: Installation) -> None:
    copies = [as_intake(installation, "somebody") for _ in range(4)]
    failures = at_once(*(copy.submit for _engine, copy in copies))
    assert failures == []
    with door.reading(installation.drop) as connection:
        assert len(door.waiting(connection, 10)) == 1
    for engine, _copy in copies:
        engine.dispose()
