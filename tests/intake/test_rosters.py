"""Only a roster that the root key signed, and that is valid today, is sealed to."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert

from crypto.roster import Roster
from intake import drop
from intake.errors import NoRoster, RosterUnusable
from intake.rosters import Rosters
from intake.schema import rosters
from tests import committee
from tests.intake.house import DAY, made_drop


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.writing(engine) as connection:
        yield connection
    engine.dispose()


def current(connection: Connection, *, demo: bool = True) -> Roster:
    return Rosters(committee.ROOT_KEY, demo=demo).current(connection, committee.TODAY)


def store(connection: Connection, roster: Roster) -> None:
    """Put a roster into the table as somebody with the database in hand could."""
    connection.execute(
        insert(rosters).values(
            hash=roster.hash,
            epoch=roster.epoch,
            document=roster.document,
            published_on=committee.TODAY,
        )
    )


def test_the_published_roster_is_found(connection: Connection) -> None:
    store(connection, committee.roster())
    assert current(connection) == committee.roster()


def test_without_a_roster_nothing_is_taken_in(connection: Connection) -> None:
    with pytest.raises(NoRoster):
        current(connection)


@pytest.mark.parametrize(
    "roster",
    [
        committee.roster(expires_on="2026-11-20"),
        committee.roster(issued_on="2026-11-22"),
        committee.roster(committee.seed("somebody else's root")),
    ],
    ids=["expired", "not yet valid", "signed by another root"],
)
def test_a_roster_that_cannot_be_trusted_is_not_used(
    connection: Connection, roster: Roster
) -> None:
    store(connection, roster)
    with pytest.raises(RosterUnusable):
        current(connection)


def test_a_roster_is_valid_on_its_last_day(connection: Connection) -> None:
    store(connection, committee.roster(expires_on="2026-11-21"))
    rosters_ = Rosters(committee.ROOT_KEY, demo=True)
    assert rosters_.current(connection, committee.TODAY)
    with pytest.raises(RosterUnusable):
        rosters_.current(connection, committee.TODAY + DAY)


def test_a_demonstrations_roster_is_for_demonstrations(connection: Connection) -> None:
    store(connection, committee.roster())
    with pytest.raises(RosterUnusable, match="demonstration"):
        current(connection, demo=False)


def test_a_real_roster_is_used_without_a_demonstration(connection: Connection) -> None:
    store(connection, committee.roster(demo=False))
    assert current(connection, demo=False).demo is False


def test_a_roster_taken_out_of_the_database_again_is_noticed(connection: Connection) -> None:
    first, second = committee.roster(), committee.next_roster(committee.roster())
    store(connection, first)
    store(connection, second)
    seen = Rosters(committee.ROOT_KEY, demo=True)
    assert seen.current(connection, committee.TODAY) == second
    connection.execute(delete(rosters).where(rosters.c.hash == second.hash))
    with pytest.raises(RosterUnusable):
        seen.current(connection, committee.TODAY)


def test_changed_bytes_are_not_the_verified_ones(connection: Connection) -> None:
    store(connection, committee.roster())
    seen = Rosters(committee.ROOT_KEY, demo=True)
    seen.current(connection, committee.TODAY)
    document = committee.roster().document.replace(b"Ada Winter", b"Eve Winter")
    connection.execute(rosters.update().values(document=document))
    with pytest.raises(RosterUnusable):
        seen.current(connection, committee.TODAY)


def test_older_rosters_are_found_by_name(connection: Connection) -> None:
    first, second = committee.roster(), committee.next_roster(committee.roster())
    for roster in (first, second):
        store(connection, roster)
    seen = Rosters(committee.ROOT_KEY, demo=True)
    assert seen.named(connection, first.hash) == first
    assert seen.named(connection, "0" * 64) is None


def test_a_forged_roster_is_not_found_by_name(connection: Connection) -> None:
    forged = committee.roster(committee.seed("somebody else's root"))
    store(connection, forged)
    assert Rosters(committee.ROOT_KEY, demo=True).named(connection, forged.hash) is None


def test_many_rosters_do_not_fill_the_memory(connection: Connection) -> None:
    seen = Rosters(committee.ROOT_KEY, demo=True)
    day = datetime.date(2026, 1, 1)
    made = [committee.roster(issued_on=(day + number * DAY).isoformat()) for number in range(70)]
    for number, roster in enumerate(made, 1):
        connection.execute(
            insert(rosters).values(
                hash=roster.hash, epoch=number, document=roster.document, published_on=day
            )
        )
        assert seen.named(connection, roster.hash) == roster
    assert len(seen._verified) <= 64
