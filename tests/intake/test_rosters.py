"""Only a roster that the root key signed, and that is valid today, is sealed to."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert

from crypto.roster import Roster
from intake import drop
from intake.epochs import EpochFile, beside
from intake.errors import NoRoster, RosterUnusable
from intake.rosters import Rosters
from intake.schema import rosters
from tests import committee
from tests.intake.house import DAY, made_drop
from tests.stores import here

pytestmark = pytest.mark.stores


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = drop.open_drop(made_drop(tmp_path))
    with drop.writing(engine) as connection:
        yield connection
    engine.dispose()


def seeing(connection: Connection, *, demo: bool = True, least_epoch: int = 1) -> Rosters:
    """What a process knows of the rosters when it starts."""
    path = here().folder(connection.engine.url.render_as_string()) / "drop.db"
    memory = EpochFile(beside(path), committee.ROOT_KEY)
    return Rosters(committee.ROOT_KEY, demo=demo, memory=memory, least_epoch=least_epoch)


def current(connection: Connection, *, demo: bool = True) -> Roster:
    return seeing(connection, demo=demo).current(connection, committee.TODAY)


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
    rosters_ = seeing(connection)
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
    seen = seeing(connection)
    assert seen.current(connection, committee.TODAY) == second
    connection.execute(delete(rosters).where(rosters.c.hash == second.hash))
    with pytest.raises(RosterUnusable):
        seen.current(connection, committee.TODAY)


def test_changed_bytes_are_not_the_verified_ones(connection: Connection) -> None:
    store(connection, committee.roster())
    seen = seeing(connection)
    seen.current(connection, committee.TODAY)
    document = committee.roster().document.replace(b"Ada Winter", b"Eve Winter")
    connection.execute(rosters.update().values(document=document))
    with pytest.raises(RosterUnusable):
        seen.current(connection, committee.TODAY)


def test_older_rosters_are_found_by_name(connection: Connection) -> None:
    first, second = committee.roster(), committee.next_roster(committee.roster())
    for roster in (first, second):
        store(connection, roster)
    seen = seeing(connection)
    assert seen.named(connection, first.hash) == first
    assert seen.named(connection, "0" * 64) is None


def test_a_forged_roster_is_not_found_by_name(connection: Connection) -> None:
    forged = committee.roster(committee.seed("somebody else's root"))
    store(connection, forged)
    assert seeing(connection).named(connection, forged.hash) is None


def test_many_rosters_do_not_fill_the_memory(connection: Connection) -> None:
    seen = seeing(connection)
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


def test_a_roster_put_back_is_noticed_after_a_restart(connection: Connection) -> None:
    first, second = committee.roster(), committee.next_roster(committee.roster())
    store(connection, first)
    store(connection, second)
    assert current(connection) == second
    connection.execute(delete(rosters).where(rosters.c.hash == second.hash))
    with pytest.raises(RosterUnusable, match="newer roster"):
        current(connection)


def test_a_roster_below_the_least_epoch_is_not_used(connection: Connection) -> None:
    store(connection, committee.roster())
    with pytest.raises(RosterUnusable, match="newer roster"):
        seeing(connection, least_epoch=2).current(connection, committee.TODAY)


def test_an_expired_roster_is_still_the_newest_for_whoever_seals_nothing(
    connection: Connection,
) -> None:
    expired = committee.roster(expires_on="2026-11-20")
    store(connection, expired)
    assert seeing(connection).newest(connection) == expired
    forged = committee.seed("another root")
    store(connection, committee.roster(forged, epoch=2, previous=expired.hash))
    with pytest.raises(RosterUnusable):
        seeing(connection).newest(connection)


def test_what_remembers_the_epoch_says_nothing_else(connection: Connection, tmp_path: Path) -> None:
    store(connection, committee.roster())
    current(connection)
    (file,) = tmp_path.glob("*.epoch*")
    assert file.name == "drop.db.epoch"
    assert file.read_text().split()[1] == "1"
    assert file.stat().st_mtime == 0
    assert file.stat().st_mode & 0o777 == 0o600


def test_another_root_key_begins_to_count_anew(connection: Connection, tmp_path: Path) -> None:
    EpochFile(beside(tmp_path / "drop.db"), bytes(32)).remember(7)
    assert EpochFile(beside(tmp_path / "drop.db"), committee.ROOT_KEY).highest() == 0
    assert EpochFile(beside(tmp_path / "drop.db"), bytes(32)).highest() == 7


@pytest.mark.parametrize("text", ["", "seven", "key 07", "key 7 7"])
def test_a_memory_that_somebody_spoilt_is_not_taken_for_none(tmp_path: Path, text: str) -> None:
    memory = EpochFile(beside(tmp_path / "drop.db"), bytes(32))
    memory.remember(7)
    key = (tmp_path / "drop.db.epoch").read_text().split()[0]
    (tmp_path / "drop.db.epoch").write_text(text.replace("key", key))
    with pytest.raises(RosterUnusable):
        memory.highest()


def test_what_cannot_be_remembered_is_not_relied_on(tmp_path: Path) -> None:
    with pytest.raises(RosterUnusable):
        EpochFile(beside(tmp_path / "absent" / "drop.db"), bytes(32)).remember(7)
