"""A book that was restored from a backup gets back what the drop still has."""

from pathlib import Path

import pytest
from sqlalchemy import select

from intake import drop as door
from intake import schema as drop_schema
from review.again import uncollect
from tests.browser.installation import Installation
from tests.review.collecting import close, close_days, collector_of, contents, run
from tests.stores import here

pytestmark = pytest.mark.stores


def test_a_restored_book_gets_its_deposits_and_days_again(
    installation: Installation, tmp_path: Path
) -> None:
    """Attack: a lossy restore, after which nobody ever sees a submission that was collected."""
    installation.submitter("first").submit()
    installation.collect()
    installation.book.dispose()
    (backup := tmp_path / "backup").mkdir()
    here().copy(installation.folder, backup, ["book"])
    second = installation.submitter("second")
    second.submit()
    second.follow_up("more")
    close_days(installation)
    collector = collector_of(installation)
    run(collector)
    before = contents(collector)
    collector.book.dispose()
    installation.book.dispose()
    here().copy(backup, installation.folder, ["book"])
    assert run(collector).submissions == 0
    uncollect(collector)
    done = run(collector)
    assert (done.submissions, done.follow_ups, done.days) == (1, 1, 1)
    assert done.problems == []
    assert contents(collector) == before
    uncollect(collector)
    assert not run(collector).anything
    with door.reading(installation.drop) as connection:
        waits = drop_schema.deposits.c.collected.is_(False)
        assert connection.execute(select(drop_schema.deposits.c.id).where(waits)).all() == []
    close(collector)
