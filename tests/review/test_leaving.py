"""Deposits leave the drop when a verified backup has them, and never before."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from deploy.rights import COLLECTOR
from intake import schema as drop_schema
from intake.database import open_engine
from review.collect import collect
from review.collector import Collector
from review.store.database import reading
from tests import backups, committee
from tests.browser.installation import Installation
from tests.review.collecting import busy, close, collector_of, contents, run
from tests.review.tables import rows
from tests.stores import Stores

pytestmark = pytest.mark.stores
LATER = committee.TODAY + datetime.timedelta(days=2)


def back_up(stores: Stores, installation: Installation, name: str) -> None:
    """Make and note a backup as the role that does so."""
    backups.make(stores, installation.folder, name)


def there(collector: Collector) -> dict[str, list[Any]]:
    return rows(collector.drop, drop_schema.metadata)


def named(collector: Collector, collected: bool) -> list[tuple[Any, ...]]:
    deposits = drop_schema.deposits
    with reading(collector.drop) as drop:
        found = select(deposits.c.id, deposits.c.upload_id).where(
            deposits.c.collected.is_(collected)
        )
        return [tuple(row) for row in drop.execute(found)]


@pytest.fixture
def collector(installation: Installation) -> Iterator[Collector]:
    """A collector that has had everything but what is set aside."""
    busy(installation)
    made = collector_of(installation, role=COLLECTOR)
    run(made)
    yield made
    close(made)


def test_a_deposit_never_leaves_before_book_and_keys_are_backed_up(
    stores: Stores, installation: Installation, collector: Collector
) -> None:
    before = there(collector)
    for step in (None, "drop", "book"):
        if step is not None:
            back_up(stores, installation, step)
        assert collect(collector, LATER).left == 0
        assert there(collector)["deposits"] == before["deposits"]
        assert there(collector)["slices"] == before["slices"]
    back_up(stores, installation, "shred")
    assert collect(collector, committee.TODAY).left == 0
    hidden, waiting = named(collector, collected=True), named(collector, collected=False)
    # Two submissions and three follow-ups; what is set aside waits.
    assert len(hidden) == 5
    assert len(waiting) == 1
    assert collect(collector, LATER).left == 5
    after = there(collector)
    assert named(collector, collected=True) == []
    assert named(collector, collected=False) == waiting
    assert after["slices"] == after["uploads"] == []
    for table in ("mailboxes", "letters", "tally", "tally_days", "proofs", "rosters"):
        assert after[table] == before[table], table
    assert collect(collector, LATER).left == 0


def killing(engine: Engine, allowed: int) -> None:
    """Let the process end after so many changes and commits on an engine."""
    left = iter(range(allowed))

    def step() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    def changing(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            step()

    event.listen(engine, "before_cursor_execute", changing)
    event.listen(engine, "commit", lambda *_: step())


def test_killed_at_any_step_of_leaving_nothing_is_lost(
    stores: Stores, installation: Installation, collector: Collector
) -> None:
    for name in ("book", "shred"):
        back_up(stores, installation, name)
    said: Callable[[], Any] = lambda: {  # noqa: E731 - once
        key: value for key, value in contents(onlooker).items() if key != "collected"
    }
    onlooker = collector_of(installation)
    before, kept = said(), there(collector)
    url = stores.url(installation.folder, "drop", COLLECTOR)
    killed = 0
    # Each run goes on where the one before has died, one step further than it.
    for allowed in range(100):
        dying = replace(collector, drop=open_engine(url))
        killing(dying.drop, allowed)
        try:
            collect(dying, LATER)
        except KeyboardInterrupt:
            killed += 1
        else:
            break
        finally:
            dying.drop.dispose()
        waiting = named(collector, collected=False)
        assert len(waiting) == 1
    assert killed > 3
    assert collect(collector, LATER).left == 0
    assert named(collector, collected=True) == []
    assert said() == before
    assert there(collector)["tally"] == kept["tally"]
    close(onlooker)
