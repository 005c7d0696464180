"""The rosters of the book: only the committee's own, only forwards."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from crypto.errors import RosterRejected, RosterRolledBack
from review.errors import RosterUnusable
from review.store import rosters
from review.store.database import reading, writing
from review.store.schema import rosters as table
from tests import committee
from tests.browser.installation import Installation

pytestmark = pytest.mark.stores


@pytest.fixture
def book(tmp_path: Path) -> Engine:
    """A book with the committee's first roster."""
    return Installation(tmp_path).book


def current(book: Engine, *, demo: bool = True) -> str:
    with reading(book) as connection:
        return rosters.current_roster(connection, committee.ROOT_KEY, demo=demo).hash


def test_the_highest_epoch_is_the_current_one_and_all_stay_known(book: Engine) -> None:
    first = committee.roster()
    second = committee.next_roster(first)
    with writing(book) as connection:
        rosters.publish_roster(connection, second)
        rosters.publish_roster(connection, second)
        rosters.publish_roster(connection, first)
        assert set(rosters.all_rosters(connection)) == {first.hash, second.hash}
        old = rosters.roster_by_hash(connection, first.hash, committee.ROOT_KEY, demo=True)
    assert old == first
    assert current(book) == second.hash


def test_a_lower_epoch_never_comes_back(book: Engine) -> None:
    """Attack: publishing a roster with somebody who has left."""
    other = committee.roster(expires_on="2027-01-01")
    with writing(book) as connection, pytest.raises(RosterRolledBack):
        rosters.publish_roster(connection, other)
    assert current(book) == committee.roster().hash


@pytest.mark.parametrize(
    "changes",
    [
        {"installation": "ab" * 16},
        {"previous": "cd" * 32},
        {"epoch": 3, "previous": committee.next_roster(committee.roster()).hash},
    ],
    ids=["of another installation", "after one never published", "after one left out"],
)
def test_a_roster_that_does_not_follow_the_newest_is_refused(
    book: Engine, changes: dict[str, object]
) -> None:
    """Attack: publishing by mistake what would make every row and receipt code unusable."""
    other = committee.next_roster(committee.roster(), **changes)
    with writing(book) as connection, pytest.raises(RosterRejected):
        rosters.publish_roster(connection, other)
    assert current(book) == committee.roster().hash


def test_a_roster_that_another_key_signed_is_not_used(book: Engine) -> None:
    """Attack: a database that somebody has written other people's keys into."""
    forged = committee.roster(committee.seed("another root"))
    with writing(book) as connection:
        connection.execute(update(table).values(document=forged.document))
    with pytest.raises(RosterUnusable):
        current(book)


def test_a_demonstration_s_roster_is_for_demonstrations(book: Engine) -> None:
    with pytest.raises(RosterUnusable, match="demonstration"):
        current(book, demo=False)


def test_without_a_roster_the_sentence_says_what_to_run(book: Engine) -> None:
    with writing(book) as connection:
        connection.execute(table.delete())
    with pytest.raises(RosterUnusable, match="underrose roster publish"):
        current(book)
    with reading(book) as connection, pytest.raises(RosterUnusable):
        rosters.roster_by_hash(connection, "ab" * 32, committee.ROOT_KEY, demo=True)
